import type { ClusterContext } from '../cluster-context.js';
import { clusterAccess } from '../nodes/cluster-access.js';
import { done, type StepResult } from '../operation/operation.js';

/** Applies the CNI: nodes cannot become Ready without it. Server-side apply is repeatable. */
export async function applyAddOns(context: ClusterContext): Promise<StepResult> {
  const client = context.runtime.clusters.clientFor(await clusterAccess(context));
  for (const manifest of context.driver.renderAddOns(context.cluster.spec)) {
    context.assertHeld();
    await client.applyManifest(manifest, context.call);
  }
  return done;
}
