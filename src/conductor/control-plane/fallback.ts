import type { NodePhase } from '../../domain/node-phase.js';

/** A node row of a slot, oldest first, as its history is read. */
export interface SlotNode {
  readonly id: string;
  readonly phase: NodePhase;
  readonly phaseReason: string | null;
  readonly revision: number;
  readonly readyAt: Date | null;
  readonly replacesNodeId: string | null;
}

/** It was made in this attempt and will never be Ready. */
const hasFailed = <Row extends SlotNode>(node: Row, isNews: (node: Row) => boolean): boolean =>
  node.readyAt === null && ['failed', 'draining', 'deleting', 'gone'].includes(node.phase) && isNews(node);

/** The revision to go back to when the slot's new node failed in this attempt: that of the node before it. Null: there is none, or it is the same. */
export function fallbackOf<Row extends SlotNode>(nodes: readonly Row[], isNews: (node: Row) => boolean): number | null {
  const broken = nodes.findLast((node) => hasFailed(node, isNews) && standsInBecause(node, nodes, isNews) === null);
  const before = broken && nodes.find(({ id }) => id === broken.replacesNodeId);
  return before && before.readyAt !== null && before.revision !== broken.revision ? before.revision : null;
}

/** Why this node is here instead of a newer one that failed in this attempt; null when it stands for nobody else. */
export function standsInBecause<Row extends SlotNode>(node: Row, nodes: readonly Row[], isNews: (node: Row) => boolean): string | null {
  const broken = nodes.find(({ id }) => id === node.replacesNodeId);
  if (!broken || broken.revision === node.revision || !hasFailed(broken, isNews)) return null;
  return broken.phaseReason ?? 'no reason is known';
}
