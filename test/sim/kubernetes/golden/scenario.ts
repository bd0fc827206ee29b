import type { ClusterDisturbance } from '../../../../src/sim/sim-context.js';
import { eventually } from '../eventually.js';
import type { TestCluster } from '../test-cluster.js';
import { recording } from './recording.js';
import { Replayer } from './replayer.js';

interface PodView {
  metadata: { name: string; deletionTimestamp?: string };
  spec: { nodeName?: string };
  status: { conditions?: { type: string; status: string }[] };
}

const numbers = (from: number, to: number): string[] => Array.from({ length: to - from + 1 }, (_, index) => String(from + index).padStart(2, '0'));
const mergePatch = { 'content-type': 'application/merge-patch+json' };
const pods = '/api/v1/namespaces/default/pods';
const budgets = '/apis/policy/v1/namespaces/default/poddisruptionbudgets';
const readyAfter = 'sim.local/ready-after-milliseconds';

/** Replays the recordings in their order, preparing for each the state in which it was made. */
export async function replayEverything(cluster: TestCluster): Promise<Replayer> {
  for (const name of ['node-0', 'node-1', 'node-2']) await cluster.joinNode(name);
  const play = await Replayer.of(cluster);
  await removeKubeadmsAddons(play);
  await cluster.installNetwork();
  for (const number of numbers(1, 19)) await play.replay(number);
  await replayNodes(play);
  await replayEvictions(play);
  await replayBudgets(play);
  await replayDeletes(play);
  await replayWatches(play);
  await replayNamespaceAndFinalizers(play);
  await replayConditions(play);
  await replayHungEtcd(play);
  await replayAfterRestart(play);
  return play;
}

async function removeKubeadmsAddons(play: Replayer): Promise<void> {
  await play.admin.call('DELETE', '/apis/apps/v1/namespaces/kube-system/daemonsets/kube-proxy');
  await play.admin.call('DELETE', '/apis/apps/v1/namespaces/kube-system/deployments/coredns');
}

async function replayNodes(play: Replayer): Promise<void> {
  for (const number of numbers(20, 27)) {
    if (number === '22') await play.replay('22', { path: `/api/v1/nodes?limit=1&continue=${await continueToken(play)}` });
    else await play.replay(number);
  }
  await play.replay('28');
  const hasTaint = (wanted: boolean): Promise<boolean> =>
    eventually(`node-0 ${wanted ? 'has' : 'lost'} the taint of a cordoned node`, async () => JSON.stringify((await play.admin.call('GET', '/api/v1/nodes/node-0')).body).includes('node.kubernetes.io/unschedulable') === wanted && true);
  await hasTaint(true);
  await play.replay('29');
  await play.replay('30');
  // The recorder was sometimes quicker than the controller: stopped, ours is slower in exactly these places.
  controllers(play, 'stopped');
  await play.replay('31');
  await play.replay('32');
  await setCordoned(play, null);
  controllers(play, 'running');
  await hasTaint(false);
  controllers(play, 'stopped');
  await setCordoned(play, true);
  await play.replay('33');
  await play.replay('34');
  controllers(play, 'running');
  await hasTaint(true);
  for (const number of ['35', '36', '37']) await play.replay(number);
  await hasTaint(false);
  for (const number of numbers(38, 44)) await play.replay(number);
  await setCordoned(play, null);
  await hasTaint(false);
}

const setCordoned = (play: Replayer, unschedulable: true | null): Promise<unknown> => play.admin.call('PATCH', '/api/v1/nodes/node-0', { spec: { unschedulable } }, mergePatch);

const disturb = ({ cluster: { host } }: Replayer, disturbance: ClusterDisturbance): void => host.disturb?.(String(host.describe?.()[0]?.['endpoint']), disturbance);
const controllers = (play: Replayer, state: 'stopped' | 'running'): void => disturb(play, { controllers: state });

async function continueToken(play: Replayer, path = '/api/v1/nodes?limit=1'): Promise<string> {
  const { body } = await play.admin.call('GET', path);
  return (body as { metadata: { continue: string } }).metadata.continue;
}

const workload = (name: string, replicas: number, graceSeconds: number): object => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name },
  spec: {
    replicas,
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name }, annotations: { [readyAfter]: '1000' } },
      spec: { terminationGracePeriodSeconds: graceSeconds, containers: [{ name: 'c', image: 'pause:fake' }] },
    },
  },
});

const isReady = ({ metadata, status }: PodView): boolean => metadata.deletionTimestamp === undefined && status.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') === true;

/** The ready pods of an app once there are that many of them and nothing else. */
function settled(play: Replayer, app: string, count: number): Promise<PodView[]> {
  return eventually(`${count} ready pods of ${app}`, async () => {
    const { body } = await play.admin.call('GET', `${pods}?labelSelector=app%3D${app}`);
    const { items } = body as { items: PodView[] };
    return items.length === count && items.every(isReady) && items;
  });
}

