import { InvalidParameterError, NodeCountConflictError } from '../../domain/domain-error.js';
import { resolveNodes, type ReferableNode } from './resolve-nodes.js';

/** A group as a resize looks at it. */
export interface SizedGroup {
  readonly id: string;
  readonly name: string;
  /** Magnum's word: `master` is the control plane. */
  readonly role: string;
  /** Wanted until now. */
  readonly nodeCount: number;
  readonly minNodeCount: number;
  readonly maxNodeCount: number | null;
}

export interface MemberNode extends ReferableNode {
  /** It is to go, as somebody wanted before. */
  readonly doomedBecause: string | null;
  /** In a slot of the control plane that was given up because nobody has seen its machine off. */
  readonly isInQuarantine: boolean;
}

export interface WantedSize {
  readonly nodeCount: number;
  readonly nodesToRemove: readonly string[];
}

export interface ResizePlan {
  readonly nodeCount: number;
  /** Nodes that are to go and were not to go before. */
  readonly victims: readonly MemberNode[];
  /** Named, and going already. */
  readonly going: readonly MemberNode[];
  /** Nodes that the conductor still has to choose. */
  readonly unnamed: number;
  /** Whether the victims make way for others. */
  readonly replaces: boolean;
}

/**
 * What a resize asks for, against what is wanted of the group by now. Throws NodeReferenceError for a victim that is no
 * member, InvalidParameterError outside the group's bounds, and NodeCountConflictError when count and victims disagree:
 * guessing then would remove a node that nobody named, or keep one that somebody did.
 */
export function planResize(group: SizedGroup, members: readonly MemberNode[], { nodeCount, nodesToRemove }: WantedSize): ResizePlan {
  checkBounds(group, nodeCount);
  const { staying, going } = resolveNodes(nodesToRemove, members, `node group ${group.name}`);
  const victims = staying.filter(({ doomedBecause }) => doomedBecause === null);
  const alreadyGoing = [...staying.filter(({ doomedBecause }) => doomedBecause !== null), ...going];
  const fewer = group.nodeCount - nodeCount;
  const replaces = fewer === 0 && victims.length > 0;
  if (nodesToRemove.length > 0 && fewer !== 0 && fewer !== victims.length) throw new NodeCountConflictError(describeConflict(group, nodeCount, victims, alreadyGoing));
  return { nodeCount, victims, going: alreadyGoing, unnamed: Math.max(0, fewer - victims.length), replaces };
}

/** As Magnum: the bounds of workers only, and a maximum of 0 is none. */
function checkBounds({ name, role, minNodeCount, maxNodeCount }: SizedGroup, nodeCount: number): void {
  if (role === 'master') return;
  if (nodeCount < minNodeCount) throw new InvalidParameterError(`Field node_count: node group ${name} has at least ${minNodeCount} nodes (min_node_count), not ${nodeCount}.`);
  if (maxNodeCount !== null && maxNodeCount > 0 && nodeCount > maxNodeCount) {
    throw new InvalidParameterError(`Field node_count: node group ${name} has at most ${maxNodeCount} nodes (max_node_count), not ${nodeCount}.`);
  }
}

function describeConflict(group: SizedGroup, nodeCount: number, victims: readonly MemberNode[], going: readonly MemberNode[]): string {
  const change = nodeCount > group.nodeCount ? `adds ${nodeCount - group.nodeCount}` : `takes away ${group.nodeCount - nodeCount}`;
  const named = `${victims.length} of the nodes in nodes_to_remove ${victims.length === 1 ? 'is' : 'are'} still to be removed`;
  const gone = going.length > 0 ? ` (${going.map(({ name }) => name).join(', ')} ${going.length === 1 ? 'goes' : 'go'} already)` : '';
  return (
    `Field node_count: node group ${group.name} is to have ${group.nodeCount} nodes by now, so ${nodeCount} ${change}, but ${named}${gone}. ` +
    `Ask for ${group.nodeCount - victims.length} to remove them, for ${group.nodeCount} to replace them, or leave nodes_to_remove out.`
  );
}
