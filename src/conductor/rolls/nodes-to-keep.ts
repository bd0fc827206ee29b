import type { NodePhase } from '../../domain/node-phase.js';

export interface KeepableNode {
  readonly id: string;
  readonly name: string;
  readonly phase: NodePhase;
  readonly doomedBecause: string | null;
}

/** How the reason of a node begins that nobody named: it goes only because its group was to have fewer. */
const chosen = 'the group is to have ';

export const chosenBecause = (nodeCount: number, because: string): string => `${chosen}${nodeCount} node${nodeCount === 1 ? '' : 's'}; ${because}`;

/**
 * Of the nodes that were chosen to go, as many as the group now lacks; those that are still open first. What somebody named goes all
 * the same, and what is being deleted cannot come back. Pure.
 */
export function nodesToKeep<Node extends KeepableNode>(nodes: readonly Node[], nodeCount: number): readonly Node[] {
  const present = nodes.filter(({ phase }) => phase !== 'deleting' && phase !== 'gone');
  const lacking = nodeCount - present.filter(({ doomedBecause }) => doomedBecause === null).length;
  const candidates = present.filter(({ phase, doomedBecause }) => phase !== 'failed' && doomedBecause?.startsWith(chosen) === true);
  return candidates.sort((one, other) => Number(one.phase === 'draining') - Number(other.phase === 'draining')).slice(0, Math.max(0, lacking));
}