async function replayEvictions(play: Replayer): Promise<void> {
  await play.admin.call('POST', '/apis/apps/v1/namespaces/default/deployments', workload('g', 6, 5));
  const all = await settled(play, 'g', 6);
  const [first, second, third] = [...all].sort((a) => (a.spec.nodeName === 'node-1' ? -1 : 1));
  for (const [recorded, pod] of [['6njmn', first], ['j2vbw', second], ['khbdw', third]] as const) play.standsFor(recorded, pod?.metadata.name ?? '');
  // The recorded node ran nothing else.
  await play.replay('45', { path: `${recording('45').path.replace('limit=2', 'limit=500')}&labelSelector=app%3Dg` });
  for (const number of numbers(46, 60)) await play.replay(number);
}

async function replayBudgets(play: Replayer): Promise<void> {
  const [first, second, third] = await settled(play, 'g', 6);
  for (const [recorded, pod] of [['khbdw', first], ['8pmtt', second], ['p7ld4', third]] as const) play.standsFor(recorded, pod?.metadata.name ?? '');
  await play.replay('61');
  await allowed(play, 1);
  await play.replay('62');
  await play.replay('63');
  await eventually('the budget counts the leaving pod and its replacement', async () => (await play.admin.call('GET', `${budgets}/g`)).text.includes('"expectedPods":7'));
  await play.replay('64');
  await play.replay('65');
  await allowed(play, 1);
  await play.replay('66');
  const [healthy, sick] = await settled(play, 'g', 6);
  play.standsFor('p7ld4', healthy?.metadata.name ?? '');
  play.standsFor('2mbsj', sick?.metadata.name ?? '');
  await play.admin.call('PATCH', `${pods}/${sick?.metadata.name ?? ''}`, { metadata: { annotations: { [readyAfter]: 'never' } } }, mergePatch);
  await allowed(play, 0);
  await play.replay('67');
  await play.replay('68');
  await settled(play, 'g', 6);
  await play.admin.call('POST', budgets, { metadata: { name: 'g2' }, spec: { minAvailable: 1, selector: { matchLabels: { app: 'g' } } } });
  await play.replay('69');
  for (const name of ['g', 'g2']) await play.admin.call('DELETE', `${budgets}/${name}`);
  await replayUnprocessedBudget(play);
}

const allowed = (play: Replayer, count: number): Promise<boolean> =>
  eventually(`budget g allows ${count}`, async () => {
    const { body } = await play.admin.call('GET', `${budgets}/g`);
    const { status } = body as { status: { disruptionsAllowed: number; observedGeneration?: number } };
    return status.observedGeneration !== undefined && status.disruptionsAllowed === count;
  });

/** A budget that no controller has looked at yet: they are stopped meanwhile. */
async function replayUnprocessedBudget(play: Replayer): Promise<void> {
  const [pod] = await settled(play, 'g', 6);
  play.standsFor('t6d7m', pod?.metadata.name ?? '');
  controllers(play, 'stopped');
  await play.admin.call('POST', budgets, { metadata: { name: 'g3' }, spec: { minAvailable: 1, selector: { matchLabels: { app: 'g' } } } });
  await play.replay('70');
  await play.admin.call('DELETE', `${budgets}/g3`);
  controllers(play, 'running');
}

async function replayDeletes(play: Replayer): Promise<void> {
  const [first, second] = await settled(play, 'g', 6);
  play.standsFor('p7ld4', first?.metadata.name ?? '');
  play.standsFor('t6d7m', second?.metadata.name ?? '');
  for (const number of numbers(71, 73)) await play.replay(number);
  await play.cluster.joinNode('watched');
  await play.replay('74');
  await play.cluster.host.serverStopped('server-watched');
  await play.replay('75');
  // A node of the same name joins soon; it must not find the network of this one.
  await play.admin.call('DELETE', '/api/v1/namespaces/kube-system/pods?fieldSelector=spec.nodeName%3Dwatched&gracePeriodSeconds=0');
}

/** Recorded watches are cut short: a shorter timeout changes when the bookmark comes, not that it does. */
async function replayWatches(play: Replayer): Promise<void> {
  const since = async (): Promise<string> => ((await play.admin.call('GET', '/api/v1/nodes')).body as { metadata: { resourceVersion: string } }).metadata.resourceVersion;
  const shortened = async (prefix: string): Promise<string> => recording(prefix).path.replace(/timeoutSeconds=\d+/, 'timeoutSeconds=4').replace(/resourceVersion=\d+/, `resourceVersion=${await since()}`);
  const nodes = play.replay('76', { path: await shortened('76') });
  await play.cluster.joinNode('watched');
  await nodeBecomes(play, 'watched', 'True');
  disturb(play, { node: 'watched', runtime: 'down' });
  await nodeBecomes(play, 'watched', 'False', 'node.kubernetes.io/not-ready');
  await play.admin.call('PATCH', '/api/v1/nodes/watched', { spec: { unschedulable: true } }, mergePatch);
  await play.cluster.host.serverStopped('server-watched');
  await play.admin.call('DELETE', '/api/v1/nodes/watched');
  const podsWatch = play.replay('77', { path: await shortened('77') });
  await play.admin.call('POST', '/apis/apps/v1/namespaces/default/deployments', workload('w', 1, 0));
  await settled(play, 'w', 1);
  await play.admin.call('DELETE', '/apis/apps/v1/namespaces/default/deployments/w');
  await Promise.all([nodes, podsWatch]);
  for (const number of ['78', '80', '81', '82', '83', '95', '96']) await play.replay(number);
}

