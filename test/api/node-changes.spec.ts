import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { insertRow } from '../../src/database/insert-row.js';
import { cloudQuotas } from '../support/cloud-quotas.js';
import { startMs } from '../support/start-ms.js';
import { startApi, type ApiUnderTest } from './api-under-test.js';
import { makeCluster, makeTemplate } from './objects.js';

let api: ApiUnderTest;
beforeAll(async () => {
  api = await startApi({ settings: { JEROBOAM_MAX_CLUSTERS_PER_PROJECT: '30' } });
  await makeTemplate(api);
}, startMs);
afterAll(() => api.stop());

const query = <Row = Record<string, unknown>>(sql: string, parameters: unknown[]): Promise<Row[]> => api.database.dataSource.query(sql, parameters);

interface Standing {
  readonly uuid: string;
  readonly groupId: string;
  /** Workers in order; the first is index 0. */
  readonly nodes: readonly { readonly id: string; readonly name: string; readonly serverId: string }[];
}

/** A cluster as it is when its create has succeeded, with `count` workers. */
async function standingCluster(name: string, count: number, { masters = 1, ...more }: { masters?: number } & Record<string, unknown> = {}): Promise<Standing> {
  const uuid = await makeCluster(api, { name, cluster_template_id: 'gold', node_count: count, master_count: masters, ...more });
  await query(`UPDATE operations SET state = 'succeeded', finished_at = now() WHERE cluster_id = $1`, [uuid]);
  await query(`UPDATE clusters SET status = 'CREATE_COMPLETE' WHERE id = $1`, [uuid]);
  await query(`UPDATE node_groups SET status = 'CREATE_COMPLETE' WHERE cluster_id = $1`, [uuid]);
  const groups = await query<{ id: string; role: string }>(`SELECT id, role FROM node_groups WHERE cluster_id = $1`, [uuid]);
  const groupId = groups.find(({ role }) => role === 'worker')?.id ?? '';
  const master = groups.find(({ role }) => role === 'master')?.id ?? '';
  const addNode = async (nodeGroupId: string, index: number, label: string) => {
    const node = { id: randomUUID(), name: `${name}-${label}-${index}`, serverId: randomUUID() };
    const role = label === 'master' ? 'control-plane' : 'worker';
    await insertRow(api.database.dataSource.manager, 'nodes', {
      id: node.id, cluster_id: uuid, node_group_id: nodeGroupId, name: node.name, member_index: index, role, boot_mode: 'join', phase: 'ready',
      server_id: node.serverId, address: `10.0.${label === 'master' ? 1 : 0}.${10 + index}`, image_id: 'i', flavor_id: 'f', created_at: new Date(), ready_at: new Date(),
    });
    return node;
  };
  for (let index = 0; index < masters; index++) await addNode(master, index, 'master');
  const nodes = [];
  for (let index = 0; index < count; index++) nodes.push(await addNode(groupId, index, 'worker'));
  return { uuid, groupId, nodes };
}

const resize = ({ uuid }: Standing, body: object, options: object = {}) => api.call('POST', `/v1/clusters/${uuid}/actions/resize`, { body, ...options });
const doomed = async ({ uuid }: Standing): Promise<string[]> => (await query<{ name: string }>(`SELECT name FROM nodes WHERE cluster_id = $1 AND doomed_because IS NOT NULL ORDER BY name`, [uuid])).map(({ name }) => name);
const changes = ({ uuid }: Standing) =>
  query<{ id: string; kind: string; state: string; input: Record<string, unknown> }>(`SELECT id, kind, state, input FROM operations WHERE cluster_id = $1 AND kind <> 'cluster-create' ORDER BY row_id`, [uuid]);
const wantedCount = async ({ groupId }: Standing): Promise<number | undefined> => (await query<{ node_count: number }>(`SELECT node_count FROM node_groups WHERE id = $1`, [groupId]))[0]?.node_count;

