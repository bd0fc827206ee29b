import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApi, type ApiUnderTest } from './api-under-test.js';
import { makeCluster, makeTemplate } from './objects.js';
import { startMs } from '../support/start-ms.js';

let api: ApiUnderTest;
let templateId: string;
beforeAll(async () => {
  api = await startApi({ settings: { JEROBOAM_MAX_CLUSTERS_PER_PROJECT: '30' } });
  templateId = await makeTemplate(api);
}, startMs);
afterAll(() => api.stop());

const clusters = '/v1/clusters';

async function one<Row>(sql: string, parameters: unknown[]): Promise<Row> {
  const rows: Row[] = await api.database.dataSource.query(sql, parameters);
  const [row] = rows;
  if (row === undefined || rows.length > 1) throw new Error(`${rows.length} rows: ${sql}`);
  return row;
}

describe('POST clusters', () => {
  it('answers with the uuid alone, and has recorded everything by then', async () => {
    const accepted = await api.call('POST', clusters, { body: { name: 'blue', cluster_template_id: 'gold', node_count: '2', labels: { etcd_volume_size: 5 }, merge_labels: true } });
    expect(accepted.status).toBe(202);
    const uuid = String(accepted.at('uuid'));
    expect(accepted.body).toEqual({ uuid });

    const shown = await api.call('GET', `${clusters}/${uuid}`);
    const full = {
      uuid,
      name: 'blue',
      cluster_template_id: templateId,
      keypair: 'demo',
      node_count: 2,
      master_count: 1,
      docker_volume_size: null,
      labels: { kube_tag: 'v1.32.4', etcd_volume_size: '5' },
      labels_overridden: {},
      labels_added: { etcd_volume_size: '5' },
      labels_skipped: {},
      flavor_id: 'm1.small',
      master_flavor_id: 'm1.small',
      create_timeout: 60,
      status: 'CREATE_IN_PROGRESS',
      status_reason: null,
      health_status: null,
      health_status_reason: {},
      stack_id: null,
      cluster_id: null,
      discovery_url: null,
      api_address: null,
      coe_version: null,
      container_version: null,
      project_id: expect.any(String),
      user_id: expect.any(String),
      node_addresses: [],
      master_addresses: [],
      fixed_network: null,
      fixed_subnet: null,
      floating_ip_enabled: true,
      master_lb_enabled: false,
      merge_labels: false,
      links: [
        { href: `${api.url}/v1/clusters/${uuid}`, rel: 'self' },
        { href: `${api.url}/clusters/${uuid}`, rel: 'bookmark' },
      ],
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00$/),
      updated_at: null,
    };
    expect(shown.body).toEqual(full);
    expect((await api.call('GET', `${clusters}/blue`)).body).toEqual(full);
    expect((await api.call('GET', `${clusters}/detail`)).at('clusters')).toEqual([full]);

    const operation = await one<{ id: string; minutes: number }>(
      `SELECT id, kind, state, requested_by, round(extract(epoch FROM deadline_at - created_at) / 60)::int AS minutes FROM operations WHERE cluster_id = $1`,
      [uuid],
    );
    expect(operation).toMatchObject({ kind: 'cluster-create', state: 'queued', minutes: 60 });
    expect(await one(`SELECT operation_id FROM outbox WHERE operation_id = $1`, [operation.id])).toBeDefined();
    expect(api.woken.at(-1)).toBe(operation.id);
    expect(await one(`SELECT requester_roles FROM clusters WHERE id = $1`, [uuid])).toEqual({
      requester_roles: expect.arrayContaining(['member', 'reader', 'heat_stack_owner', 'load-balancer_member', 'creator']),
    });
    const { spec } = await one<{ spec: Record<string, unknown> }>(`SELECT spec FROM clusters WHERE id = $1`, [uuid]);
    expect(spec).toMatchObject({
      clusterId: uuid,
      driver: 'k8s-ubuntu',
      kubernetesVersion: 'v1.32.4',
      etcdVolumeSizeGib: 5,
      subnetCidr: '10.0.0.0/24',
      apiPort: 6443,
      sshPublicKey: expect.stringMatching(/^ssh-ed25519 /),
      groups: [
        { name: 'default-master', role: 'control-plane', flavorId: expect.any(String) },
        { name: 'default-worker', role: 'worker' },
      ],
    });
    expect(Object.keys(spec['templates'] as object)).toContain('infra.yaml');
  });

  it('inherits from its template what it leaves open', async () => {
    await makeTemplate(api, { name: 'inherited', floating_ip_enabled: false, docker_volume_size: 3, labels: { a: '1', b: '2' }, keypair_id: null });
    const show = async (body: Record<string, unknown>) => (await api.call('GET', `${clusters}/${await makeCluster(api, { cluster_template_id: 'inherited', ...body })}`)).body;
    expect(await show({})).toMatchObject({ floating_ip_enabled: false, docker_volume_size: 3, labels: { a: '1', b: '2' }, keypair: null, node_count: 1, name: expect.stringMatching(/^[a-z]+-\d+-cluster$/) });
    expect(await show({ labels: { a: '9', c: '3' } })).toMatchObject({ labels: { a: '9', c: '3' }, labels_overridden: { a: '1' }, labels_added: { c: '3' }, labels_skipped: { b: '2' } });
    expect(await show({ labels: { a: '9' }, merge_labels: 'true' })).toMatchObject({ labels: { a: '9', b: '2' } });
    expect(await show({ labels: {}, floating_ip_enabled: true, docker_volume_size: 4, keypair: 'demo' })).toMatchObject({ labels: { a: '1', b: '2' }, floating_ip_enabled: true, docker_volume_size: 4, keypair: 'demo' });
  });

  it('takes what clients send beside the point', async () => {
    const uuid = await makeCluster(api, {
      name: 'horizon', cluster_template_id: templateId, keypair: '', discovery_url: '', create_timeout: null, node_count: 0, docker_volume_size: null, status: 'CREATE_COMPLETE',
      uuid: '11111111-2222-3333-4444-555555555555', master_lb_enabled: 'False', labels: { auto_scaling_enabled: true },
    });
    expect(uuid).not.toBe('11111111-2222-3333-4444-555555555555');
    expect(await api.call('GET', `${clusters}/${uuid}`)).toMatchObject({ body: { status: 'CREATE_IN_PROGRESS', create_timeout: null, discovery_url: '', node_count: 0, keypair: 'demo', labels: { auto_scaling_enabled: 'True' } } });
  });

  it('counts clusters exactly, however many come at once', async () => {
    const small = await startApi({ settings: { JEROBOAM_MAX_CLUSTERS_PER_PROJECT: '3' } });
    await makeTemplate(small);
    const answers = await Promise.all(Array.from({ length: 8 }, () => small.call('POST', clusters, { body: { cluster_template_id: 'gold' } })));
    expect(answers.map(({ status }) => status).sort()).toEqual([202, 202, 202, 403, 403, 403, 403, 403]);
    expect(await small.database.dataSource.query(`SELECT count(*)::int AS count FROM clusters`)).toEqual([{ count: 3 }]);
    await small.stop();
  }, startMs);

  it('needs no volumes where the cloud has none', async () => {
    const bare = await startApi({ simFlags: ['--no-cinder'] });
    await makeTemplate(bare);
    const uuid = await makeCluster(bare, { cluster_template_id: 'gold' });
    expect(await bare.database.dataSource.query(`SELECT spec->'etcdVolumeSizeGib' AS size FROM clusters WHERE id = $1`, [uuid])).toEqual([{ size: 0 }]);
    expect(await bare.call('POST', clusters, { body: { cluster_template_id: 'gold', docker_volume_size: 5 } })).toMatchObject({ status: 400 });
    expect(await bare.call('POST', clusters, { body: { cluster_template_id: 'gold', labels: { etcd_volume_size: '5' } } })).toMatchObject({ status: 400 });
    await bare.stop();
  }, startMs);
});

