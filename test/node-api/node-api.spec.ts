import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { insertRow } from '../../src/database/insert-row.js';
import { startTestNodeApi, type TestNodeApi } from '../support/node-api.js';
import { Machine } from './machine.js';
import { startMs } from '../support/start-ms.js';

const woken: string[] = [];
let nodeApi: TestNodeApi;

beforeAll(async () => {
  nodeApi = await startTestNodeApi({ ratePerMinute: 20, onWake: (operationId) => woken.push(operationId) });
}, startMs);
afterAll(() => nodeApi.stop());
beforeEach(() => {
  woken.length = 0;
});

interface TestNode {
  readonly id: string;
  readonly clusterId: string;
  readonly operationId: string;
  readonly token: string;
}

/** A node that boots, in a cluster whose create waits. */
async function bootingNode(columns: Readonly<Record<string, unknown>> = {}): Promise<TestNode> {
  const manager = nodeApi.database.dataSource.manager;
  const [clusterId, groupId, id, operationId] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()];
  const token = randomBytes(32).toString('base64url');
  const common = { project_id: 'p', user_id: 'u' };
  await insertRow(manager, 'clusters', {
    id: clusterId, ...common, name: 'blue', cluster_template_id: randomUUID(), floating_ip_enabled: true, master_lb_enabled: false, status: 'CREATE_IN_PROGRESS', spec: {},
  });
  await insertRow(manager, 'node_groups', {
    id: groupId, cluster_id: clusterId, project_id: 'p', name: 'default-worker', role: 'worker', is_default: true, node_count: 1, image_id: 'i', status: 'CREATE_IN_PROGRESS',
  });
  await insertRow(manager, 'nodes', {
    id, cluster_id: clusterId, node_group_id: groupId, name: `blue-default-worker-${id.slice(0, 5)}`, role: 'worker', boot_mode: 'join', phase: 'booting', member_index: 0,
    claim_token_hash: createHash('sha256').update(token).digest('hex'), image_id: 'i', flavor_id: 'f', ...columns,
  });
  await insertRow(manager, 'operations', { id: operationId, cluster_id: clusterId, project_id: 'p', kind: 'cluster-create', state: 'waiting', step: 'await-nodes', waiting_for: 'the node' });
  return { id, clusterId, operationId, token };
}

const machineOf = (node: Pick<TestNode, 'id'>, curve?: 'P-384') => new Machine(nodeApi.url, nodeApi.caPem, node.id, curve);

async function rowOf(node: TestNode): Promise<Record<string, unknown>> {
  const rows: Record<string, unknown>[] = await nodeApi.database.dataSource.query(`SELECT * FROM nodes WHERE id = $1`, [node.id]);
  return rows[0] ?? {};
}

async function historyOf(node: TestNode): Promise<{ type: string; message: string; because: string | null }[]> {
  return nodeApi.database.dataSource.query(`SELECT type, message, because FROM operation_events WHERE node_id = $1 ORDER BY id`, [node.id]);
}

