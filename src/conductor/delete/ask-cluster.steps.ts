import { findMaker, findRecordedThings } from '../../database/maker-cluster.js';
import { nodeStackName } from '../../domain/resource-names.js';
import { CloudObjectsClient } from '../../kubernetes/cloud-objects/cloud-objects-client.js';
import type { LoadBalancerService } from '../../kubernetes/cloud-objects/load-balancer-service.js';
import { ClusterError } from '../../kubernetes/cluster-error.js';
import type { ClusterCallOptions } from '../../kubernetes/cluster-transport.js';
import { OpenStackError } from '../../openstack/cloud-error.js';
import { isBalancerOf, type MakerCluster } from '../../openstack/made-by-cluster/belongs-to-cluster.js';
import type { LoadBalancer } from '../../openstack/octavia/octavia.client.js';
import type { ClusterContext } from '../cluster-context.js';
import { recordMade, type MadeThing } from '../ledger/made-by-cluster.js';
import { clusterAccess } from '../nodes/cluster-access.js';
import { done, type StepResult } from '../operation/operation.js';
import { deleteWishes } from './delete-wishes.js';
import { knownCluster } from './known-cluster.js';
import { planClusterCleaning, type CleaningPlan, type CloudObjects } from './plan-cluster-cleaning.js';

/**
 * While the cluster still runs, its own controllers know best what they made: Services of type LoadBalancer and claims of
 * volumes are deleted through its API and watched until they are gone. It never fails: what is left is removed without the
 * cluster, later, when its machines are gone and nothing makes anything anew.
 */
export async function askClusterToCleanUp(context: ClusterContext): Promise<StepResult> {
  if (!(await mayAnswer(context))) return done;
  const result = await cleanUp(context).catch((error: unknown) => {
    if (error instanceof ClusterError) return waitForAnswer(context, error);
    throw error;
  });
  if (result.kind !== 'waiting') await context.runtime.clusters.evict(context.cluster.id);
  return result;
}

/** Its API was seen to be ready once, and there is a machine left that could serve it. */
async function mayAnswer(context: ClusterContext): Promise<boolean> {
  const { cluster, presentNodes } = context;
  if (cluster.coeVersion === null || cluster.infraOutputs === null) return false;
  const masters = presentNodes.filter(({ role }) => role === 'control-plane');
  if (masters.length === 0) return false;
  const stacks = await context.stacks();
  return masters.some(({ id }) => stacks.has(nodeStackName(cluster.id, id)));
}

async function cleanUp(context: ClusterContext): Promise<StepResult> {
  const client = new CloudObjectsClient(context.runtime.clusters.clientFor(await clusterAccess(context)));
  const { keepVolumes } = deleteWishes(context.operation);
  const call = quickCall(context);
  const objects = await readCloudObjects(client, keepVolumes, call);
  const plan = planClusterCleaning(objects, keepVolumes);
  await record(context, objects.services, plan);
  if (plan.left.length === 0) return done;
  const what = describeLeft(plan.left);
  if (elapsedMs(context) >= context.runtime.config.CLEANUP_IN_CLUSTER_SECONDS * 1000) {
    await tell(context, `The cluster did not remove ${what} in time; what is left of it in the cloud is removed directly`, 'the deadline for its own clean-up is over');
    return done;
  }
  if (context.operation.stepTurns === 0) await tell(context, `The cluster is asked to remove ${what}`, 'only its own controllers know all that belongs to it');
  const ask = async <Item>(items: readonly Item[], remove: (item: Item, options: ClusterCallOptions) => Promise<void>): Promise<void> => {
    for (const item of items) {
      context.assertHeld();
      await remove(item, call);
    }
  };
  await ask(plan.services, (service, options) => client.deleteService(service, options));
  await ask(plan.statefulSets, (set, options) => client.deleteStatefulSet(set, options));
  await ask(plan.claims, (claim, options) => client.deleteClaim(claim, options));
  await ask(plan.pods, (pod, options) => client.deletePod(pod, options));
  return context.waiting(`the cluster to remove ${what}`);
}

