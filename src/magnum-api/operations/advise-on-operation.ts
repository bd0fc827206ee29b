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
      return adviseOnPause(kind);
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
      return 'Mend what the failure names, then retry the operation: it goes on with the nodes there are. Or cancel it, and the group keeps the nodes it has; or resize it again, to another number.';
    case 'node-replace':
      return 'Mend what the failure names, then retry the operation: nodes that were replaced stay so. Or cancel it, and those that are left stay as they are.';
    case 'cluster-upgrade':
      return 'Mend what the failure names, then retry the operation: nodes that were upgraded stay so. Or cancel it, and the others stay as they were; or resize, replace nodes or delete, which it does not hold up.';
  }
}

/** What a pause leaves behind, and the ways out of it. */
function adviseOnPause(kind: OperationKind): string {
  switch (kind) {
    case 'cluster-resize':
      return 'Resume it, once what the reason names is mended: it goes on with the nodes there are. Or cancel it, and the group keeps the nodes it has; another resize takes its place.';
    case 'node-replace':
      return 'Resume it, once what the reason names is mended; or tell it to skip the node that holds it up. A machine that is off for certain is confirmed by asking again with "fenced": true, pods that may be lost with "force": true. Cancelling leaves the rest as it is.';
    case 'cluster-upgrade':
      return 'Resume it, once what the reason names is mended: nodes that were upgraded stay so. Or tell it to skip the node that holds it up; or cancel it, and the other nodes stay as they were.';
    case 'nodegroup-create':
      return 'Resume it, once what the reason names is mended: it goes on with what exists. Or delete the node group, which leaves nothing of it behind.';
    case 'nodegroup-update':
      return 'Resume it, or update the node group again.';
    case 'nodegroup-delete':
      return 'Resume it, once what the reason names is mended: what is gone already is skipped. Or tell it to skip the node that holds it up.';
    case 'cluster-create':
    case 'cluster-delete':
      return 'It goes on when it is resumed.';
  }
}
