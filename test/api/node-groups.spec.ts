import 'reflect-metadata';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startApi, type Answer, type ApiUnderTest } from './api-under-test.js';
import { makeCluster, makeTemplate } from './objects.js';
import { cloudQuotas } from '../support/cloud-quotas.js';
import { startMs } from '../support/start-ms.js';

let api: ApiUnderTest;
let uuid: string;
const path = '/v1/clusters/blue/nodegroups';
const sql = <Row>(text: string, parameters: unknown[] = []): Promise<Row[]> => api.database.dataSource.query(text, parameters);
const post = (body: unknown, as = 'demo'): Promise<Answer> => api.call('POST', path, { as, body });
const patch = (name: string, body: unknown, as = 'demo'): Promise<Answer> => api.call('PATCH', `${path}/${name}`, { as, body });

beforeAll(async () => {
  api = await startApi();
  await makeTemplate(api);
  uuid = await makeCluster(api, { name: 'blue', cluster_template_id: 'gold', labels: { zone: 'a' } });
}, startMs);
afterAll(() => api.stop());

/** A cluster that works, with its two groups and nothing under way. */
beforeEach(async () => {
  await sql(`DELETE FROM node_groups WHERE cluster_id = $1 AND NOT is_default`, [uuid]);
  await sql(`UPDATE operations SET state = 'succeeded', finished_at = now() WHERE cluster_id = $1 AND state <> 'succeeded'`, [uuid]);
  await sql(`UPDATE node_groups SET status = 'CREATE_COMPLETE' WHERE cluster_id = $1`, [uuid]);
  await setStatus('CREATE_COMPLETE', 'https://192.0.2.1:6443');
});

const setStatus = (status: string, apiAddress: string | null): Promise<unknown> =>
  sql(`UPDATE clusters SET status = $2, status_reason = NULL, api_address = $3 WHERE id = $1`, [uuid, status, apiAddress]);

async function refuses(call: () => Promise<Answer>, status: number, says: string | RegExp): Promise<void> {
  const before = await api.dump();
  const answer = await call();
  expect({ status: answer.status, detail: answer.at('errors.0.detail') }).toEqual({ status, detail: expect.stringMatching(says) });
  expect(await api.dump()).toEqual(before);
}

