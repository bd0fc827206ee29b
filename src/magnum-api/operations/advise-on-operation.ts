import type { OperationKind, OperationState } from '../../domain/operation-state.js';

/** What a person can do about an operation as it stands; null when there is nothing to do. */
export function adviseOn({ state, kind, waiting_for }: { readonly state: OperationState; readonly kind: OperationKind; readonly waiting_for: string | null }): string | null {
  switch (state) {
    case 'queued':
      return 'It starts as soon as a conductor is free and nothing else holds the cluster.';
    case 'running':
      return null;
    case 'waiting':
      return waiting_for === null ? null : `It goes on by itself; if ${waiting_for} cannot happen any more, it fails at its deadline and says so.`;
    case 'paused':
      return 'It goes on when it is resumed.';
    case 'failed':
      return adviseOnFailure(kind);
    case 'succeeded':
    case 'cancelled':
    case 'superseded':
      return null;
  }
}

function adviseOnFailure(kind: OperationKind): string {
  switch (kind) {
    case 'cluster-create':
      return 'Mend what the failure names, then retry the operation: it goes on with what exists. Or delete the cluster, which leaves nothing behind.';
    case 'nodegroup-create':
      return 'Mend what the failure names, then retry the operation: it goes on with what exists. Or delete the node group, which leaves nothing of it behind.';
    case 'nodegroup-update':
      return 'Mend what the failure names, then retry the operation, or update the node group again.';
    case 'nodegroup-delete':
      return 'Mend what the failure names, then retry the operation or delete the node group again: what is gone already is skipped.';
    case 'cluster-delete':
      return 'Mend what the failure names, then retry the operation or delete the cluster again: what is gone already is skipped.';
    case 'cluster-resize':
    case 'node-replace':
    case 'cluster-upgrade':
      return 'Mend what the failure names, then retry the operation: it goes on with what exists. Or cancel it, and the cluster stays as it is.';
  }
}
