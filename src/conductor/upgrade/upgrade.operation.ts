import type { ClusterContext } from '../cluster-context.js';
import { publishMembers } from '../create/publish-members.js';
import { minutes, type Operation, type StepTimes } from '../operation/operation.js';
import { settlesUpdate } from '../operation/settle-update.js';
import { finishRemovals } from '../rolls/finish-removals.js';
import { releaseNodes } from '../rolls/reopen-nodes.js';
import { checkBeforehand } from './preflight.steps.js';
import { settleUpgraded } from './settle-upgrade.js';
import { applyJoinObjects, moveControlPlane, replaceControlPlane, saveEtcd, seeControlPlane, setComponentImages } from './upgrade-control-plane.steps.js';
import { applyTargetAddOns, rollWorkers, rollWorkersBack } from './upgrade.steps.js';

const briefly = (times: StepTimes): number => minutes(times.STEP_TIMEOUT_MINUTES);
/** Counts from the last node that got further. */
const whileNodesBoot = (times: StepTimes): number => minutes(times.NODES_TIMEOUT_MINUTES);

/** From one frozen spec of a cluster to the next: only what has changed is replaced, and every step may be repeated. */
export const upgradeOperation: Operation<ClusterContext> = {
  kind: 'cluster-upgrade',
  steps: [
    { name: 'check-beforehand', timeoutMs: briefly, run: checkBeforehand },
    { name: 'save-etcd', timeoutMs: briefly, run: saveEtcd },
    { name: 'apply-join-objects', timeoutMs: briefly, run: applyJoinObjects },
    { name: 'move-control-plane', timeoutMs: briefly, run: moveControlPlane },
    { name: 'replace-control-plane', timeoutMs: whileNodesBoot, run: replaceControlPlane },
    { name: 'see-control-plane', timeoutMs: briefly, run: seeControlPlane },
    { name: 'set-component-images', timeoutMs: briefly, run: setComponentImages },
    { name: 'apply-add-ons', timeoutMs: briefly, run: applyTargetAddOns },
    { name: 'roll-workers', timeoutMs: whileNodesBoot, run: rollWorkers },
    { name: 'roll-workers-back', timeoutMs: whileNodesBoot, run: rollWorkersBack },
    { name: 'publish-members', timeoutMs: (times) => briefly(times) + minutes(times.PUBLISH_MEMBERS_MINUTES), run: publishMembers },
  ],
  ...settlesUpdate,
  succeeded: settleUpgraded,
  release: releaseNodes,
  finishBegun: finishRemovals,
};