describe('POST actions/resize', () => {
  it('records count, operation, quota and status at once', async () => {
    const cluster = await standingCluster('grows', 1);
    expect(await resize(cluster, { node_count: '3', nodes_to_remove: null, nodegroup: 'default-worker' })).toMatchObject({ status: 202, body: { uuid: cluster.uuid } });
    const [operation, another] = await changes(cluster);
    expect([operation, another]).toMatchObject([{ kind: 'cluster-resize', state: 'queued', input: { node_count: 3, nodes_to_remove: [] } }, undefined]);
    expect(await wantedCount(cluster)).toBe(3);
    expect(await api.call('GET', `/v1/clusters/${cluster.uuid}`)).toMatchObject({ body: { status: 'UPDATE_IN_PROGRESS', node_count: 3 } });
    expect(await query(`SELECT level, ordinal FROM reservations WHERE operation_id = $1 ORDER BY ordinal`, [operation?.id])).toEqual([{ level: 'node', ordinal: 1 }, { level: 'node', ordinal: 2 }]);
    expect(api.woken.at(-1)).toBe(operation?.id);
  });

  it('merges with one that has not started, and queues behind one that has', async () => {
    const cluster = await standingCluster('merges', 4);
    const [a, b] = cluster.nodes;
    expect(await resize(cluster, { node_count: 3, nodes_to_remove: [a?.serverId] })).toMatchObject({ status: 202 });
    expect(await resize(cluster, { node_count: 2, nodes_to_remove: ['1'] })).toMatchObject({ status: 202 });
    const [merged, none] = await changes(cluster);
    expect(merged?.input).toEqual({ node_count: 2, nodes_to_remove: expect.arrayContaining([a?.id, b?.id]) });
    expect(none).toBeUndefined();
    expect(await doomed(cluster)).toEqual([a?.name, b?.name]);
    expect(await resize(cluster, { node_count: 2, nodes_to_remove: [a?.name] })).toMatchObject({ status: 202 });
    await query(`UPDATE operations SET state = 'running' WHERE id = $1`, [merged?.id]);
    expect(await resize(cluster, { node_count: 4 })).toMatchObject({ status: 202 });
    expect((await changes(cluster)).map(({ state }) => state)).toEqual(['running', 'queued']);
    expect(await wantedCount(cluster)).toBe(4);
  });

  it('replaces named nodes at an unchanged count', async () => {
    const cluster = await standingCluster('heals', 2);
    expect(await resize(cluster, { node_count: 2, nodes_to_remove: [cluster.nodes[1]?.serverId] })).toMatchObject({ status: 202 });
    expect(await doomed(cluster)).toEqual([cluster.nodes[1]?.name]);
    expect(await wantedCount(cluster)).toBe(2);
  });

  it('changes nothing when it is refused', async () => {
    const cluster = await standingCluster('refuses', 2);
    const strange = randomUUID();
    await query(`UPDATE node_groups SET max_node_count = 4, min_node_count = 1 WHERE id = $1`, [cluster.groupId]);
    const before = await api.dump();
    const first = cluster.nodes[0]?.name;
    expect(await resize(cluster, { node_count: 1, nodes_to_remove: [strange] })).toMatchObject({ status: 409, body: { errors: [{ detail: expect.stringContaining(strange) }] } });
    expect(await resize(cluster, { node_count: 1, nodes_to_remove: ['refuses-master-0'] })).toMatchObject({ status: 409 });
    expect(await resize(cluster, { node_count: 3, nodes_to_remove: [first] })).toMatchObject({ status: 409, body: { errors: [{ detail: expect.stringContaining('adds 1') }] } });
    for (const node_count of [0, 5]) expect(await resize(cluster, { node_count })).toMatchObject({ status: 400, body: { errors: [{ detail: expect.stringMatching(/m(in|ax)_node_count/) }] } });
    expect(await resize(cluster, { node_count: 2, nodegroup: 'green' })).toMatchObject({ status: 404 });
    expect(await resize(cluster, { node_count: 3, nodegroup: 'default-master' })).toMatchObject({ status: 400, body: { errors: [{ detail: expect.stringContaining('master_lb_enabled') }] } });
    expect(await resize(cluster, { node_count: 2 }, { as: 'other' })).toMatchObject({ status: 404 });
    expect(await resize(cluster, { node_count: 2 }, { as: 'demo_reader/demo' })).toMatchObject({ status: 403 });
    expect(await resize(cluster, { node_count: 2, colour: 1 })).toMatchObject({ status: 400 });
    expect(await resize(cluster, { node_count: 2 }, { version: '1.6' })).toMatchObject({ status: 406 });
    await query(`UPDATE node_groups SET max_node_count = NULL, min_node_count = 0 WHERE id = $1`, [cluster.groupId]);
    expect(await resize(cluster, { node_count: 0 }, { version: '1.9' })).toMatchObject({ status: 400 });
    const { setCompute } = await cloudQuotas(api.cloud.authUrl, api.cloud.password);
    await setCompute({ instances: 1 });
    expect(await resize(cluster, { node_count: 4 })).toMatchObject({ status: 409, body: { errors: [{ detail: expect.stringContaining('instances') }] } });
    await setCompute({ instances: -1 });
    await query(`UPDATE node_groups SET max_node_count = 4, min_node_count = 1 WHERE id = $1`, [cluster.groupId]);
    expect(await api.dump()).toEqual(before);
  });

  it.each(['CREATE_IN_PROGRESS', 'CREATE_FAILED', 'DELETE_IN_PROGRESS', 'DELETE_FAILED'])('is refused while the cluster is %s', async (status) => {
    const cluster = await standingCluster(`stands-${status.toLowerCase().replace('_', '-').replace('_', '-')}`, 1);
    await query(`UPDATE clusters SET status = $2 WHERE id = $1`, [cluster.uuid, status]);
    expect(await resize(cluster, { node_count: 2 })).toMatchObject({ status: 400, body: { errors: [{ detail: expect.stringContaining(status) }] } });
  });

  it('is what PATCH node_count means, also after a failure', async () => {
    const cluster = await standingCluster('patched', 1);
    await query(`UPDATE clusters SET status = 'UPDATE_FAILED' WHERE id = $1`, [cluster.uuid]);
    expect(await api.call('PATCH', `/v1/clusters/${cluster.uuid}`, { body: [{ op: 'replace', path: '/node_count', value: '2' }] })).toMatchObject({ status: 202, body: { uuid: cluster.uuid } });
    expect((await changes(cluster)).map(({ kind }) => kind)).toEqual(['cluster-resize']);
    expect(await wantedCount(cluster)).toBe(2);
  });
});

