import type { ClusterContext } from '../cluster-context.js';
import { publishMembers } from '../create/publish-members.js';
import { minutes, type Operation, type StepTimes } from '../operation/operation.js';
import { settlesUpdate } from '../operation/settle-update.js';
import { finishRemovals } from '../rolls/finish-removals.js';
import { releaseNodes } from '../rolls/reopen-nodes.js';
import { settlesGroupCreate, settlesGroupDelete } from './node-group-outcome.js';
import { clearFailedGroupStack, createGroupStack, deleteGroupStack, makeNodes, reconcileMetadata, removeNodes } from './node-group.steps.js';

const briefly = (times: StepTimes): number => minutes(times.STEP_TIMEOUT_MINUTES);
const whileNodesBoot = (times: StepTimes): number => minutes(times.NODES_TIMEOUT_MINUTES);
const whileStacksGo = (times: StepTimes): number => minutes(times.DELETE_TIMEOUT_MINUTES);

/** A group of workers of the owner's own, until all its nodes were seen Ready. */
export const nodeGroupCreateOperation: Operation<ClusterContext> = {
  kind: 'nodegroup-create',
  steps: [
    { name: 'clear-failed-group-stack', timeoutMs: whileStacksGo, run: clearFailedGroupStack },
    { name: 'create-group-stack', timeoutMs: briefly, run: createGroupStack },
    { name: 'make-nodes', timeoutMs: whileNodesBoot, run: makeNodes },
    { name: 'reconcile-metadata', timeoutMs: briefly, run: reconcileMetadata },
    { name: 'publish-members', timeoutMs: (times) => briefly(times) + minutes(times.PUBLISH_MEMBERS_MINUTES), run: publishMembers },
  ],
  ...settlesGroupCreate,
  release: releaseNodes,
  finishBegun: finishRemovals,
};

/** Limits are the row's and need nothing more; labels and taints go onto the nodes that are there. */
export const nodeGroupUpdateOperation: Operation<ClusterContext> = {
  kind: 'nodegroup-update',
  steps: [{ name: 'reconcile-metadata', timeoutMs: briefly, run: reconcileMetadata }],
  ...settlesUpdate,
};

/** Nodes first, then what they stood on, then the row. */
export const nodeGroupDeleteOperation: Operation<ClusterContext> = {
  kind: 'nodegroup-delete',
  steps: [
    { name: 'remove-nodes', timeoutMs: whileNodesBoot, run: removeNodes },
    { name: 'delete-group-stack', timeoutMs: whileStacksGo, run: deleteGroupStack },
  ],
  ...settlesGroupDelete,
  release: releaseNodes,
  finishBegun: finishRemovals,
};
