import type { ClusterNode } from '../../database/node.entity.js';
import type { NodePhase } from '../../domain/node-phase.js';
import type { ClusterNode as SeenNode } from '../../kubernetes/cluster-node.js';
import { holdAnnotation } from '../../kubernetes/drain/classify-pods.js';
import type { RollNode } from './plan-roll.js';

/** A node of the rolled group as this turn finds it: its row, and what its cluster shows of it. */
export interface RolledNode {
  readonly row: ClusterNode;
  /** As of this turn: the row may have been judged anew since it was loaded. */
  readonly phase: NodePhase;
  readonly readyAt: Date | null;
  readonly seen: SeenNode | undefined;
  /** Fields in which it is not as its group is to be; empty when nobody asks. */
  readonly changes: readonly string[];
}

export interface RollAim {
  readonly scope: 'all' | 'doomed';
  readonly operation: { readonly id: string; readonly createdAt: Date };
}

/** What keeps a node from staying; null when it stays. What somebody decided to leave alone stays whatever it is like. */
export function whyItGoes({ row, changes }: RolledNode, { scope, operation }: RollAim): string | null {
  if (row.skippedBy === operation.id) return null;
  if (row.doomedBecause !== null) return row.doomedBecause;
  return scope === 'all' && changes.length > 0 ? `it is outdated: ${changes.join(', ')}` : null;
}

export const hasJoined = ({ phase, readyAt, row }: RolledNode): boolean => phase === 'joined' || phase === 'ready' || phase === 'draining' || readyAt !== null || (row.bootPhase === 'joined' && row.bootStatus === 'done');

/** Why the node's owner wants it left alone; null when nobody asked for that. */
export function holdOf(seen: SeenNode | undefined): string | null {
  const hold = seen?.annotations[holdAnnotation];
  if (hold === undefined) return null;
  return hold === '' ? `annotation ${holdAnnotation}` : hold;
}

/** Clouds' integrations and kubelets label nodes so. */
export const zoneOf = (seen: SeenNode | undefined): string | null => seen?.labels['topology.kubernetes.io/zone'] ?? null;

/** The planner's view of a node. */
export function rollNodeOf(node: RolledNode, aim: RollAim): RollNode {
  const { row, readyAt, seen } = node;
  const goesBecause = whyItGoes(node, aim);
  return {
    id: row.id,
    name: row.name,
    state: stateOf(node),
    isCurrent: goesBecause === null,
    goesBecause,
    isNew: readyAt === null || row.createdAt >= aim.operation.createdAt,
    readySince: readyAt,
    hold: holdOf(seen),
    zone: zoneOf(seen),
    createdAt: row.createdAt,
  };
}

function stateOf({ phase, seen }: RolledNode): RollNode['state'] {
  switch (phase) {
    case 'planned':
    case 'building':
    case 'booting':
    case 'joined':
      return 'coming';
    case 'ready':
      return seen?.ready === true ? 'ready' : 'unready';
    case 'failed':
      return 'failed';
    case 'draining':
    case 'deleting':
    case 'gone':
      return 'leaving';
  }
}