describe('claim', () => {
  it('binds the node to the first key, once, and wakes what waits for it', async () => {
    const node = await bootingNode();
    const machine = machineOf(node);
    expect(await machine.claim(node.token)).toMatchObject({ status: 200, text: JSON.stringify({ node_id: node.id }) });
    expect(await machine.claim(node.token)).toMatchObject({ status: 200 });
    expect(await rowOf(node)).toMatchObject({ claim_key: machine.publicKey, phase: 'booting' });
    expect(await historyOf(node)).toHaveLength(1);
    expect(woken).toEqual([node.operationId]);
    await machine.close();
  });

  it('lets exactly one of two machines that call at once have the node', async () => {
    const node = await bootingNode();
    const machines = [machineOf(node), machineOf(node)];
    const answers = await Promise.all(machines.map((machine) => machine.claim(node.token)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    await Promise.all(machines.map((machine) => machine.close()));
  });

  it('refuses another key, fails the node and records an incident', async () => {
    const node = await bootingNode();
    const [machine, thief] = [machineOf(node), machineOf(node)];
    await machine.claim(node.token);
    expect(await thief.claim(node.token)).toMatchObject({ status: 409, code: 'claimed-by-another' });
    expect(await rowOf(node)).toMatchObject({ claim_key: machine.publicKey, phase: 'failed', phase_reason: expect.stringContaining('two different keys') });
    expect((await historyOf(node)).at(-1)).toMatchObject({ type: 'incident' });
    expect(await machine.payload()).toMatchObject({ status: 410, code: 'boot-ended' });
    await Promise.all([machine.close(), thief.close()]);
  });

  it('refuses what is wrong', async () => {
    const node = await bootingNode();
    const machine = machineOf(node);
    const stranger = machineOf({ id: randomUUID() });
    const elliptic384 = machineOf(node, 'P-384');
    expect(await machine.claim('wrong')).toMatchObject({ status: 401, code: 'not-authenticated' });
    expect(await machine.claim(node.token, { signature: machine.signature('something else') })).toMatchObject({ status: 401 });
    expect(await stranger.claim(node.token)).toMatchObject({ status: 401 });
    expect(await elliptic384.claim(node.token)).toMatchObject({ status: 400 });
    expect(await machine.claim(node.token, { public_key: 'AAAA' })).toMatchObject({ status: 400, code: 'bad-request' });
    expect(await machine.claim(node.token, { node_id: 'no-id' })).toMatchObject({ status: 400 });
    expect(await machine.claim(node.token, { more: 1 })).toMatchObject({ status: 400 });
    expect(await machine.send('POST', '/v1/bootstrap/claim', '{nope', {})).toMatchObject({ status: 400 });
    expect(await machine.send('POST', '/v1/bootstrap/claim', 'x'.repeat(70_000), {})).toMatchObject({ status: 413 });
    expect(await rowOf(node)).toMatchObject({ claim_key: null, phase: 'booting' });
    await Promise.all([machine.close(), stranger.close(), elliptic384.close()]);
  });

  it.each([
    { when: 'the deadline has passed', columns: { boot_deadline: new Date(Date.now() - 1000) } },
    { when: 'the node has failed', columns: { phase: 'failed' } },
    { when: 'the node is gone', columns: { phase: 'gone' } },
  ])('comes too late when $when', async ({ columns }) => {
    const node = await bootingNode(columns);
    const machine = machineOf(node);
    expect(await machine.claim(node.token)).toMatchObject({ status: 410, code: 'boot-ended' });
    await machine.close();
  });

  it('counts calls by node and token, not by address', async () => {
    const [busy, calm] = [await bootingNode(), await bootingNode()];
    const [machine, other] = [machineOf(busy), machineOf(calm)];
    const answers = [];
    for (let i = 0; i < 21; i++) answers.push(await machine.claim('guess'));
    expect(answers.at(-1)).toMatchObject({ status: 429, code: 'too-many-calls', headers: { 'retry-after': expect.stringMatching(/^\d+$/) } });
    expect(await machine.claim(busy.token)).toMatchObject({ status: 200 });
    expect(await other.claim(calm.token)).toMatchObject({ status: 200 });
    await Promise.all([machine.close(), other.close()]);
  });
});

describe('payload', () => {
  it('hands over what was sealed for the node, again and again until it joins', async () => {
    const node = await bootingNode();
    const machine = machineOf(node);
    await machine.claim(node.token);
    expect(await machine.payload()).toMatchObject({ status: 404, code: 'no-payload-yet' });
    const files = [
      { path: '/etc/jeroboam/boot-mode', mode: '0600', content: 'join' },
      { path: '/etc/jeroboam/kubeadm.yaml', mode: '0640', content: 'kind: JoinConfiguration\nä: "x"\n' },
    ];
    await nodeApi.secrets.put(nodeApi.database.dataSource.manager, node.clusterId, `payload/${node.id}`, JSON.stringify(files));
    const answer = await machine.payload();
    expect(answer).toMatchObject({ status: 200, headers: { 'content-type': expect.stringMatching(/^text\/plain/), 'cache-control': 'no-store' } });
    expect(answer.text).toBe(files.map(({ path, mode, content }) => `${mode} ${path} ${Buffer.from(content).toString('base64')}\n`).join(''));
    expect(await machine.payload()).toMatchObject({ status: 200 });
    expect(await machine.progress('joined', 'done')).toMatchObject({ status: 204 });
    expect(await machine.payload()).toMatchObject({ status: 410 });
    expect(await nodeApi.secrets.find(nodeApi.database.dataSource.manager, node.clusterId, `payload/${node.id}`)).toBeUndefined();
    await machine.close();
  });

  it('asks for the signature of the key that claimed', async () => {
    const node = await bootingNode();
    const [machine, thief, unclaimed] = [machineOf(node), machineOf(node), machineOf(await bootingNode())];
    await machine.claim(node.token);
    const path = '/v1/bootstrap/payload';
    expect(await thief.payload()).toMatchObject({ status: 401 });
    expect(await unclaimed.payload()).toMatchObject({ status: 401 });
    expect(await machine.send('GET', path, '', {})).toMatchObject({ status: 401 });
    expect(await machine.signed('GET', path, '', { timestamp: Math.floor(Date.now() / 1000) - 301 })).toMatchObject({ status: 401 });
    expect(await machine.signed('GET', path, '', { timestamp: Math.floor(Date.now() / 1000) - 290 })).toMatchObject({ status: 404 });
    await Promise.all([machine.close(), thief.close(), unclaimed.close()]);
  });
});

describe('progress', () => {
  it('is recorded, wakes the operation, and is history only when it changes', async () => {
    const node = await bootingNode();
    const machine = machineOf(node);
    await machine.claim(node.token);
    woken.length = 0;
    expect(await machine.progress('kubeadm', 'running', 'first try')).toMatchObject({ status: 204, text: '' });
    expect(await machine.progress('kubeadm', 'running', 'second try')).toMatchObject({ status: 204 });
    expect(await rowOf(node)).toMatchObject({ phase: 'booting', boot_phase: 'kubeadm', boot_status: 'running', boot_message: 'second try', boot_reported_at: expect.any(Date) });
    expect((await historyOf(node)).filter(({ message }) => message.includes('kubeadm'))).toEqual([expect.objectContaining({ type: 'node', because: 'first try' })]);
    expect(woken).toEqual([node.operationId, node.operationId]);
    await machine.close();
  });

  it('ends the boot with joined and done, and may say so again', async () => {
    const node = await bootingNode({ phase: 'building' });
    const machine = machineOf(node);
    await machine.claim(node.token);
    expect(await machine.progress('joined', 'done')).toMatchObject({ status: 204 });
    expect(await machine.progress('joined', 'done')).toMatchObject({ status: 204 });
    expect(await rowOf(node)).toMatchObject({ phase: 'joined', boot_phase: 'joined', boot_status: 'done' });
    await machine.close();
  });

  it('keeps a node ready that was ready before its report came', async () => {
    const node = await bootingNode();
    const machine = machineOf(node);
    await machine.claim(node.token);
    await nodeApi.database.dataSource.query(`UPDATE nodes SET phase = 'ready' WHERE id = $1`, [node.id]);
    expect(await machine.progress('joined', 'done')).toMatchObject({ status: 204 });
    expect(await rowOf(node)).toMatchObject({ phase: 'ready' });
    await machine.close();
  });

  it('refuses a body that was not signed, and one that does not fit', async () => {
    const node = await bootingNode();
    const machine = machineOf(node);
    await machine.claim(node.token);
    const path = '/v1/bootstrap/progress';
    const report = JSON.stringify({ phase: 'joined', status: 'done', message: '' });
    expect(await machine.signed('POST', path, report, { signedBody: '{}' })).toMatchObject({ status: 401 });
    expect(await machine.progress('kubeadm', 'perhaps')).toMatchObject({ status: 400 });
    expect(await machine.progress('not a word', 'done')).toMatchObject({ status: 400 });
    expect(await machine.progress('kubeadm', 'failed', 'x'.repeat(1001))).toMatchObject({ status: 400 });
    expect(await rowOf(node)).toMatchObject({ boot_phase: null, phase: 'booting' });
    await machine.close();
  });
});

it('serves nothing else', async () => {
  const machine = machineOf({ id: randomUUID() });
  expect(await machine.send('GET', '/v1/clusters', '', {})).toMatchObject({ status: 404, code: 'not-found' });
  await expect(fetch(nodeApi.url.replace('https:', 'http:'))).rejects.toThrow();
  await machine.close();
});
