import type { NodePhase } from '../../domain/node-phase.js';
import { NodeReferenceError } from '../../domain/domain-error.js';
import { identify } from '../http/lookup.js';

/** A node as references find it. */
export interface ReferableNode {
  readonly id: string;
  readonly name: string;
  readonly groupId: string;
  readonly memberIndex: number;
  readonly serverId: string | null;
  readonly address: string | null;
  readonly floatingAddress: string | null;
  readonly phase: NodePhase;
}

export interface ResolvedNodes<Node> {
  /** Each once, in the order they were named in. */
  readonly staying: readonly Node[];
  /** Removal has begun or is over: there is nothing left to ask for. */
  readonly going: readonly Node[];
}

const isGoing = ({ phase }: ReferableNode): boolean => phase === 'deleting' || phase === 'gone';

/**
 * The nodes that references name. Throws NodeReferenceError, which lists every reference that names no node of `where`, or
 * more than one. A server that is still there goes before one that had the same address or index earlier.
 */
export function resolveNodes<Node extends ReferableNode>(references: readonly string[], nodes: readonly Node[], where: string): ResolvedNodes<Node> {
  const problems: string[] = [];
  const found = new Set<Node>();
  for (const reference of references) {
    const named = nodes.filter((node) => isNamed(node, reference.trim()));
    const present = named.filter((node) => !isGoing(node));
    const candidates = present.length > 0 ? present : named.slice(-1);
    const [node, another] = candidates;
    if (!node) problems.push(`${reference} is no node of ${where}`);
    else if (another) problems.push(`${reference} may be ${candidates.map(({ name }) => name).join(' or ')}`);
    else found.add(node);
  }
  if (problems.length > 0) throw new NodeReferenceError(problems);
  return { staying: [...found].filter((node) => !isGoing(node)), going: [...found].filter(isGoing) };
}

/** Machines tell their uuid in either case, with or without dashes; an index is what refs_map of the group's stack shows. */
function isNamed(node: ReferableNode, reference: string): boolean {
  const identity = identify(reference);
  if (identity.kind === 'id') return node.serverId?.toLowerCase() === identity.id || node.id === identity.id;
  return [node.name, node.address, node.floatingAddress, String(node.memberIndex)].includes(reference);
}
