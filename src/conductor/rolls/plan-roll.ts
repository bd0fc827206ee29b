/** How far a roll may go at once; whole nodes. Not both may be 0. */
export interface RollLimits {
  /** Nodes that the group is to have. */
  readonly desired: number;
  readonly maxSurge: number;
  readonly maxUnavailable: number;
  /** The first new node alone, ready for `soakSeconds`, before any other is made. */
  readonly canary: boolean;
  /** How long a new node must have been ready before it counts as good. */
  readonly soakSeconds: number;
}

export interface RollNode {
  readonly id: string;
  readonly name: string;
  /** coming: planned until joined · leaving: closed for new pods until gone · failed: it will not become ready by itself. */
  readonly state: 'coming' | 'ready' | 'unready' | 'failed' | 'leaving';
  /** As the group's nodes are to be; false for those that the roll replaces or removes. */
  readonly isCurrent: boolean;
  /** Why it is to go; null for those that stay, and for those that are merely outdated. */
  readonly goesBecause: string | null;
  /** It has still to prove itself: made by this roll, or never seen ready. Those that stay from before are taken as they are. */
  readonly isNew: boolean;
  readonly readySince: Date | null;
  /** Why its owner wants it left alone just now; null when nothing forbids it. */
  readonly hold: string | null;
  readonly zone: string | null;
  readonly createdAt: Date;
}

export type RollAction =
  | { readonly kind: 'create'; readonly because: string }
  /** Close it for new pods, drain it, then remove it. */
  | { readonly kind: 'retire'; readonly nodeId: string; readonly because: string };

/** go: start these, then look again when something changes · halt: a new node is no good, a person or the roll's own rule decides. */
export type RollPlan =
  | { readonly kind: 'go'; readonly actions: readonly RollAction[]; readonly waitingFor: string }
  | { readonly kind: 'halt'; readonly because: string }
  | { readonly kind: 'done' };

/**
 * What may be started now so that every node becomes as wanted, and at no moment fewer than desired − maxUnavailable are
 * ready or more than desired + maxSurge exist. A sliding window: each node that becomes ready or goes makes room for the
 * next, nothing waits for the rest of a batch. Pure; called again whenever something changed.
 */
export function planRoll(nodes: readonly RollNode[], limits: RollLimits, now: Date): RollPlan {
  const fresh = nodes.filter((node) => node.isCurrent && node.state !== 'leaving');
  const broken = fresh.filter(({ isNew, state }) => isNew && (state === 'failed' || state === 'unready'));
  if (broken.length > 0) return { kind: 'halt', because: `new node${broken.length > 1 ? 's' : ''} ${broken.map(({ name, state }) => `${name} is ${state}`).join(', ')}` };
  const outdated = nodes.filter((node) => !node.isCurrent && node.state !== 'leaving');
  const leaving = nodes.filter(({ state }) => state === 'leaving');
  const soaking = fresh.filter((node) => node.isNew && !isGood(node, limits, now));
  const surplus = fresh.length > limits.desired;
  if (outdated.length === 0 && leaving.length === 0 && soaking.length === 0 && fresh.length === limits.desired) return { kind: 'done' };

  const retire = planRetirements(nodes, surplus ? [...outdated, ...fresh] : outdated, limits, now);
  const create = planCreates(nodes, fresh, limits, now);
  return { kind: 'go', actions: [...create, ...retire], waitingFor: describeWait(fresh, soaking, outdated, leaving) };
}

function planCreates(nodes: readonly RollNode[], fresh: readonly RollNode[], limits: RollLimits, now: Date): RollAction[] {
  const room = limits.desired + limits.maxSurge - nodes.length;
  const wanted = limits.desired - fresh.length;
  const allowed = isInCanary(fresh, limits, now) ? 1 - fresh.length : wanted;
  const count = Math.max(0, Math.min(room, wanted, allowed));
  const because = limits.canary && fresh.length === 0 ? 'the first node of the new kind, alone' : `${fresh.length} of ${limits.desired} nodes are of the new kind`;
  return Array.from({ length: count }, () => ({ kind: 'create', because }));
}

