import { Agent } from 'node:http';
import { randomUUID } from 'node:crypto';
import { insertRow } from '../../src/database/insert-row.js';
import { secretNames } from '../../src/domain/secret-names.js';
import { createCa } from '../../src/kubernetes/certificates/certificate-authority.js';
import { startApi, type ApiUnderTest } from '../api/api-under-test.js';
import { insertCluster, makeCluster, makeTemplate } from '../api/objects.js';
import { DatabaseContent } from './database-digest.js';
import { sendRequest, type WireAnswer, type WireRequest } from './send-request.js';

/** What paths and bodies may name, by the parameter that takes it. */
export interface KnownNames {
  readonly cluster: readonly string[];
  readonly template: readonly string[];
  readonly nodegroup: readonly string[];
  readonly operation: readonly string[];
}

/** A magnum-api on real PostgreSQL and the simulated cloud, with a bit of everything in its database and no conductor. */
export interface World {
  readonly api: ApiUnderTest;
  readonly known: KnownNames;
  readonly content: DatabaseContent;
  /** Digest of the content that every request meets. */
  readonly digest: string;
  readonly send: (request: WireRequest) => Promise<WireAnswer>;
  stop(): Promise<void>;
}

export async function startWorld(): Promise<World> {
  const api = await startApi();
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  try {
    const known = await fill(api);
    const content = await DatabaseContent.remember(api.database.dataSource);
    return {
      api,
      known,
      content,
      digest: await content.digest(),
      send: (request) => sendRequest(api.url, request, { agent }),
      stop: async () => {
        agent.destroy();
        await api.stop();
      },
    };
  } catch (error) {
    agent.destroy();
    await api.stop();
    throw error;
  }
}

async function fill(api: ApiUnderTest): Promise<KnownNames> {
  const { manager } = api.database.dataSource;
  const gold = await makeTemplate(api, { labels: { kube_tag: 'v1.32.4', own: 'x' } });
  const unused = await makeTemplate(api, { name: 'unused', docker_volume_size: 3, http_proxy: 'http://proxy.example.org:3128', tags: 'a,b' });
  const shared = await makeTemplate(api, { name: 'shared', public: true }, 'admin');
  const foreign = await makeTemplate(api, { name: 'foreign' }, 'other');
  const creating = await makeCluster(api, { name: 'creating', cluster_template_id: gold, labels: { extra: 'y' }, merge_labels: true });
  const foreignCluster = await makeCluster(api, { name: 'foreign-cluster', cluster_template_id: foreign, keypair: 'other' }, 'other');
  const [{ user_id: userId, project_id: projectId } = { user_id: '', project_id: '' }]: { user_id: string; project_id: string }[] = await manager.query(
    `SELECT user_id, project_id FROM clusters WHERE id = $1`,
    [creating],
  );
  const complete = await insertCluster(api, gold, { name: 'complete', api_address: 'https://127.0.0.9:6443', health_status: 'HEALTHY', health_status_reason: { api: 'ok' }, coe_version: 'v1.32.4' });
  const failed = await insertCluster(api, gold, { name: 'failed', status: 'CREATE_FAILED', status_reason: 'No valid host.' });
  const [groupId, nodeId, operationId] = [randomUUID(), randomUUID(), randomUUID()];
  const group = { project_id: projectId, role: 'worker', is_default: true, node_count: 1, image_id: 'image', status: 'CREATE_FAILED', status_reason: 'No valid host.' };
  await insertRow(manager, 'node_groups', { id: groupId, cluster_id: failed, name: 'default-worker', ...group });
  await insertRow(manager, 'nodes', {
    id: nodeId, cluster_id: failed, node_group_id: groupId, name: 'failed-default-worker-x1y2z', role: 'worker', boot_mode: 'join', phase: 'failed', member_index: 0, image_id: 'i', flavor_id: 'f',
    address: '10.0.0.7',
  });
  await insertRow(manager, 'operations', { id: operationId, cluster_id: failed, project_id: projectId, kind: 'cluster-create', state: 'failed', failure: 'No valid host.', requested_by: userId });
  await manager.query(`INSERT INTO operation_events (cluster_id, operation_id, node_id, type, step, message) VALUES ($1, $2, $3, 'step', 'create-infra', 'began')`, [failed, operationId, nodeId]);
  for (const name of [secretNames.kubernetesCa, secretNames.etcdCa]) {
    await api.runtime.secrets.put(manager, complete, name, JSON.stringify(await createCa(name, { now: new Date() })));
  }
  const running: { id: string }[] = await manager.query(`SELECT id FROM operations ORDER BY row_id`);
  return {
    cluster: [creating, 'creating', complete, 'complete', complete.replaceAll('-', ''), complete.toUpperCase(), failed, 'failed', foreignCluster, 'foreign-cluster', randomUUID(), '1'],
    template: [gold, 'gold', unused, 'unused', shared, foreign, 'foreign', randomUUID(), '1'],
    nodegroup: ['default-master', 'default-worker', groupId, randomUUID(), '1'],
    operation: [...running.map(({ id }) => id), randomUUID(), '1'],
  };
}