describe('clusters shown', () => {
  it('name their stack as the microversion does', async () => {
    const uuid = await makeCluster(api, { name: 'versions', cluster_template_id: templateId });
    await api.database.dataSource.query(`UPDATE clusters SET stack_id = 'S' WHERE id = $1`, [uuid]);
    const old = await api.call('GET', `${clusters}/${uuid}`, { version: '1.12' });
    expect(old.at('stack_id')).toBe('S');
    expect(old.body).not.toHaveProperty('cluster_id');
    expect(await api.call('GET', `${clusters}/${uuid}`, { version: '1.13' })).toMatchObject({ body: { stack_id: 'S', cluster_id: 'S' } });
  });

  it('are short in lists', async () => {
    const listed = (await api.call('GET', clusters)).at('clusters.0') as object;
    expect(Object.keys(listed).sort()).toEqual(
      ['cluster_id', 'cluster_template_id', 'create_timeout', 'docker_volume_size', 'flavor_id', 'health_status', 'keypair', 'labels', 'links', 'master_count', 'master_flavor_id', 'merge_labels', 'name', 'node_count', 'stack_id', 'status', 'uuid'],
    );
  });

  it('explain a failure, group by group', async () => {
    const uuid = await makeCluster(api, { name: 'failed', cluster_template_id: templateId });
    await api.database.dataSource.query(`UPDATE clusters SET status = 'CREATE_FAILED', status_reason = 'no node joined' WHERE id = $1`, [uuid]);
    await api.database.dataSource.query(`UPDATE node_groups SET status_reason = 'never booted' WHERE cluster_id = $1 AND name = 'default-worker'`, [uuid]);
    expect(await api.call('GET', `${clusters}/${uuid}`)).toMatchObject({ body: { status_reason: 'no node joined', faults: { 'default-worker': 'never booted' } } });
  });

  it('are seen by their project and by admins', async () => {
    const uuid = await makeCluster(api, { name: 'private', cluster_template_id: templateId });
    const call = (as: string, path: string) => api.call('GET', `${clusters}/${path}`, { as });
    expect(await call('other', uuid)).toMatchObject({ status: 404 });
    expect(await call('other', 'private')).toMatchObject({ status: 404 });
    expect(await call('demo_reader/demo', uuid)).toMatchObject({ status: 200 });
    expect(await call('admin', uuid)).toMatchObject({ status: 200 });
    expect((await api.call('GET', clusters, { as: 'other' })).at('clusters')).toEqual([]);
    expect((await api.call('GET', clusters, { as: 'admin' })).at('clusters.0')).toBeDefined();
  });

  it('are ambiguous by a name that two have', async () => {
    await makeCluster(api, { name: 'twin', cluster_template_id: templateId });
    await makeCluster(api, { name: 'twin', cluster_template_id: templateId });
    for (const [method, path, body] of [['GET', `${clusters}/twin`], ['DELETE', `${clusters}/twin`], ['PATCH', `${clusters}/twin`, []]] as const) {
      expect(await api.call(method, path, body ? { body } : {})).toMatchObject({ status: 409 });
    }
  });

  it('show the labels of a template that the caller does not see any more', async () => {
    const shared = await makeTemplate(api, { name: 'withdrawn', public: true, labels: { a: '1' } }, 'admin');
    const uuid = await makeCluster(api, { name: 'orphan', cluster_template_id: 'withdrawn', labels: { b: '2' } });
    await api.database.dataSource.query(`UPDATE cluster_templates SET public = false WHERE id = $1`, [shared]);
    expect(await api.call('GET', `${clusters}/${uuid}`)).toMatchObject({ status: 200, body: { labels_skipped: { a: '1' } } });
  });
});

