import { X509Certificate } from 'node:crypto';
import { changedNodeFields } from '../../driver-contract/changed-node-fields.js';
import type { ClusterClient } from '../../kubernetes/cluster-client.js';
import { isCountedBy, type PlacedPod } from '../../kubernetes/placed-pod.js';
import type { ClusterContext } from '../cluster-context.js';
import { clusterAccess } from '../nodes/cluster-access.js';
import { openClusterKeys } from '../nodes/cluster-keys.js';
import { groupSpecOf } from '../nodes/group-spec.js';
import { done, failed, type StepResult } from '../operation/operation.js';
import { judgePreflight, type PreflightFacts, type PreflightNode } from './judge-preflight.js';
import { drainSettingsOfRoll, openUpgrade, outdatedControlPlane, type UpgradeRun } from './upgrade-run.js';

/** Looks at everything that could stand in the way, and touches nothing. */
export async function checkBeforehand(context: ClusterContext): Promise<StepResult> {
  const run = await openUpgrade(context);
  const { blockers, warnings } = judgePreflight(await collectFacts(context, run));
  if (blockers.length > 0) return failed(`The upgrade was not begun. ${blockers.join('. ')}`);
  await context.write(async (manager) => {
    // A retry tries to go forward again, whatever became of the attempt before.
    await manager.query(`UPDATE operations SET input = input - 'rolling_back_because' WHERE id = $1`, [context.operation.id]);
    for (const warning of warnings) await context.say(manager, 'The pre-flight warns', warning);
  });
  return done;
}

/** All of it is read in one turn: what changes afterwards is met by the roll itself. */
export async function collectFacts(context: ClusterContext, run: UpgradeRun): Promise<PreflightFacts> {
  const client = context.runtime.clusters.clientFor(await clusterAccess(context));
  const { glance } = await context.asClusterUser();
  const [lead] = run.workers.length > 0 ? run.workers : run.controlPlane ? [run.controlPlane] : [];
  const imageId = lead ? groupSpecOf(run.target.spec, lead.id).imageId : undefined;
  const [controlPlaneVersion, nodes, budgets, pods, certificates, image] = await Promise.all([
    client.getVersion(context.call),
    collectNodes(context, run, client),
    client.listDisruptionBudgets(context.call),
    client.listPlacedPods(context.call),
    collectCertificates(context),
    imageId === undefined ? undefined : glance.findImage(imageId, context.call),
  ]);
  return {
    now: context.now,
    targetVersion: run.target.spec.kubernetesVersion,
    controlPlaneVersion,
    movesControlPlane: outdatedControlPlane(context, run).length > 0,
    nodes,
    image: image ? { name: image.name, status: image.status, kubeVersion: image.properties['kube_version'] ?? null } : null,
    budgets: budgets.map((budget) => ({
      name: `${budget.namespace}/${budget.name}`,
      desiredHealthy: budget.desiredHealthy,
      expectedPods: budget.expectedPods,
      nodeNames: pods.filter((pod) => isCountedBy(budget, pod)).map(({ nodeName }) => nodeName),
    })),
    drainPolicy: drainSettingsOfRoll(context, run.input).policy,
    certificates,
    // Only the API server's metrics would tell, and nothing here reads them yet.
    deprecatedApis: null,
    singles: singlesOf(pods),
  };
}

/** Nodes that the upgrade itself has made or begun to take away are its own business, also when it is tried again. */
async function collectNodes(context: ClusterContext, run: UpgradeRun, client: ClusterClient): Promise<readonly PreflightNode[]> {
  const seen = new Map((await client.listNodes(context.call)).map((node) => [node.name, node]));
  const touchedGroups = new Set([...run.workers, ...(run.controlPlane ? [run.controlPlane] : [])].map(({ id }) => id));
  const isOwn = (revision: number): boolean => revision === run.target.revision && context.operation.attempt > 1;
  return context.presentNodes
    .filter(({ phase, doomedBecause, revision }) => phase !== 'draining' && phase !== 'deleting' && doomedBecause === null && !isOwn(revision))
    .map(({ name, role, nodeGroupId, revision }) => ({
      name,
      role,
      isTouched: touchedGroups.has(nodeGroupId) && changedNodeFields(context.driver, context.specOf(revision), run.target.spec, nodeGroupId).length > 0,
      isReady: seen.get(name)?.ready === true,
      kubeletVersion: seen.get(name)?.kubeletVersion ?? null,
    }));
}

async function collectCertificates(context: ClusterContext): Promise<PreflightFacts['certificates']> {
  const { kubernetesCa, etcdCa, frontProxyCa, conductorClient } = await openClusterKeys(context);
  const named = { 'the Kubernetes CA': kubernetesCa, 'the etcd CA': etcdCa, 'the front-proxy CA': frontProxyCa, 'our own client': conductorClient };
  return Object.entries(named).map(([name, { certificatePem }]) => ({ name, expiresAt: new Date(new X509Certificate(certificatePem).validTo) }));
}

/** Controllers that have one pod; DaemonSets put theirs on every node, and static pods belong to theirs. */
function singlesOf(pods: readonly PlacedPod[]): PreflightFacts['singles'] {
  const byController = new Map<string, PlacedPod[]>();
  for (const pod of pods) {
    if (!pod.controller || pod.controller.kind === 'DaemonSet' || pod.controller.kind === 'Node' || pod.controller.kind === 'Job') continue;
    const key = `${pod.controller.kind} ${pod.namespace}/${pod.controller.name}`;
    byController.set(key, [...(byController.get(key) ?? []), pod]);
  }
  return [...byController].flatMap(([name, [pod, ...others]]) => (pod && others.length === 0 ? [{ name, nodeName: pod.nodeName }] : []));
}