describe('POST actions/replace-node', () => {
  it('dooms the named nodes, one operation a group', async () => {
    const cluster = await standingCluster('replaces', 3);
    const replace = (body: object) => api.call('POST', `/v1/clusters/${cluster.uuid}/actions/replace-node`, { body });
    const before = await api.dump();
    expect(await replace({ nodes: ['replaces-worker-0', 'nobody'] })).toMatchObject({ status: 409, body: { errors: [{ detail: expect.stringContaining('nobody') }] } });
    expect(await replace({ nodes: [] })).toMatchObject({ status: 400 });
    expect(await api.dump()).toEqual(before);
    const accepted = await replace({ nodes: ['replaces-worker-0'], fenced: true });
    const joined = await replace({ nodes: ['10.0.0.11'], force: false });
    expect([accepted, joined]).toMatchObject([{ status: 202 }, { status: 202 }]);
    expect(joined.body).toEqual(accepted.body);
    expect(await changes(cluster)).toMatchObject([{ kind: 'node-replace', state: 'queued', input: { fenced: true, node_ids: expect.arrayContaining([cluster.nodes[0]?.id, cluster.nodes[1]?.id]) } }]);
    expect(await doomed(cluster)).toEqual(['replaces-worker-0', 'replaces-worker-1']);
    const listed = await api.call('GET', `/v1/clusters/${cluster.uuid}/nodes`);
    expect(listed.at('nodes.1')).toMatchObject({ name: 'replaces-worker-0', revision: 1, doomed_because: expect.stringContaining('req-'), replaces: null, drain_deadline: null, ready_at: expect.any(String) });
  });
});