describe('PATCH clusters', () => {
  it('stores health, and resizes nothing that is being created', async () => {
    const uuid = await makeCluster(api, { name: 'healthy', cluster_template_id: templateId, node_count: 2 });
    const patch = (body: unknown, options: object = {}) => api.call('PATCH', `${clusters}/${uuid}`, { body, ...options });
    const reason = "{'node-3.Ready':'error','updated_at':'2026-02-03 04:05:06'}";
    expect(await patch([{ op: 'replace', path: '/health_status', value: 'UNHEALTHY' }, { op: 'replace', path: '/health_status_reason', value: reason }])).toMatchObject({ status: 202, body: { uuid } });
    expect(await api.call('GET', `${clusters}/${uuid}`)).toMatchObject({
      body: { health_status: 'UNHEALTHY', health_status_reason: { 'node-3.Ready': 'error', updated_at: '2026-02-03 04:05:06' }, status: 'CREATE_IN_PROGRESS' },
    });
    expect(await patch([])).toMatchObject({ status: 202, body: { uuid } });
    expect(await patch([{ op: 'replace', path: '/node_count', value: '2' }])).toMatchObject({ status: 202 });
    const before = await api.dump();
    for (const value of [3, '3', -1, 0]) expect(await patch([{ op: 'replace', path: '/node_count', value }])).toMatchObject({ status: 400 });
    expect((await patch([{ op: 'replace', path: '/node_count', value: 3 }])).at('errors.0.detail')).toContain('CREATE_IN_PROGRESS');
    for (const path of ['/name', '/labels/a', '/keypair', '/status', '/api_address', '/stack_id', '/colour']) {
      expect(await patch([{ op: 'add', path, value: 'x' }])).toMatchObject({ status: 400 });
      expect(await patch([{ op: 'replace', path, value: 'x' }])).toMatchObject({ status: 400 });
    }
    expect(await patch([{ op: 'remove', path: '/labels' }])).toMatchObject({ status: 400 });
    expect(await patch([{ op: 'replace', path: '/health_status', value: 'FINE' }])).toMatchObject({ status: 400 });
    expect(await patch([], { as: 'demo_reader/demo' })).toMatchObject({ status: 403 });
    expect(await patch([], { as: 'other' })).toMatchObject({ status: 404 });
    expect(await api.dump()).toEqual(before);
  });

  it('knows rollback from 1.3 on', async () => {
    expect(await api.call('PATCH', '/v1/clusters/healthy/?rollback=True', { body: [], version: '1.3' })).toMatchObject({ status: 202 });
    expect(await api.call('PATCH', '/v1/clusters/healthy?rollback=True', { body: [], version: '1.2' })).toMatchObject({ status: 400 });
    expect(await api.call('PATCH', '/v1/clusters/healthy?rollback=perhaps', { body: [] })).toMatchObject({ status: 400 });
  });
});

