import type { ClusterContext } from '../cluster-context.js';
import { minutes, type Operation } from '../operation/operation.js';
import { settleFailedDelete, settleSuccessfulDelete } from './delete-outcome.js';
import { deleteClusterUser, deleteGroupsAndSlots, deleteInfra, deleteNodes, openAccess, verifyNothingLeft } from './delete.steps.js';

/** Takes a cluster away in the reverse order of its making, from any state that a create may have left it in. */
export const deleteOperation: Operation<ClusterContext> = {
  kind: 'cluster-delete',
  steps: [
    { name: 'open-access', timeoutMs: minutes(30), run: openAccess },
    { name: 'delete-nodes', timeoutMs: minutes(60), run: deleteNodes },
    { name: 'delete-groups-and-slots', timeoutMs: minutes(60), run: deleteGroupsAndSlots },
    { name: 'delete-infra', timeoutMs: minutes(60), run: deleteInfra },
    { name: 'verify-nothing-left', timeoutMs: minutes(60), run: verifyNothingLeft },
    { name: 'delete-cluster-user', timeoutMs: minutes(30), run: deleteClusterUser },
  ],
  succeeded: settleSuccessfulDelete,
  failed: settleFailedDelete,
};