async function replayNamespaceAndFinalizers(play: Replayer): Promise<void> {
  const pod = (name: string): object => ({
    metadata: { name, labels: { app: 'x' }, finalizers: ['lab.example/hold'] },
    spec: { nodeName: 'node-0', terminationGracePeriodSeconds: 5, containers: [{ name: 'c', image: 'x' }] },
  });
  await play.admin.call('POST', '/api/v1/namespaces', { metadata: { name: 'dying' } });
  await play.admin.call('POST', '/api/v1/namespaces/dying/pods', pod('held'));
  for (const number of ['x1', 'x2', 'x3', 'x4']) await play.replay(number);
  await play.admin.call('POST', pods, pod('final'));
  await settled(play, 'x', 1);
  await play.replay('x5');
  await eventually('only the finalizer holds the pod', async () => ((await play.admin.call('GET', `${pods}/final`)).body as { metadata: { deletionGracePeriodSeconds?: number } }).metadata.deletionGracePeriodSeconds === 0);
  await play.replay('x6');
  const daemon = { metadata: { name: 'ds' }, spec: { selector: { matchLabels: { app: 'ds' } }, template: { metadata: { labels: { app: 'ds' } }, spec: { containers: [{ name: 'c', image: 'x' }] } } } };
  await play.admin.call('POST', '/apis/apps/v1/namespaces/default/daemonsets', daemon);
  const [first] = await settled(play, 'ds', 3);
  play.standsFor('8nddj', first?.metadata.name ?? '');
  await play.replay('x7');
  await play.replay('x8');
}

async function replayConditions(play: Replayer): Promise<void> {
  const { cluster } = play;
  await cluster.joinNode('cond');
  await nodeBecomes(play, 'cond', 'True');
  await play.replay('91');
  disturb(play, { node: 'cond', runtime: 'down' });
  await nodeBecomes(play, 'cond', 'False', 'node.kubernetes.io/not-ready');
  await play.replay('92');
  disturb(play, { node: 'cond', runtime: 'up' });
  await nodeBecomes(play, 'cond', 'True');
  cluster.context.settings.nodeGraceSeconds = 1;
  await cluster.host.serverStopped('server-cond');
  await nodeBecomes(play, 'cond', 'Unknown', 'node.kubernetes.io/unreachable');
  await eventually('the NoExecute taint follows', async () => (await play.admin.call('GET', '/api/v1/nodes/cond')).text.includes('NoExecute'));
  await play.replay('93');
  await play.replay('94');
  cluster.context.settings.nodeGraceSeconds = 40;
  await play.admin.call('DELETE', '/api/v1/nodes/cond');
}

/** Waits for a Ready condition and for the taint that belongs to it. */
const nodeBecomes = (play: Replayer, name: string, status: string, taint?: string): Promise<boolean> =>
  eventually(`node ${name} is Ready=${status}`, async () => {
    const { body } = await play.admin.call('GET', `/api/v1/nodes/${name}`);
    const node = body as PodView & { spec: { taints?: { key: string }[] } };
    const ready = node.status.conditions?.find(({ type }) => type === 'Ready')?.status;
    return ready === status && (taint === undefined ? node.spec.taints === undefined : node.spec.taints?.some(({ key }) => key === taint)) === true;
  });

async function replayHungEtcd(play: Replayer): Promise<void> {
  disturb(play, { etcd: 'hung' });
  for (const number of numbers(85, 89)) await play.replay(number);
  disturb(play, { etcd: 'healthy' });
  await play.replay('90');
}

/** A restart forgets the history of changes, as etcd's compaction before these recordings did. */
async function replayAfterRestart(play: Replayer): Promise<void> {
  const { cluster } = play;
  const token = await continueToken(play);
  const { address } = cluster;
  await cluster.host.serverStopped('server-cp');
  const refusal = await play.admin.call('GET', '/readyz').then(
    ({ status }) => `answered ${status}`,
    (error: unknown) => (error as { code?: string }).code ?? String(error),
  );
  play.note('r2', refusal === 'ECONNREFUSED' ? [] : [`connection to ${address.host}: ECONNREFUSED became ${refusal}`]);
  await cluster.host.startControlPlane(cluster.controlPlane('resume'));
  await play.connect();
  await play.replay('84', { path: `/api/v1/nodes?limit=1&continue=${token}` });
  for (const number of ['r4', 'r5', 'r6']) await play.replay(number);
}
