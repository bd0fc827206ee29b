/** What a node did in an operation: its phases in order; `to` null = still in it. */
export interface NodeTimes {
  readonly name: string;
  readonly phases: readonly { readonly phase: string; readonly from: string; readonly to: string | null }[];
}

/** A letter a phase, told below the drawing; phases that are an end draw nothing. */
const marks: Readonly<Record<string, string>> = {
  planned: '.',
  building: 'c',
  booting: 'b',
  joined: 'j',
  ready: '=',
  draining: 'd',
  deleting: 'x',
  failed: '!',
};

/**
 * Draws when each node was in which phase: a line a node, `width` characters for the time from the first change to the last
 * (or to now). Phases shorter than a character are shown by one, as long as there is room before the next. Empty without nodes.
 */
export function nodeGantt(nodes: readonly NodeTimes[], now: Date, width: number): string[] {
  const bars = nodes.map(({ name, phases }) => ({ name, spans: phases.map(({ phase, from, to }) => ({ phase, from: Date.parse(from), to: to === null ? now.getTime() : Date.parse(to) })) }));
  const moments = bars.flatMap(({ spans }) => spans.flatMap(({ from, to }) => [from, to]));
  if (moments.length === 0) return [];
  const [begin, end] = [Math.min(...moments), Math.max(...moments)];
  const column = (at: number): number => Math.min(width - 1, Math.floor(((at - begin) / Math.max(1, end - begin)) * width));
  const nameWidth = Math.max(...bars.map(({ name }) => name.length));
  const lines = bars.map(({ name, spans }) => {
    const cells = Array<string>(width).fill(' ');
    for (const { phase, from, to } of spans) {
      const mark = marks[phase];
      if (mark === undefined) continue;
      for (let at = column(from); at <= Math.max(column(from), column(to) - (to < end ? 1 : 0)); at++) cells[at] = mark;
    }
    return `${name.padEnd(nameWidth)}  |${cells.join('')}|`;
  });
  const used = Object.entries(marks).filter(([phase]) => bars.some(({ spans }) => spans.some((span) => span.phase === phase)));
  const length = duration(end - begin);
  return [`${' '.repeat(nameWidth)}  |0${length.padStart(width - 1)}|`, ...lines, used.map(([phase, mark]) => `${mark} ${phase}`).join(', ')];
}

/** `42 s`, `3 min 05 s`, `2 h 10 min`. */
export function duration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${String(seconds % 60).padStart(2, '0')} s`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
}
