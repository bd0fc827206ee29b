import type { ClusterContext } from '../cluster-context.js';
import { minutes, type Operation, type StepTimes } from '../operation/operation.js';
import { askClusterToCleanUp } from './ask-cluster.steps.js';
import { settleFailedDelete, settleSuccessfulDelete } from './delete-outcome.js';
import { deleteClusterUser, deleteGroupsAndSlots, deleteInfra, deleteNodes, openAccess, verifyNothingLeft } from './delete.steps.js';
import { removeWhatClusterMade } from './remove-directly.steps.js';

const timeoutMs = (times: StepTimes): number => minutes(times.DELETE_TIMEOUT_MINUTES);

/** Takes a cluster away in the reverse order of its making, from any state that a create may have left it in. */
export const deleteOperation: Operation<ClusterContext> = {
  kind: 'cluster-delete',
  steps: [
    { name: 'open-access', timeoutMs, run: openAccess },
    { name: 'ask-cluster-to-clean-up', timeoutMs, run: askClusterToCleanUp },
    { name: 'delete-nodes', timeoutMs, run: deleteNodes },
    { name: 'remove-what-cluster-made', timeoutMs, run: removeWhatClusterMade },
    { name: 'delete-groups-and-slots', timeoutMs, run: deleteGroupsAndSlots },
    { name: 'delete-infra', timeoutMs, run: deleteInfra },
    { name: 'verify-nothing-left', timeoutMs, run: verifyNothingLeft },
    { name: 'delete-cluster-user', timeoutMs, run: deleteClusterUser },
  ],
  succeeded: settleSuccessfulDelete,
  failed: settleFailedDelete,
};
