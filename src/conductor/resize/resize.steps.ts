import type { ClusterContext } from '../cluster-context.js';
import { rollControlPlane } from '../control-plane/roll-control-plane.js';
import type { StepResult } from '../operation/operation.js';
import { operationGroup } from '../rolls/operation-group.js';
import { rollGroup } from '../rolls/roll-group.js';
import { drainSettingsOf } from '../rolls/drain-settings-of.js';

/**
 * One turn towards the group's count. The count and the named victims were written when the request was accepted, so a later
 * request is taken up as it comes. Only where a named node is replaced there is one node more for a while.
 */
export async function resizeNodes(context: ClusterContext): Promise<StepResult> {
  const group = operationGroup(context);
  if (group.role === 'master') return rollControlPlane(context, { drain: drainSettingsOf(context), scope: 'doomed' });
  return rollGroup(context, group, { maxSurge: 1, maxUnavailable: 0, canary: false, soakSeconds: 0, drain: drainSettingsOf(context), scope: 'doomed' });
}