describe('POST nodegroups', () => {
  it('records a group in a revision of its own, with its operation and its quota', async () => {
    const [before] = await sql<{ revision: number }>(`SELECT revision FROM clusters WHERE id = $1`, [uuid]);
    const revision = (before?.revision ?? 0) + 1;
    const taint = { key: 'dedicated', value: 'db', effect: 'NoSchedule' };
    const answer = await post({ name: 'db', node_count: 2, min_node_count: 1, max_node_count: 4, node_labels: { disk: 'ssd' }, node_taints: [taint], docker_volume_size: 3 });
    expect(answer.status).toBe(202);
    const id = String(answer.at('uuid'));
    expect(answer.body).toMatchObject({
      ...{ name: 'db', cluster_id: uuid, role: 'worker', is_default: false, node_count: 2, min_node_count: 1, max_node_count: 4, merge_labels: false },
      ...{ flavor_id: 'm1.small', image_id: 'ubuntu-2404-kube-v1.32.4', docker_volume_size: 3, labels: { zone: 'a' }, labels_added: {}, labels_overridden: {}, labels_skipped: {} },
      ...{ node_labels: { disk: 'ssd' }, node_taints: [taint], links: [{ rel: 'self', href: `${api.url}/v1/clusters/${uuid}/nodegroups/${id}` }, { rel: 'bookmark' }] },
    });
    expect((await api.call('GET', `${path}/db`)).body).toEqual(answer.body);
    expect((await api.call('GET', '/v1/clusters/blue')).body).toMatchObject({ status: 'UPDATE_IN_PROGRESS', node_count: 3 });

    const [operation] = await sql<{ id: string; state: string }>(`SELECT id, state FROM operations WHERE kind = 'nodegroup-create' AND node_group_id = $1`, [id]);
    expect(operation?.state).toBe('queued');
    expect(api.woken).toContain(operation?.id);
    expect(await sql(`SELECT level, count(*)::int AS count FROM reservations WHERE operation_id = $1 GROUP BY level ORDER BY level`, [operation?.id])).toEqual([{ level: 'group', count: 1 }, { level: 'node', count: 2 }]);
    expect(await sql(`SELECT name, revision FROM node_groups WHERE cluster_id = $1 ORDER BY row_id`, [uuid])).toEqual([
      { name: 'default-master', revision: 1 },
      { name: 'default-worker', revision: 1 },
      { name: 'db', revision },
    ]);
    const [newest] = await sql<{ spec: { groups: object[] }; same: boolean }>(
      `SELECT r.spec, r.spec = c.spec AND r.operation_id = $2 AS same FROM cluster_revisions r JOIN clusters c ON c.id = r.cluster_id AND c.revision = r.revision WHERE c.id = $1`,
      [uuid, operation?.id],
    );
    expect(newest?.same).toBe(true);
    expect(newest?.spec.groups).toEqual([
      expect.objectContaining({ name: 'default-master' }),
      expect.objectContaining({ name: 'default-worker' }),
      expect.objectContaining({ groupId: id, name: 'db', role: 'worker', dockerVolumeSizeGib: 3, nodeLabels: { disk: 'ssd' }, nodeTaints: [taint] }),
    ]);
  });

  it('fills in what Magnum fills in, and merges labels when asked', async () => {
    expect((await post({ name: 'plain', max_node_count: 0 })).body).toMatchObject({ node_count: 1, min_node_count: 0, max_node_count: null, role: 'worker', docker_volume_size: null, node_labels: null, node_taints: null });
    expect((await post({ name: 'given', labels: { b: 2 } })).body).toMatchObject({ labels: { b: '2' }, labels_skipped: { zone: 'a' } });
    expect((await post({ name: 'merged', labels: { b: true }, merge_labels: 'yes', role: 'edge' })).body).toMatchObject({ role: 'edge', labels: { b: 'True', zone: 'a' }, labels_added: { b: 'True' } });
  });

  it('takes no nodes at all', async () => {
    expect(await post({ name: 'empty', node_count: 0 })).toMatchObject({ status: 202, body: { node_count: 0 } });
  });

  it.each<{ body: object; status: number; says: string }>([
    { body: { node_count: 1 }, status: 400, says: 'name' },
    { body: { name: 'm2', role: 'master' }, status: 400, says: 'one control plane' },
    { body: { name: 'm2', role: 'master', node_labels: { a: 'b' } }, status: 409, says: 'worker groups only' },
    { body: { name: 'default-worker' }, status: 409, says: 'default-worker already' },
    { body: { name: 'n', node_count: -1 }, status: 400, says: 'node_count' },
    { body: { name: 'n', min_node_count: 3, max_node_count: 2 }, status: 409, says: 'at least 3 and at most 2' },
    { body: { name: 'n', node_count: 4, max_node_count: 2 }, status: 409, says: 'more than 2' },
    { body: { name: 'n', node_count: 1, min_node_count: 2 }, status: 409, says: 'fewer than 2' },
    { body: { name: 'n', colour: 1 }, status: 400, says: 'colour' },
    { body: { name: 'n', project_id: 'p' }, status: 400, says: 'project_id' },
    { body: { name: 'n', flavor_id: 'nothere' }, status: 400, says: 'Field flavor_id: there is no flavor nothere' },
    { body: { name: 'n', image_id: 'nothere' }, status: 400, says: 'Field image_id: there is no image nothere' },
    { body: { name: 'n', labels: { availability_zone: 'mars' } }, status: 400, says: 'no available zone mars' },
    { body: { name: 'n', labels: { worker_floating_ip_enabled: 'perhaps' } }, status: 400, says: 'worker_floating_ip_enabled' },
    { body: { name: 'n', node_labels: { 'kubernetes.io/x': 'y' } }, status: 409, says: 'kubernetes.io/x' },
    { body: { name: 'n', node_labels: { a: 1 } }, status: 400, says: 'node_labels' },
    { body: { name: 'n', node_taints: [{ key: 'a', effect: 'Nothing' }] }, status: 409, says: 'the effect of a' },
    { body: { name: 'n', node_taints: { key: 'a' } }, status: 400, says: 'node_taints' },
    { body: { name: 'n', node_count: 4000 }, status: 400, says: 'do not fit' },
  ])('refuses $body with $status', async ({ body, status, says }) => {
    await refuses(() => post(body), status, says);
  });

  it('refuses more than the quotas leave room for, and names what is short', async () => {
    const quotas = await cloudQuotas(api.cloud.authUrl, api.cloud.password);
    await quotas.setCompute({ instances: 1 });
    await refuses(() => post({ name: 'big', node_count: 3 }), 409, /instances: 3 needed/);
    await quotas.setCompute({ instances: 100 });
  });

  it.each(['CREATE_IN_PROGRESS', 'CREATE_FAILED', 'DELETE_IN_PROGRESS', 'DELETE_FAILED'])('refuses on a cluster that is %s, whatever the group would be', async (status) => {
    await setStatus(status, 'https://192.0.2.1:6443');
    await refuses(() => post({ name: 'n' }), 409, status);
  });

  it('refuses while the cluster has no API address', async () => {
    await setStatus('CREATE_COMPLETE', null);
    await refuses(() => post({ name: 'n' }), 409, 'no API address');
  });

  it('queues behind another change, and is for members of the project only', async () => {
    await setStatus('UPDATE_FAILED', 'https://192.0.2.1:6443');
    expect((await post({ name: 'one' })).status).toBe(202);
    expect((await post({ name: 'two' })).status).toBe(202);
    expect(await post({ name: 'three' }, 'other')).toMatchObject({ status: 404 });
    expect(await api.call('POST', path, { body: { name: 'four' }, version: '1.8' })).toMatchObject({ status: 406 });
  });
});