describe('the control plane', () => {
  const resizeMasters = (cluster: Standing, body: object) => resize(cluster, { nodegroup: 'default-master', ...body });
  const refused = (status: number, detail: string) => ({ status, body: { errors: [{ detail: expect.stringContaining(detail) as unknown }] } });
  const masterCount = async ({ uuid }: Standing): Promise<unknown> => (await api.call('GET', `/v1/clusters/${uuid}`)).at('master_count');

  it('grows by odd numbers behind its load balancer, and reserves slots, machines and places in the pool', async () => {
    const cluster = await standingCluster('plane', 1, { master_lb_enabled: true });
    const before = await api.dump();
    for (const [count, detail] of [[0, 'at least one'], [2, 'odd'], [7, 'at most 5']] as const) expect(await resizeMasters(cluster, { node_count: count })).toMatchObject(refused(400, detail));
    expect(await resizeMasters(cluster, { node_count: 3, nodes_to_remove: ['plane-master-0'] })).toMatchObject(refused(409, 'adds 2'));
    const planned = await api.call('POST', `/v1/clusters/${cluster.uuid}/plan`, { body: { action: 'resize', node_count: 3, nodegroup: 'default-master' } });
    expect(planned).toMatchObject({ status: 200, body: { nodes: [{ what: 'create', nodegroup: 'default-master' }, { what: 'create' }], extra_capacity: { nodes: 2, fits: true, resources: { instances: 2, stacks: 4 } } } });
    expect(await api.dump()).toEqual(before);
    expect(await resizeMasters(cluster, { node_count: 3 })).toMatchObject({ status: 202 });
    const [operation] = await changes(cluster);
    expect(operation).toMatchObject({ kind: 'cluster-resize', input: { node_count: 3 } });
    expect(await masterCount(cluster)).toBe(3);
    const held = await query(`SELECT level, ordinal FROM reservations WHERE operation_id = $1 ORDER BY level, ordinal`, [operation?.id]);
    expect(held).toEqual(['node', 'slot'].flatMap((level) => [1, 2].map((ordinal) => ({ level, ordinal }))));
  });

  it('shrinks without exactly the nodes that are named, or by what the conductor chooses', async () => {
    const cluster = await standingCluster('shrinks', 1, { masters: 3, master_lb_enabled: true });
    expect(await resizeMasters(cluster, { node_count: 1, nodes_to_remove: ['shrinks-master-0'] })).toMatchObject(refused(409, 'takes away 2'));
    const plan = await api.call('POST', `/v1/clusters/${cluster.uuid}/plan`, { body: { action: 'resize', node_count: 1, nodegroup: 'default-master' } });
    expect(plan).toMatchObject({ body: { nodes: [{ what: 'remove', because: expect.stringContaining('the slot that came last') }, { what: 'remove' }] } });
    expect(await resizeMasters(cluster, { node_count: 1, nodes_to_remove: ['shrinks-master-0', 'shrinks-master-2'] })).toMatchObject({ status: 202 });
    expect([await doomed(cluster), await masterCount(cluster)]).toEqual([['shrinks-master-0', 'shrinks-master-2'], 1]);
  });

  it('of one node is replaced on its etcd volume, and the plan says that its API is away meanwhile', async () => {
    const cluster = await standingCluster('single', 1);
    const body = { nodes: ['single-master-0', 'single-worker-0'] };
    expect(await api.call('POST', `/v1/clusters/${cluster.uuid}/plan`, { body: { action: 'replace-node', ...body } })).toMatchObject({
      status: 200,
      body: { summary: expect.stringContaining('the Kubernetes API is away'), extra_capacity: { nodes: 1 }, nodes: [{ node: 'single-master-0', because: expect.stringContaining('API is away') }, { node: 'single-worker-0', because: expect.stringContaining('ready before it goes') }] },
    });
    const accepted = await api.call('POST', `/v1/clusters/${cluster.uuid}/actions/replace-node`, { body });
    expect(accepted).toMatchObject({ status: 202, body: { operations: [expect.any(String), expect.any(String)] } });
    expect(await doomed(cluster)).toEqual(['single-master-0', 'single-worker-0']);
  });

  it('takes a word about a machine that goes and is not seen off', async () => {
    const cluster = await standingCluster('dead', 1);
    await query(`UPDATE nodes SET phase = 'deleting' WHERE name = 'dead-master-0'`, []);
    const replace = (body: object) => api.call('POST', `/v1/clusters/${cluster.uuid}/actions/replace-node`, { body: { nodes: ['dead-master-0'], ...body } });
    expect(await replace({})).toMatchObject({ status: 202, body: { operations: [] } });
    expect(await replace({ fenced: true })).toMatchObject({ status: 202, body: { operations: [expect.any(String)] } });
    expect(await changes(cluster)).toMatchObject([{ kind: 'node-replace', input: { fenced: true, node_ids: [expect.any(String)] } }]);
    expect(await doomed(cluster)).toEqual([]);
  });

  it('without etcd volumes loses none of one node, and of three one at a time', async () => {
    const [one, three] = [await standingCluster('diskless', 1, { labels: { etcd_volume_size: '0' } }), await standingCluster('trio', 1, { masters: 3, master_lb_enabled: true, labels: { etcd_volume_size: '0' } })];
    const before = await api.dump();
    const replace = ({ uuid }: Standing, node: string) => api.call('POST', `/v1/clusters/${uuid}/actions/replace-node`, { body: { nodes: [node] } });
    expect(await replace(one, 'diskless-master-0')).toMatchObject(refused(409, 'needs an etcd volume'));
    expect(await resizeMasters(one, { node_count: 1, nodes_to_remove: ['diskless-master-0'] })).toMatchObject(refused(409, 'needs an etcd volume'));
    expect(await api.call('POST', `/v1/clusters/${one.uuid}/plan`, { body: { action: 'replace-node', nodes: ['diskless-master-0'] } })).toMatchObject(refused(409, 'needs an etcd volume'));
    expect(await api.dump()).toEqual(before);
    expect(await replace(three, 'trio-master-1')).toMatchObject({ status: 202 });
  });
});

