import type { NodePhase } from '../../domain/node-phase.js';
import type { NodeCondition } from '../../kubernetes/cluster-node.js';

/** A new node's row, and what its cluster shows of it. */
export interface ComingNode {
  readonly phase: NodePhase;
  readonly bootDeadline: Date | null;
  readonly conditions: readonly NodeCondition[] | undefined;
}

/**
 * Why a node that has joined is given up: its cluster has not shown it Ready so long after the moment by which it was to join
 * (seconds). Undefined while it has time. To be asked of nodes that are not Ready at this very look. Pure.
 */
export function whyNeverReady({ phase, bootDeadline, conditions }: ComingNode, now: Date, deadlineSeconds: number): string | undefined {
  if (phase !== 'joined' || bootDeadline === null || now.getTime() < bootDeadline.getTime() + deadlineSeconds * 1000) return undefined;
  const ready = conditions?.find(({ type }) => type === 'Ready');
  const detail = conditions === undefined ? 'its cluster does not know it' : ready ? `${ready.reason}: ${ready.message}` : 'its kubelet has not reported';
  return `it joined, but was not Ready ${deadlineSeconds} s after its boot deadline; ${detail}`;
}