describe('DELETE clusters', () => {
  it('is accepted in any state, once', async () => {
    for (const status of ['CREATE_IN_PROGRESS', 'CREATE_COMPLETE', 'CREATE_FAILED', 'DELETE_FAILED']) {
      const uuid = await makeCluster(api, { name: 'doomed', cluster_template_id: templateId });
      await api.database.dataSource.query(`UPDATE clusters SET status = $2, status_reason = 'x' WHERE id = $1`, [uuid, status]);
      expect(await api.call('DELETE', `${clusters}/${uuid}`, { headers: { 'content-type': 'application/octet-stream' } })).toMatchObject({ status: 204, body: undefined });
      expect(await api.call('DELETE', `${clusters}/${uuid}`)).toMatchObject({ status: 204 });
      expect(await api.call('GET', `${clusters}/${uuid}`)).toMatchObject({ body: { status: 'DELETE_IN_PROGRESS', status_reason: null } });
      const operation = await one<{ id: string }>(`SELECT id FROM operations WHERE cluster_id = $1 AND kind = 'cluster-delete'`, [uuid]);
      expect(api.woken.at(-1)).toBe(operation.id);
      await api.database.dataSource.query(`UPDATE clusters SET deleted_at = now() WHERE id = $1`, [uuid]);
      expect(await api.call('GET', `${clusters}/${uuid}`)).toMatchObject({ status: 404 });
      expect(await api.call('DELETE', `${clusters}/${uuid}`)).toMatchObject({ status: 404 });
    }
  });

  it('is for members of the project', async () => {
    const uuid = await makeCluster(api, { name: 'kept', cluster_template_id: templateId });
    const before = await api.dump();
    expect(await api.call('DELETE', `${clusters}/${uuid}`, { as: 'demo_reader/demo' })).toMatchObject({ status: 403 });
    expect(await api.call('DELETE', `${clusters}/${uuid}`, { as: 'other' })).toMatchObject({ status: 404 });
    expect(await api.dump()).toEqual(before);
  });
});

