import type { ClusterContext } from '../cluster-context.js';
import { rollControlPlane } from '../control-plane/roll-control-plane.js';
import type { StepResult } from '../operation/operation.js';
import { drainSettingsOf } from './drain-settings-of.js';
import { operationGroup } from './operation-group.js';
import { rollGroup } from './roll-group.js';

/**
 * One turn of an operation on one node group that changes its count, or nodes that it names: nodes that are merely outdated stay as
 * they are. Where a worker is replaced there is one more for a while; places of the control plane are renewed one by one.
 */
export async function rollOperationGroup(context: ClusterContext): Promise<StepResult> {
  const group = operationGroup(context);
  const drain = drainSettingsOf(context);
  if (group.role === 'master') return rollControlPlane(context, { drain, scope: 'doomed' });
  return rollGroup(context, group, { maxSurge: 1, maxUnavailable: 0, canary: false, soakSeconds: 0, drain, scope: 'doomed' });
}
