import type { ClusterContext } from '../cluster-context.js';
import { minutes, type Operation } from '../operation/operation.js';
import { applyAddOns } from './apply-add-ons.js';
import { clearFailedAttempt } from './clear-failed-attempt.js';
import { createCertificates } from './create-certificates.js';
import { settleFailedCreate, settleSuccessfulCreate } from './create-outcome.js';
import { awaitNodes, reachControlPlane, startNodes } from './create-nodes.steps.js';
import { publishMembers } from './publish-members.js';
import { createClusterUser, createGroupsAndSlots, createInfra } from './create-stacks.steps.js';

/**
 * From an accepted request to a cluster whose nodes were all seen Ready. A retry begins at the top: each step finds what
 * is there already and goes on at once.
 */
export const createOperation: Operation<ClusterContext> = {
  kind: 'cluster-create',
  steps: [
    { name: 'clear-failed-attempt', timeoutMs: minutes(30), run: clearFailedAttempt },
    { name: 'create-cluster-user', timeoutMs: minutes(10), run: createClusterUser },
    { name: 'create-certificates', timeoutMs: minutes(2), run: createCertificates },
    { name: 'create-infra', timeoutMs: minutes(30), run: createInfra },
    { name: 'create-groups-and-slots', timeoutMs: minutes(30), run: createGroupsAndSlots },
    { name: 'start-nodes', timeoutMs: minutes(30), run: startNodes },
    { name: 'reach-control-plane', timeoutMs: minutes(60), run: reachControlPlane },
    { name: 'apply-add-ons', timeoutMs: minutes(10), run: applyAddOns },
    { name: 'await-nodes', timeoutMs: minutes(240), run: awaitNodes },
    { name: 'publish-members', timeoutMs: minutes(30), run: publishMembers },
  ],
  succeeded: settleSuccessfulCreate,
  failed: settleFailedCreate,
};
