import { apiBalancerAddress, findMaker, findRecordedThings, type MadeType, type RecordedThing } from '../../database/maker-cluster.js';
import { OpenStackError } from '../../openstack/cloud-error.js';
import type { CloudClients } from '../../openstack/cloud.js';
import { findMadeByCluster, type MadeByCluster } from '../../openstack/made-by-cluster/find-made-by-cluster.js';
import type { ClusterContext } from '../cluster-context.js';
import { markMade, recordMade } from '../ledger/made-by-cluster.js';
import { done, failed, type StepResult } from '../operation/operation.js';
import { deleteWishes } from './delete-wishes.js';
import { knownCluster } from './known-cluster.js';
import { describeStuck, describeThing, planDirectRemoval, type DoomedThing, type MadeKind, type RemovalPlan, type StuckThing } from './plan-direct-removal.js';

/**
 * Load balancers and volumes that the cluster left, removed without it. It comes when the machines are gone: only then are
 * volumes detached, and nothing inside makes anew what goes. It comes before the network goes, which no load balancer may
 * stand in.
 */
export async function removeWhatClusterMade(context: ClusterContext): Promise<StepResult> {
  const { cluster, runtime } = context;
  const recorded = await findRecordedThings(runtime.dataSource.manager, cluster.id);
  // A cluster whose API never was ready made nothing.
  if (cluster.infraOutputs === null || (cluster.coeVersion === null && recorded.length === 0)) return done;
  const clients = await context.asClusterUser();
  const maker = await findMaker(runtime.dataSource.manager, knownCluster(cluster), recorded);
  const question = { cluster: maker, projectId: cluster.projectId, apiAddress: apiBalancerAddress(cluster.infraOutputs) };
  const found = await findMadeByCluster(clients, question, context.call);
  const retained = new Set(recorded.filter(({ type }) => type === 'retained-volume').map(({ id }) => id));
  const plan = planDirectRemoval(found, deleteWishes(context.operation), retained);
  await record(context, plan, gone(recorded, found), retained);
  const silent = found.blindSpots.filter(({ retryable }) => retryable);
  const refused = await removeAll(context, clients, plan.remove);
  const left: StuckThing[] = [...plan.stuck, ...refused];
  if (left.length === 0 && silent.length === 0) return tellBlindSpots(context, found);
  return waitOrGiveUp(context, left, silent);
}

/** What was recorded and is not there any more, as far as its service could be asked. */
function gone(recorded: readonly RecordedThing[], found: MadeByCluster): string[] {
  const there = new Set([...found.balancers, ...found.floatingIps, ...found.volumes].map(({ id }) => id));
  const blind = new Set(found.blindSpots.map(({ service }) => service));
  return recorded.filter(({ id, type }) => !there.has(id) && !blind.has(serviceOf[type])).map(({ id }) => id);
}

const serviceOf: Readonly<Record<MadeType, OpenStackError['service']>> = {
  'octavia-load-balancer': 'octavia',
  'neutron-floating-ip': 'neutron',
  'cinder-volume': 'cinder',
  'retained-volume': 'cinder',
  'kept-volume': 'cinder',
};

const typeOf: Readonly<Record<MadeKind, MadeType>> = { 'load-balancer': 'octavia-load-balancer', 'floating-ip': 'neutron-floating-ip', volume: 'cinder-volume' };

async function record(context: ClusterContext, { remove, stuck, kept }: RemovalPlan, goneIds: readonly string[], retained: ReadonlySet<string>): Promise<void> {
  if (remove.length + stuck.length + kept.length + goneIds.length === 0) return;
  const { id: clusterId } = context.cluster;
  await context.write(async (manager) => {
    for (const kind of ['load-balancer', 'floating-ip', 'volume'] as const) {
      await recordMade(context, manager, typeOf[kind], [...remove, ...stuck].filter((thing) => thing.kind === kind));
    }
    await recordMade(context, manager, 'kept-volume', kept.filter(({ id }) => !retained.has(id)));
    await markMade(manager, clusterId, goneIds, 'gone');
    if (remove.length === 0) return;
    await markMade(manager, clusterId, remove.map(({ id }) => id), 'deleting');
    if (context.operation.stepTurns === 0) await context.say(manager, `Removes ${remove.map(describeThing).join(', ')}`, 'the cluster made them and left them');
  });
}

/** Asks for all; answers those that are not gone yet, with the reason where there is one. */
async function removeAll(context: ClusterContext, clients: CloudClients, things: readonly DoomedThing[]): Promise<StuckThing[]> {
  const outcomes = await Promise.all(
    things.map(async (thing): Promise<StuckThing | undefined> => {
      try {
        context.assertHeld();
        const answer = await removal[thing.kind](clients, thing.id, context);
        return answer === 'gone' ? undefined : { ...thing, because: 'it was asked to go' };
      } catch (error) {
        if (!(error instanceof OpenStackError)) throw error;
        return { ...thing, because: error.message };
      }
    }),
  );
  return outcomes.flatMap((thing) => thing ?? []);
}

const removal: Readonly<Record<MadeKind, (clients: CloudClients, id: string, context: ClusterContext) => Promise<'accepted' | 'gone'>>> = {
  'load-balancer': ({ octavia }, id, { call }) => octavia.deleteLoadBalancer(id, call),
  'floating-ip': ({ neutron }, id, { call }) => neutron.deleteFloatingIp(id, call),
  volume: ({ cinder }, id, { call }) => cinder.deleteVolume(id, call),
};

/** A service that will not be asked by us hides what it has: said once, and no reason to keep the rest of the cluster. */
async function tellBlindSpots(context: ClusterContext, { blindSpots }: MadeByCluster): Promise<StepResult> {
  for (const error of blindSpots) await context.write((manager) => context.say(manager, `Could not look for what the cluster made in ${error.service}`, error.message));
  return done;
}

async function waitOrGiveUp(context: ClusterContext, left: readonly StuckThing[], silent: readonly OpenStackError[]): Promise<StepResult> {
  const reasons = [...(left.length === 0 ? [] : [describeStuck(left)]), ...silent.map(({ message }) => message)].join('; ');
  const enteredAt = context.operation.stepEnteredAt ?? context.now;
  const isOver = context.now.getTime() - enteredAt.getTime() >= context.runtime.config.CLEANUP_DIRECT_SECONDS * 1000;
  if (!isOver) return context.waiting(`what the cluster made to go: ${reasons}`);
  if (!deleteWishes(context.operation).force) return failed(`What the cluster made could not all be removed: ${reasons}. A delete with force leaves it behind`);
  await context.write((manager) => context.say(manager, `Leaves behind: ${left.length === 0 ? 'what could not be looked for' : left.map(describeThing).join(', ')}`, `the delete is forced; ${reasons}`));
  return done;
}
