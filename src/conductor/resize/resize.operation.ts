import type { ClusterContext } from '../cluster-context.js';
import { publishMembers } from '../create/publish-members.js';
import { minutes, type Operation } from '../operation/operation.js';
import { finishRemovals } from '../rolls/finish-removals.js';
import { releaseNodes } from '../rolls/reopen-nodes.js';
import { rollOperationGroup } from '../rolls/roll-operation-group.js';
import { settlesCount } from '../rolls/settle-count.js';

/**
 * A node group with the wanted number of nodes: more at once, or fewer after those that go were emptied. Count and named victims are
 * written when the request is accepted, so one that runs takes up a later one by itself.
 */
export const resizeOperation: Operation<ClusterContext> = {
  kind: 'cluster-resize',
  steps: [
    { name: 'resize-nodes', timeoutMs: (times) => minutes(times.NODES_TIMEOUT_MINUTES), run: rollOperationGroup },
    { name: 'publish-members', timeoutMs: (times) => minutes(times.STEP_TIMEOUT_MINUTES + times.PUBLISH_MEMBERS_MINUTES), run: publishMembers },
  ],
  ...settlesCount,
  release: releaseNodes,
  finishBegun: finishRemovals,
};
