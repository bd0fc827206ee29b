import { changedNodeFields } from '../../driver-contract/changed-node-fields.js';
import type { ClusterContext } from '../cluster-context.js';
import { rollControlPlane } from '../control-plane/roll-control-plane.js';
import { snapshotEtcd } from '../control-plane/snapshot-etcd.js';
import { clusterAccess } from '../nodes/cluster-access.js';
import { apiServerNames, controlPlaneEndpoint } from '../nodes/control-plane-endpoint.js';
import { done, type StepResult } from '../operation/operation.js';
import { drainSettingsOfRoll, openUpgrade, outdatedControlPlane } from './upgrade-run.js';
import { moveGroup } from './upgrade.steps.js';

/** Before the first machine of the control plane is touched; where none will be, there is nothing to save. */
export async function saveEtcd(context: ClusterContext): Promise<StepResult> {
  return outdatedControlPlane(context, await openUpgrade(context)).length > 0 ? snapshotEtcd(context) : done;
}

/** What joining machines read is of the new version before the first of them comes: theirs must not be newer. */
export async function applyJoinObjects(context: ClusterContext): Promise<StepResult> {
  const run = await openUpgrade(context);
  const { cluster, slots, driver, runtime } = context;
  if (!driver.renderJoinObjects || outdatedControlPlane(context, run).length === 0) return done;
  const client = runtime.clusters.clientFor(await clusterAccess(context));
  const endpoint = { controlPlaneEndpoint: controlPlaneEndpoint(cluster.spec, slots, cluster.infraOutputs), apiServerNames: apiServerNames(slots, cluster.infraOutputs) };
  for (const manifest of driver.renderJoinObjects(run.target.spec, endpoint)) {
    context.assertHeld();
    await client.applyManifest(manifest, context.call);
  }
  await context.write((manager) => context.say(manager, `Joining nodes are told of Kubernetes ${run.target.spec.kubernetesVersion}`, 'the control plane is about to have it'));
  return done;
}

/** From here on whatever replaces a control-plane node makes it as the new revision wants it. */
export async function moveControlPlane(context: ClusterContext): Promise<StepResult> {
  const { controlPlane, target } = await openUpgrade(context);
  if (!controlPlane || controlPlane.revision === target.revision) return done;
  await moveGroup(context, controlPlane, target.revision, changedNodeFields(context.driver, context.specOf(controlPlane.revision), target.spec, controlPlane.id));
  return done;
}

/** Slot by slot; what an earlier attempt left half done is finished as well. */
export async function replaceControlPlane(context: ClusterContext): Promise<StepResult> {
  const { controlPlane, input } = await openUpgrade(context);
  return controlPlane ? rollControlPlane(context, { drain: drainSettingsOfRoll(context, input), scope: 'all' }) : done;
}

/** Workers must never be newer than any API server: so all of these are seen to have the version first. */
export async function seeControlPlane(context: ClusterContext): Promise<StepResult> {
  const { controlPlane, target } = await openUpgrade(context);
  if (!controlPlane) return done;
  const wanted = target.spec.kubernetesVersion;
  const client = context.runtime.clusters.clientFor(await clusterAccess(context));
  const [served, listed] = await Promise.all([client.getVersion(context.call), client.listNodes(context.call)]);
  const kubelets = new Map(listed.map(({ name, kubeletVersion }) => [name, kubeletVersion]));
  const others = context.presentNodes.filter(({ role, name }) => role === 'control-plane' && kubelets.get(name) !== wanted);
  const skipped = others.find(({ skippedBy }) => skippedBy === context.operation.id);
  if (skipped) {
    return { kind: 'halted', because: `control-plane node ${skipped.name} was left as it is, with ${kubelets.get(skipped.name) ?? 'a version that nobody knows'}: workers of ${wanted} would be newer than its API server` };
  }
  if (others.length > 0) return context.waiting(`the kubelet of ${others.map(({ name }) => name).join(', ')} to be ${wanted}`);
  return served === wanted ? done : context.waiting(`the API server to be ${wanted} (it says ${served})`);
}

/** kube-proxy and the DNS that came with the cluster's first machine; one that somebody has taken away stays away. */
export async function setComponentImages(context: ClusterContext): Promise<StepResult> {
  const { controlPlane, target } = await openUpgrade(context);
  const isSame = context.cluster.coeVersion === target.spec.kubernetesVersion;
  if (!controlPlane || isSame || !context.driver.renderComponentImages) return done;
  const client = context.runtime.clusters.clientFor(await clusterAccess(context));
  for (const component of context.driver.renderComponentImages(target.spec)) {
    context.assertHeld();
    const outcome = await client.setImage(component, context.call);
    const because = outcome === 'set' ? `Kubernetes ${target.spec.kubernetesVersion} goes with it` : 'the cluster has none';
    await context.write((manager) => context.say(manager, `${component.kind} ${component.name} ${outcome === 'set' ? `runs ${component.image}` : 'was left out'}`, because));
  }
  return done;
}
