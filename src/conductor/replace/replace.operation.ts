import type { ClusterContext } from '../cluster-context.js';
import { publishMembers } from '../create/publish-members.js';
import { minutes, type Operation } from '../operation/operation.js';
import { finishRemovals } from '../rolls/finish-removals.js';
import { releaseNodes } from '../rolls/reopen-nodes.js';
import { rollOperationGroup } from '../rolls/roll-operation-group.js';
import { settlesCount } from '../rolls/settle-count.js';
import { doomNamedNodes } from './doom-named-nodes.js';

/** Other machines for named nodes: the new one is ready before the old one goes. */
export const replaceOperation: Operation<ClusterContext> = {
  kind: 'node-replace',
  steps: [
    { name: 'doom-named-nodes', timeoutMs: (times) => minutes(times.STEP_TIMEOUT_MINUTES), run: doomNamedNodes },
    { name: 'replace-nodes', timeoutMs: (times) => minutes(times.NODES_TIMEOUT_MINUTES), run: rollOperationGroup },
    { name: 'publish-members', timeoutMs: (times) => minutes(times.STEP_TIMEOUT_MINUTES + times.PUBLISH_MEMBERS_MINUTES), run: publishMembers },
  ],
  ...settlesCount,
  release: releaseNodes,
  finishBegun: finishRemovals,
};