/** Those that are no use anyway first; of the others as many as the group can spare. */
function planRetirements(nodes: readonly RollNode[], candidates: readonly RollNode[], limits: RollLimits, now: Date): RollAction[] {
  const fresh = nodes.filter((node) => node.isCurrent && node.state !== 'leaving');
  const good = nodes.filter((node) => node.state === 'ready' && (!node.isCurrent || isGood(node, limits, now)));
  let spare = good.length - (limits.desired - limits.maxUnavailable);
  let toGo = nodes.filter(({ state }) => state !== 'leaving').length - limits.desired;
  // Without surge there is no node too many: the old ones make room.
  toGo = Math.max(toGo, limits.maxSurge === 0 ? limits.maxUnavailable - nodes.filter(({ state }) => state === 'leaving' || state === 'coming').length : 0);
  if (isInCanary(fresh, limits, now)) toGo = Math.min(toGo, limits.maxSurge === 0 && fresh.length === 0 && !nodes.some(({ state }) => state === 'leaving') ? 1 : 0);
  return retirementOrder(candidates).flatMap((node): RollAction[] => {
    if (toGo <= 0) return [];
    const costs = node.state === 'ready' ? 1 : 0;
    if (costs > spare) return [];
    spare -= costs;
    toGo -= 1;
    return [{ kind: 'retire', nodeId: node.id, because: node.isCurrent ? 'there is one node too many' : (node.goesBecause ?? `it is outdated${costs === 0 ? ' and not ready' : ''}`) }];
  });
}

/** Held ones never; not ready ones first, then zone by zone in turn, oldest first. */
function retirementOrder(candidates: readonly RollNode[]): RollNode[] {
  const free = candidates.filter(({ hold }) => hold === null);
  const byAge = [...free].sort((a, b) => Number(a.isCurrent) - Number(b.isCurrent) || a.createdAt.getTime() - b.createdAt.getTime() || a.name.localeCompare(b.name));
  const turns = new Map<string | null, number>();
  const ranked = byAge.map((node) => {
    const turn = turns.get(node.zone) ?? 0;
    turns.set(node.zone, turn + 1);
    return { node, turn };
  });
  const isReady = ({ state }: RollNode): number => (state === 'ready' ? 1 : 0);
  return ranked.sort((a, b) => isReady(a.node) - isReady(b.node) || Number(a.node.isCurrent) - Number(b.node.isCurrent) || a.turn - b.turn).map(({ node }) => node);
}

const isGood = ({ state, isNew, readySince }: RollNode, { soakSeconds }: RollLimits, now: Date): boolean =>
  state === 'ready' && (!isNew || (readySince !== null && now.getTime() - readySince.getTime() >= soakSeconds * 1000));

const isInCanary = (fresh: readonly RollNode[], limits: RollLimits, now: Date): boolean => limits.canary && !fresh.some((node) => isGood(node, limits, now));

function describeWait(fresh: readonly RollNode[], soaking: readonly RollNode[], outdated: readonly RollNode[], leaving: readonly RollNode[]): string {
  const held = outdated.filter(({ hold }) => hold !== null);
  const parts = [
    [fresh.filter(({ state }) => state === 'coming').length, 'to become ready'],
    [soaking.filter(({ state }) => state === 'ready').length, 'to prove good'],
    [leaving.length, 'to be gone'],
    [outdated.length - held.length, 'to be replaced'],
  ] as const;
  const counts = parts.flatMap(([count, what]) => (count > 0 ? [`${count} node${count === 1 ? '' : 's'} ${what}`] : []));
  const holds = held.slice(0, 3).map(({ name, hold }) => `${name} is on hold (${hold ?? ''})`);
  return [...counts, ...holds].join(', ');
}
