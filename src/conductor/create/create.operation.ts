import type { ClusterContext } from '../cluster-context.js';
import { minutes, type Operation, type StepTimes } from '../operation/operation.js';
import { applyAddOns } from './apply-add-ons.js';
import { clearFailedAttempt } from './clear-failed-attempt.js';
import { createCertificates } from './create-certificates.js';
import { settleFailedCreate, settleSuccessfulCreate } from './create-outcome.js';
import { awaitNodes, reachControlPlane, startNodes } from './create-nodes.steps.js';
import { publishMembers } from './publish-members.js';
import { createClusterUser, createGroupsAndSlots, createInfra } from './create-stacks.steps.js';

/** A step that waits for no machine; the create's own deadline may come first, here and below. */
const briefly = (times: StepTimes): number => minutes(times.STEP_TIMEOUT_MINUTES);
const whileNodesBoot = (times: StepTimes): number => minutes(times.NODES_TIMEOUT_MINUTES);

/**
 * From an accepted request to a cluster whose nodes were all seen Ready. A retry begins at the top: each step finds what
 * is there already and goes on at once.
 */
export const createOperation: Operation<ClusterContext> = {
  kind: 'cluster-create',
  steps: [
    { name: 'clear-failed-attempt', timeoutMs: (times) => minutes(times.DELETE_TIMEOUT_MINUTES), run: clearFailedAttempt },
    { name: 'create-cluster-user', timeoutMs: briefly, run: createClusterUser },
    { name: 'create-certificates', timeoutMs: briefly, run: createCertificates },
    { name: 'create-infra', timeoutMs: briefly, run: createInfra },
    { name: 'create-groups-and-slots', timeoutMs: briefly, run: createGroupsAndSlots },
    { name: 'start-nodes', timeoutMs: briefly, run: startNodes },
    { name: 'reach-control-plane', timeoutMs: whileNodesBoot, run: reachControlPlane },
    { name: 'apply-add-ons', timeoutMs: briefly, run: applyAddOns },
    { name: 'await-nodes', timeoutMs: whileNodesBoot, run: awaitNodes },
    { name: 'publish-members', timeoutMs: (times) => briefly(times) + minutes(times.PUBLISH_MEMBERS_MINUTES), run: publishMembers },
  ],
  succeeded: settleSuccessfulCreate,
  failed: settleFailedCreate,
};