describe('POST plan', () => {
  it('tells what would happen, and changes nothing', async () => {
    const cluster = await standingCluster('planned', 2);
    const before = await api.dump();
    const plan = (body: object) => api.call('POST', `/v1/clusters/${cluster.uuid}/plan`, { body });
    expect(await plan({ action: 'resize', node_count: 3 })).toMatchObject({
      status: 200,
      body: { nodes: [{ what: 'create', nodegroup: 'default-worker' }], extra_capacity: { nodes: 1, fits: true, resources: { instances: 1 } }, unchecked: [], estimate: { seconds_min: null, because: expect.stringContaining('no recorded boot') } },
    });
    expect(await plan({ action: 'resize', node_count: 1, nodes_to_remove: ['0'] })).toMatchObject({
      body: { nodes: [{ what: 'remove', node: 'planned-worker-0' }], extra_capacity: { nodes: 0 }, unchecked: expect.arrayContaining([expect.stringContaining('PodDisruptionBudgets')]), estimate: { because: expect.stringContaining('no past drains yet') } },
    });
    expect(await plan({ action: 'resize', node_count: 1 })).toMatchObject({ body: { nodes: [{ what: 'remove', node: null, because: expect.stringContaining('fewest pods') }] } });
    expect(await plan({ action: 'replace-node', nodes: ['0'] })).toMatchObject({ status: 409, body: { errors: [{ detail: expect.stringContaining('planned-master-0 or planned-worker-0') }] } });
    expect(await plan({ action: 'replace-node', nodes: ['planned-worker-1'] })).toMatchObject({ body: { nodes: [{ what: 'replace', node: 'planned-worker-1' }], extra_capacity: { nodes: 1, fits: true } } });
    expect(await plan({ action: 'resize', node_count: 1, nodes_to_remove: ['9'] })).toMatchObject({ status: 409 });
    expect(await plan({ action: 'dance' })).toMatchObject({ status: 400 });
    expect(await api.dump()).toEqual(before);
  });

  it('goes by what this cluster took before', async () => {
    const cluster = await standingCluster('measured', 2);
    const say = (node_id: string | undefined, phase: string, second: number) =>
      query(`INSERT INTO operation_events (cluster_id, node_id, type, message, node_phase, at) VALUES ($1, $2, 'node', 'x', $3, to_timestamp($4))`, [cluster.uuid, node_id, phase, second]);
    for (const [phase, second] of [['planned', 100], ['ready', 190], ['draining', 1000], ['deleting', 1030]] as const) await say(cluster.nodes[0]?.id, phase, second);
    expect(await api.call('POST', `/v1/clusters/${cluster.uuid}/plan`, { body: { action: 'replace-node', nodes: ['measured-worker-1'] } })).toMatchObject({ body: { estimate: { seconds_min: 120, seconds_max: 120 } } });
  });
});