describe('DELETE clusters with wishes', () => {
  const input = async (uuid: string): Promise<unknown> =>
    (await one<{ input: unknown }>(`SELECT input FROM operations WHERE cluster_id = $1 AND kind = 'cluster-delete'`, [uuid])).input;

  it('hands keep_volumes and force on, and takes them up for a delete that is under way', async () => {
    const uuid = await makeCluster(api, { name: 'wishes', cluster_template_id: templateId });
    expect(await api.call('DELETE', `${clusters}/${uuid}?keep_volumes=true&force=false`)).toMatchObject({ status: 204 });
    expect(await input(uuid)).toEqual({ keep_volumes: true });
    expect(await api.call('DELETE', `${clusters}/${uuid}?force=1`)).toMatchObject({ status: 204 });
    expect(await input(uuid)).toEqual({ keep_volumes: true, force: true });
    expect(await api.call('DELETE', `${clusters}/${uuid}`)).toMatchObject({ status: 204 });
    expect(await input(uuid)).toEqual({ keep_volumes: true, force: true });
  });

  it('refuses what it does not know, and changes nothing', async () => {
    const uuid = await makeCluster(api, { name: 'picky', cluster_template_id: templateId });
    const before = await api.dump();
    for (const query of ['force=perhaps', 'keep_volumes=', 'purge=true']) {
      expect(await api.call('DELETE', `${clusters}/${uuid}?${query}`)).toMatchObject({ status: 400 });
      expect(await api.call('GET', `${clusters}/${uuid}/plan/delete?${query}`)).toMatchObject({ status: 400 });
    }
    expect(await api.dump()).toEqual(before);
  });
});

describe('GET clusters/{cluster}/plan/delete', () => {
  it('lists what would go, and changes nothing', async () => {
    const uuid = await makeCluster(api, { name: 'planned', cluster_template_id: templateId });
    await api.database.dataSource.query(
      `INSERT INTO external_resources (id, cluster_id, operation_id, step, type, name, external_id, state, attempt)
       SELECT gen_random_uuid(), $1, gen_random_uuid(), 'a step', type, name, id, 'present', 1
       FROM (VALUES ('heat-stack', 'jb-infra', 'stack-1'), ('retained-volume', 'pvc-1 (v1)', 'v1')) AS line (type, name, id)`,
      [uuid],
    );
    const before = await api.dump();
    const answer = await api.call('GET', `${clusters}/planned/plan/delete`);
    expect(answer).toMatchObject({
      status: 200,
      body: {
        cluster_uuid: uuid,
        stacks: [{ name: 'jb-infra', id: 'stack-1', state: 'present' }],
        recorded: [{ type: 'retained-volume', id: 'v1', name: 'pvc-1 (v1)', state: 'present' }],
        ...{ load_balancers: [], floating_ips: [], volumes: [], blockers: [], notes: [] },
      },
    });
    expect(await api.dump()).toEqual(before);
  });

  it('is for those who may delete the cluster', async () => {
    expect(await api.call('GET', `${clusters}/planned/plan/delete`, { as: 'demo_reader/demo' })).toMatchObject({ status: 403 });
    expect(await api.call('GET', `${clusters}/planned/plan/delete`, { as: 'other' })).toMatchObject({ status: 404 });
  });
});

describe('what comes later', () => {
  it.each([
    ['POST', 'actions/resize', '1.6', 406],
    ['POST', 'actions/upgrade', '1.6', 406],
    ['POST', 'nodegroups', '1.8', 406],
    ['DELETE', 'nodegroups/default-worker', 'latest', 400],
  ])('%s %s at %s is %i', async (method, path, version, status) => {
    expect(await api.call(method, `${clusters}/healthy/${path}`, { version, ...(method === 'DELETE' ? {} : { body: {} }) })).toMatchObject({ status });
    expect(await api.call(method, `${clusters}/nobody/${path}`, { version, ...(method === 'DELETE' ? {} : { body: {} }) })).toMatchObject({ status: status === 406 ? 406 : 404 });
  });
});
