import type { Schemas } from './coe-client.js';
import { duration } from './node-gantt.js';

type Plan = Pick<Schemas['ChangePlan'], 'summary' | 'nodes' | 'extra_capacity' | 'blockers' | 'unchecked' | 'estimate'>;

/** A plan for people: what happens to each node and why, what it takes, what is in the way, and how long it may last. */
export function planLines({ summary, nodes, extra_capacity: extra, blockers, unchecked, estimate }: Plan): string[] {
  return [
    summary,
    ...nodes.map(({ what, node, nodegroup, because }) => `  ${what.padEnd(7)}  ${node ?? `(a node of ${nodegroup})`}: ${because}`),
    ...(extra.nodes > 0 ? [`Extra capacity: ${describe(extra)}`] : []),
    ...extra.shortages.map((shortage) => `  short of ${shortage}`),
    ...section('In the way', blockers),
    ...section('Looked at only when it begins', unchecked),
    `Time: ${describeTime(estimate)}`,
  ];
}

const section = (title: string, lines: readonly string[]): string[] => (lines.length === 0 ? [] : [`${title}:`, ...lines.map((line) => `  ${line}`)]);

function describe({ nodes, resources, fits }: Plan['extra_capacity']): string {
  const parts = Object.entries(resources).map(([name, amount]) => `${amount} ${name}`);
  const room = fits === null ? 'the quotas could not be asked' : fits ? 'the quotas leave room' : 'the quotas leave no room';
  return `${nodes} node${nodes === 1 ? '' : 's'}${parts.length > 0 ? ` (${parts.join(', ')})` : ''}; ${room}`;
}

function describeTime({ seconds_min: least, seconds_max: most, because }: Plan['estimate']): string {
  if (least === null || most === null) return `unknown, ${because}`;
  const range = least === most ? duration(least * 1000) : `${duration(least * 1000)} to ${duration(most * 1000)}`;
  return `${range}, ${because}`;
}