describe('PATCH nodegroups', () => {
  it('changes limits, labels and taints, and remembers what to take off the nodes', async () => {
    const created = await post({ name: 'db', node_count: 2, node_labels: { disk: 'ssd' } });
    await sql(`UPDATE node_groups SET status = 'CREATE_COMPLETE' WHERE id = $1`, [created.at('uuid')]);
    const answer = await patch('db', [
      { op: 'replace', path: '/max_node_count', value: 5 },
      { op: 'replace', path: '/node_labels', value: "{'tier': 'gold'}" },
      { op: 'replace', path: '/node_taints', value: "[{'key': 'k', 'value': '', 'effect': 'NoExecute'}]" },
    ]);
    expect(answer).toMatchObject({ status: 202, body: { max_node_count: 5, node_labels: { tier: 'gold' }, node_taints: [{ key: 'k', value: '', effect: 'NoExecute' }], status: 'UPDATE_IN_PROGRESS' } });
    expect(await sql(`SELECT applied_node_metadata AS former FROM node_groups WHERE name = 'db'`)).toEqual([{ former: { labels: ['disk'], taints: [] } }]);
    expect(await sql(`SELECT state FROM operations WHERE kind = 'nodegroup-update' AND node_group_id = $1`, [created.at('uuid')])).toEqual([{ state: 'queued' }]);
    // A second one joins the first, and forgets nothing of what the nodes may have.
    expect((await patch('db', [{ op: 'remove', path: '/node_taints' }])).body).toMatchObject({ node_taints: null, node_labels: { tier: 'gold' } });
    expect(await sql(`SELECT applied_node_metadata AS former FROM node_groups WHERE name = 'db'`)).toEqual([{ former: { labels: ['disk', 'tier'], taints: [{ key: 'k', effect: 'NoExecute' }] } }]);
    expect(await sql(`SELECT 1 FROM operations WHERE kind = 'nodegroup-update' AND node_group_id = $1`, [created.at('uuid')])).toHaveLength(1);
  });

  it('takes the limits of a default group', async () => {
    expect(await patch('default-worker', [{ op: 'replace', path: '/max_node_count', value: 3 }])).toMatchObject({ status: 202, body: { max_node_count: 3 } });
  });

  it.each<{ name: string; body: unknown; status: number; says: string }>([
    { name: 'default-worker', body: [{ op: 'replace', path: '/node_count', value: 3 }], status: 400, says: 'node_count' },
    { name: 'default-worker', body: [{ op: 'replace', path: '/min_node_count', value: 3 }], status: 409, says: 'fewer than 3' },
    { name: 'default-master', body: [{ op: 'replace', path: '/node_labels', value: "{'a': 'b'}" }], status: 409, says: 'worker groups only' },
    { name: 'default-worker', body: { op: 'replace' }, status: 400, says: 'list of operations' },
    { name: 'nobody', body: [], status: 404, says: 'nobody' },
  ])('refuses $body for $name with $status', async ({ name, body, status, says }) => {
    await refuses(() => patch(name, body), status, says);
  });

  it('changes nothing without operations', async () => {
    const before = await api.dump();
    expect((await patch('default-worker', [])).status).toBe(202);
    expect(await api.dump()).toEqual(before);
  });

  it('refuses a group that is being made', async () => {
    await post({ name: 'young' });
    await refuses(() => patch('young', [{ op: 'replace', path: '/max_node_count', value: 3 }]), 409, 'CREATE_IN_PROGRESS');
  });

  it('refuses on a cluster that is being deleted', async () => {
    await setStatus('DELETE_IN_PROGRESS', 'https://192.0.2.1:6443');
    await refuses(() => patch('default-worker', [{ op: 'replace', path: '/max_node_count', value: 3 }]), 409, 'DELETE_IN_PROGRESS');
  });
});

describe('DELETE nodegroups', () => {
  const remove = (name: string): Promise<Answer> => api.call('DELETE', `${path}/${name}`);

  it('keeps the default groups', async () => {
    await refuses(() => remove('default-worker'), 400, 'default node group');
  });

  it('shows the group as going, wants no nodes of it any more, and drops what waited for it', async () => {
    const id = String((await post({ name: 'db', node_count: 2, min_node_count: 1 })).at('uuid'));
    expect((await remove('db')).status).toBe(204);
    expect((await api.call('GET', `${path}/db`)).body).toMatchObject({ status: 'DELETE_IN_PROGRESS', node_count: 0 });
    const operations = () => sql(`SELECT kind, state FROM operations WHERE node_group_id = $1 ORDER BY row_id`, [id]);
    const expected = [{ kind: 'nodegroup-create', state: 'superseded' }, { kind: 'nodegroup-delete', state: 'queued' }];
    expect(await operations()).toEqual(expected);
    expect((await remove(id)).status).toBe(204);
    expect(await operations()).toEqual(expected);
  });

  it('asks what runs for the group to end', async () => {
    const id = String((await post({ name: 'db' })).at('uuid'));
    await sql(`UPDATE operations SET state = 'waiting' WHERE node_group_id = $1`, [id]);
    expect((await remove('db')).status).toBe(204);
    expect(await sql(`SELECT kind, wish FROM operations WHERE node_group_id = $1 ORDER BY row_id`, [id])).toEqual([{ kind: 'nodegroup-create', wish: 'cancel' }, { kind: 'nodegroup-delete', wish: null }]);
  });
});
