export interface Family {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly samples: readonly Sample[];
}

export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const metricName = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const labelName = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
const types = ['counter', 'gauge', 'histogram', 'summary', 'untyped'];

/**
 * Reads Prometheus' text format (0.0.4) as strictly as its description: each family once, HELP and TYPE before its samples, samples of
 * one family together and none twice, histograms complete and growing. Throws with the line that is wrong.
 */
export function parseExposition(text: string): Map<string, Family> {
  if (!text.endsWith('\n')) throw new Error('the last line does not end');
  const families = new Map<string, { name: string; type: string; help: string; samples: Sample[] }>();
  let current: { name: string; type: string; help: string; samples: Sample[] } | undefined;
  for (const line of text.slice(0, -1).split('\n')) {
    const fail = (why: string): never => {
      throw new Error(`${why}: ${line}`);
    };
    if (line === '') continue;
    const comment = /^# (HELP|TYPE) (\S+) (.*)$/.exec(line);
    if (comment) {
      const [, kind, name = '', rest = ''] = comment;
      if (!metricName.test(name)) fail('no name of a metric');
      if (kind === 'HELP') {
        if (families.has(name)) fail('a family for the second time');
        current = { name, type: '', help: rest, samples: [] };
        families.set(name, current);
      } else {
        if (current?.name !== name || current.type !== '' || current.samples.length > 0) fail('TYPE not right after HELP');
        if (!types.includes(rest)) fail('no such type');
        if (current) current.type = rest;
      }
      continue;
    }
    if (line.startsWith('#')) continue;
    const sample = parseSample(line);
    const family = current;
    if (!family || family.type === '') return fail('a sample without HELP and TYPE');
    const suffixes = family.type === 'histogram' ? ['_bucket', '_sum', '_count'] : family.type === 'summary' ? ['', '_sum', '_count'] : [''];
    if (!suffixes.some((suffix) => sample.name === family.name + suffix)) fail(`a sample among those of ${family.name}`);
    if (family.samples.some((other) => identity(other) === identity(sample))) fail('a sample for the second time');
    if (family.type === 'counter' && sample.value < 0) fail('a counter below zero');
    family.samples.push(sample);
  }
  for (const family of families.values()) if (family.type === 'histogram') checkHistogram(family);
  return families;
}

const identity = ({ name, labels }: Sample): string => `${name}${JSON.stringify(Object.entries(labels).sort())}`;

function parseSample(line: string): Sample {
  const parts = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)(?: \d+)?$/.exec(line);
  if (!parts) throw new Error(`no sample: ${line}`);
  const [, name = '', inner = '', text = ''] = parts;
  const labels: Record<string, string> = {};
  let rest = inner;
  while (rest !== '') {
    const label = /^([^=]+)="((?:[^"\\\n]|\\[\\n"])*)"(,|$)/.exec(rest);
    if (!label) throw new Error(`no label at ${rest}: ${line}`);
    const [whole, key = '', value = ''] = label;
    if (!labelName.test(key) || key in labels) throw new Error(`label ${key}: ${line}`);
    labels[key] = value.replace(/\\(.)/g, (_, character: string) => (character === 'n' ? '\n' : character));
    rest = rest.slice(whole.length);
  }
  const value = text === '+Inf' ? Infinity : text === '-Inf' ? -Infinity : text === 'NaN' ? NaN : Number(text);
  if (Number.isNaN(value) && text !== 'NaN') throw new Error(`no number: ${line}`);
  return { name, labels, value };
}

function checkHistogram({ name, samples }: Family): void {
  const series = new Map<string, { buckets: [number, number][]; sum?: number; count?: number }>();
  for (const sample of samples) {
    const { le, ...labels } = sample.labels;
    const key = JSON.stringify(Object.entries(labels).sort());
    const one = series.get(key) ?? { buckets: [] };
    series.set(key, one);
    if (sample.name === `${name}_bucket`) one.buckets.push([le === '+Inf' ? Infinity : Number(le), sample.value]);
    else if (sample.name === `${name}_sum`) one.sum = sample.value;
    else one.count = sample.value;
  }
  for (const [labels, { buckets, sum, count }] of series) {
    const ordered = buckets.every(([bound, value], index) => {
      const [boundBefore, valueBefore] = buckets[index - 1] ?? [-Infinity, 0];
      return bound > boundBefore && value >= valueBefore;
    });
    const last = buckets.at(-1);
    if (!ordered || last?.[0] !== Infinity || last[1] !== count || sum === undefined) throw new Error(`histogram ${name}${labels} is not whole`);
  }
}
