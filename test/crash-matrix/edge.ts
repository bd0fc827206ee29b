/** A request as the simulator's log shows it. */
export interface RecordedRequest {
  readonly service: string;
  readonly method: string;
  readonly path: string;
  readonly user_agent: string | null;
}

/** A point of an operation at which its conductor may die: in a request to the outside, or between two turns. */
export type Edge =
  | {
      readonly kind: 'request';
      readonly step: string;
      readonly service: string;
      readonly method: string;
      /** With what differs from cluster to cluster replaced by a word in braces. */
      readonly path: string;
      /** The how-many-th request of this form within the step, from 1. */
      readonly occurrence: number;
      /** The log-in of the service's own user belongs to no cluster: while it is held, nobody's operation moves. */
      readonly shared: boolean;
    }
  | { readonly kind: 'move'; readonly move: string };

/**
 * `lost`: sent, but it never arrives. `late`: it arrives when the next conductor is already at work. `after`: it is done, and
 * nobody hears of it. `unsaved`: the step is done and its move not yet saved.
 */
export type Hold = 'lost' | 'late' | 'after' | 'unsaved';

export interface Case {
  readonly edge: Edge;
  readonly hold: Hold;
}

/** What differs from run to run, longest form first. */
const variables: readonly [RegExp, string][] = [
  [/jb-[0-9a-f-]{36}-(group|node)-[0-9a-f]{8}/g, 'jb-{cluster}-$1-{part}'],
  [/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '{uuid}'],
  [/\b[0-9a-f]{32}\b/g, '{id}'],
  [/bootstrap-token-[a-z0-9]{6}/g, 'bootstrap-token-{token}'],
];

const pathForm = (path: string, clusterName: string): string =>
  variables.reduce((text, [pattern, word]) => text.replaceAll(pattern, word), path.replaceAll(clusterName, '{name}'));

/** The conductor names operation and step; the API, whose request the operation came from, does not. */
const stepOf = (userAgent: string | null): string | undefined => /\(\S+; (\S+)\)$/.exec(userAgent ?? '')?.[1];

const isRead = (method: string): boolean => method === 'GET' || method === 'HEAD';

/**
 * The edges of one operation's recorded requests. The same read asked again within one step is a poll, and one edge; writes
 * of one form count one by one.
 */
export function requestEdges(requests: readonly RecordedRequest[], clusterName: string): Edge[] {
  const seen = new Set<string>();
  const counts = new Map<string, number>();
  let loggedIn = false;
  return requests.flatMap(({ service, method, path, user_agent: agent }) => {
    const step = stepOf(agent);
    if (step === undefined) return [];
    const exact = `${step} ${service} ${method} ${path}`;
    if (isRead(method) && seen.has(exact)) return [];
    seen.add(exact);
    const form = pathForm(path, clusterName);
    const key = `${step} ${service} ${method} ${form}`;
    const occurrence = (counts.get(key) ?? 0) + 1;
    counts.set(key, occurrence);
    // A fresh conductor needs a token of its own before it can make one for a cluster.
    const shared = isLogIn({ service, path }) && !loggedIn;
    loggedIn ||= shared;
    return [{ kind: 'request', step, service, method, path: form, occurrence, shared }];
  });
}

/** In how many ways an edge is tried: a read changes nothing, so to arrive late is the same as never; so it is with a log-in. */
export function casesOf(edge: Edge): Case[] {
  if (edge.kind === 'move') return [{ edge, hold: 'unsaved' }];
  const holds: Hold[] = isRead(edge.method) || isLogIn(edge) ? ['lost', 'after'] : ['lost', 'late', 'after'];
  return holds.map((hold) => ({ edge, hold }));
}

/** Whether a run that is as good as the recorded one may do without it: reads and waits come and go with the cloud's pace. */
export const mayNotRecur = (edge: Edge): boolean => (edge.kind === 'request' ? isRead(edge.method) : /^(wait in|resume) /.test(edge.move));

const isLogIn = (edge: { readonly service: string; readonly path: string }): boolean => edge.service === 'identity' && edge.path.endsWith('/auth/tokens');

export function describeEdge(edge: Edge): string {
  if (edge.kind === 'move') return `turn boundary "${edge.move}"`;
  const { step, service, method, path, occurrence } = edge;
  return `${step}: ${service} ${method} ${path}${occurrence > 1 ? ` (no. ${occurrence})` : ''}`;
}

const heldWhen: Readonly<Record<Hold, string>> = {
  lost: 'held before it was applied, and lost',
  late: 'held before it was applied, and applied late',
  after: 'held after it was applied',
  unsaved: 'held before it was saved',
};
export const describeCase = ({ edge, hold }: Case): string => `${describeEdge(edge)}, ${heldWhen[hold]}`;

/** The fault that holds the case's request, for the simulator's admin API. */
export function faultOf(edge: Extract<Edge, { kind: 'request' }>, hold: Exclude<Hold, 'unsaved'>, requestId: string): Record<string, unknown> {
  return {
    service: edge.service,
    method: edge.method,
    path: pathPattern(edge.path),
    user_agent: `; ${edge.step}\\)$`,
    // Whoever comes first logs in for all.
    ...(edge.shared ? { body: '"user":{"name"' } : { request_id: requestId }),
    after: edge.occurrence - 1,
    // What hangs is never applied: when the fault is removed its connection just ends.
    action: hold === 'lost' ? { hang: true } : { hold: hold === 'late' ? 'before' : 'after' },
  };
}

/** A regular expression for all paths of one form. */
export function pathPattern(form: string): string {
  const parts = form.split(/\{[a-z]+\}/).map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return `^${parts.join('[^/?&]+')}$`;
}