describe('verbs', () => {
  const verb = (id: string | undefined, name: string, options: object = {}) => api.call('POST', `/v1/operations/${id ?? ''}/actions/${name}`, options);
  const status = async ({ uuid }: Standing): Promise<unknown> => (await api.call('GET', `/v1/clusters/${uuid}`)).at('status');

  it('pause, resume and cancel what nobody works at', async () => {
    const cluster = await standingCluster('halts', 3);
    await resize(cluster, { node_count: 2, nodes_to_remove: ['0'] });
    const [operation] = await changes(cluster);
    expect(await verb(operation?.id, 'pause')).toMatchObject({ status: 202, body: { state: 'paused' } });
    expect(await status(cluster)).toBe('UPDATE_FAILED');
    expect(await verb(operation?.id, 'resume', { as: 'demo_reader/demo' })).toMatchObject({ status: 403 });
    expect(await verb(operation?.id, 'resume')).toMatchObject({ status: 202, body: { state: 'queued' } });
    expect(await status(cluster)).toBe('UPDATE_IN_PROGRESS');
    expect(await verb(operation?.id, 'resume')).toMatchObject({ status: 409 });
    expect(await verb(operation?.id, 'cancel')).toMatchObject({ status: 202, body: { state: 'cancelled' } });
    expect([await status(cluster), await doomed(cluster), await wantedCount(cluster)]).toEqual(['UPDATE_COMPLETE', [], 3]);
    expect(await verb(operation?.id, 'pause')).toMatchObject({ status: 409, body: { errors: [{ detail: expect.stringContaining('cancelled') }] } });
  });

  it('leave a wish where somebody works, and accept a failure', async () => {
    const cluster = await standingCluster('works', 2);
    await resize(cluster, { node_count: 1 });
    const [operation] = await changes(cluster);
    await query(`UPDATE operations SET state = 'running' WHERE id = $1`, [operation?.id]);
    expect(await verb(operation?.id, 'pause')).toMatchObject({ body: { state: 'running', wish: 'pause' } });
    expect(await verb(operation?.id, 'resume')).toMatchObject({ body: { state: 'running', wish: null } });
    expect(await verb(operation?.id, 'cancel')).toMatchObject({ body: { state: 'running', wish: 'cancel' } });
    await query(`UPDATE operations SET state = 'failed', failure = 'x', wish = NULL, finished_at = now() WHERE id = $1`, [operation?.id]);
    await query(`UPDATE clusters SET status = 'UPDATE_FAILED', status_reason = 'x' WHERE id = $1`, [cluster.uuid]);
    expect(await verb(operation?.id, 'pause')).toMatchObject({ status: 409, body: { errors: [{ detail: expect.stringContaining('retry it, or cancel it') }] } });
    expect(await verb(operation?.id, 'cancel')).toMatchObject({ status: 202, body: { state: 'cancelled' } });
    expect([await status(cluster), await wantedCount(cluster)]).toEqual(['UPDATE_COMPLETE', 2]);
  });

  it('skip a node that is not being emptied, and tell the whole history', async () => {
    const cluster = await standingCluster('skips', 2);
    const accepted = await api.call('POST', `/v1/clusters/${cluster.uuid}/actions/replace-node`, { body: { nodes: ['skips-worker-0', 'skips-worker-1'] } });
    const id = String(accepted.at('operations.0'));
    expect(await verb(id, 'skip-node', { body: { node: 'skips-worker-0' } })).toMatchObject({ status: 202, body: { nodes: [{ name: 'skips-worker-0', phases: [{ phase: 'ready', to: null }] }] } });
    expect(await query(`SELECT skipped_by FROM nodes WHERE name = 'skips-worker-0'`, [])).toEqual([{ skipped_by: id }]);
    await query(`UPDATE nodes SET phase = 'draining' WHERE name = 'skips-worker-1'`, []);
    expect(await verb(id, 'skip-node', { body: { node: 'skips-worker-1' } })).toMatchObject({ status: 409, body: { errors: [{ detail: expect.stringContaining('being emptied') }] } });
    expect(await verb(id, 'skip-node', { body: { node: 'nobody' } })).toMatchObject({ status: 409 });
    const history = await api.call('GET', `/v1/operations/${id}/events?limit=2`);
    expect(history).toMatchObject({ status: 200, body: { operation_uuid: id, requested_by: expect.any(String), request_id: expect.stringMatching(/^req-/), next: expect.any(String) } });
    const rest = await api.call('GET', String(history.at('next')).slice(api.url.length));
    expect(rest).toMatchObject({ status: 200, body: { events: [{ message: 'Node skips-worker-0 is left as it is', node_phase: 'ready' }] } });
    expect(rest.body).not.toHaveProperty('next');
  });

  it('neither pause nor cancel a create', async () => {
    const uuid = await makeCluster(api, { name: 'made', cluster_template_id: 'gold' });
    const [create] = await query<{ id: string }>(`SELECT id FROM operations WHERE cluster_id = $1`, [uuid]);
    for (const name of ['pause', 'cancel', 'resume']) expect(await verb(create?.id, name)).toMatchObject({ status: 409, body: { errors: [{ detail: expect.stringContaining('delete the cluster') }] } });
  });
});