/** Claims and pods are of interest only where volumes are to go. */
async function readCloudObjects(client: CloudObjectsClient, keepVolumes: boolean, call: ClusterCallOptions): Promise<CloudObjects> {
  const [services, volumes] = await Promise.all([client.listLoadBalancerServices(call), client.listCinderVolumes(call)]);
  if (keepVolumes || volumes.length === 0) return { services, volumes, claims: [], claimUsers: [] };
  const [claims, claimUsers] = await Promise.all([client.listClaims(call), client.listClaimUsers(call)]);
  return { services, volumes, claims, claimUsers };
}

async function record(context: ClusterContext, services: readonly LoadBalancerService[], { doomed, retained }: CleaningPlan): Promise<void> {
  const balancers = services.length > 0 ? await balancersOf(context, services) : [];
  if (balancers.length + doomed.length + retained.length === 0) return;
  await context.write(async (manager) => {
    const volumeOf = ({ volumeId, name }: { volumeId: string; name: string }) => ({ id: volumeId, name });
    await recordMade(context, manager, 'octavia-load-balancer', balancers);
    await recordMade(context, manager, 'cinder-volume', doomed.map(volumeOf));
    await recordMade(context, manager, 'retained-volume', retained.map(volumeOf));
  });
}

/** The load balancers behind these Services: by the id or address that the cluster shows, and those that its name or network tells. */
async function balancersOf(context: ClusterContext, services: readonly LoadBalancerService[]): Promise<readonly MadeThing[]> {
  const { cluster, runtime, call } = context;
  const recorded = await findRecordedThings(runtime.dataSource.manager, cluster.id);
  const maker = await findMaker(runtime.dataSource.manager, knownCluster(cluster), recorded);
  try {
    const { octavia } = await context.asClusterUser();
    const all = (await octavia.isAvailable(call)) ? await octavia.listLoadBalancers(cluster.projectId, call) : [];
    const shown = all.filter((balancer) => isShown(balancer, services, maker)).map(({ id }) => id);
    return all.filter((balancer) => isBalancerOf({ ...maker, recordedIds: new Set([...maker.recordedIds, ...shown]) }, balancer));
  } catch (error) {
    if (!(error instanceof OpenStackError)) throw error;
    // Their names are looked at before anything is removed, so an id is enough.
    return services.flatMap(({ balancerId, namespace, name }) => (balancerId === null ? [] : [{ id: balancerId, name: `of Service ${namespace}/${name}` }]));
  }
}

/** Addresses tell within the nodes' subnet only: other networks of the project may well use the same ones. */
const isShown = ({ id, vipAddress, vipSubnetId }: LoadBalancer, services: readonly LoadBalancerService[], { subnetId }: MakerCluster): boolean =>
  services.some(({ balancerId, addresses }) => balancerId === id || (vipSubnetId === subnetId && addresses.includes(vipAddress)));

/** A silent API is waited for a short while; one that refuses us will not think better of it. */
async function waitForAnswer(context: ClusterContext, error: ClusterError): Promise<StepResult> {
  const patienceMs = context.runtime.config.CLEANUP_PATIENCE_SECONDS * 1000;
  if (error.retryable && elapsedMs(context) < patienceMs) return context.waiting("the cluster's Kubernetes API to answer, so that it can remove its load balancers and volumes itself");
  await tell(context, 'What the cluster made in the cloud is removed without its help', error.message);
  return done;
}

const elapsedMs = ({ operation, now }: ClusterContext): number => now.getTime() - (operation.stepEnteredAt ?? now).getTime();

/** One silent call must not use up more than the patience there is. */
function quickCall(context: ClusterContext): ClusterCallOptions {
  const { HTTP_TIMEOUT_SECONDS, CLEANUP_PATIENCE_SECONDS } = context.runtime.config;
  return { ...context.call, timeoutMs: Math.max(1, Math.min(HTTP_TIMEOUT_SECONDS, CLEANUP_PATIENCE_SECONDS)) * 1000 };
}

const tell = (context: ClusterContext, message: string, because: string): Promise<void> => context.write((manager) => context.say(manager, message, because));

const shownMax = 5;

function describeLeft(left: readonly string[]): string {
  const rest = left.length - shownMax;
  return `${left.slice(0, shownMax).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}
