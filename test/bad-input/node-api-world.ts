import { createHash, generateKeyPairSync, randomBytes, randomUUID, sign } from 'node:crypto';
import { Agent } from 'node:https';
import { insertRow } from '../../src/database/insert-row.js';
import { startTestNodeApi } from '../support/node-api.js';
import { DatabaseContent } from './database-digest.js';
import { sendRequest, type WireAnswer, type WireRequest } from './send-request.js';

/** A node that boots, and the key of its machine. */
export interface MachineKeys {
  readonly nodeId: string;
  readonly token: string;
  readonly publicKey: string;
  sign(text: string): string;
}

/** node-api on real PostgreSQL, with a node that nobody claimed yet and one that its machine has claimed. */
export interface NodeApiWorld {
  readonly url: string;
  readonly caPem: string;
  readonly unclaimed: MachineKeys;
  readonly claimed: MachineKeys;
  readonly content: DatabaseContent;
  readonly digest: string;
  readonly send: (request: WireRequest) => Promise<WireAnswer>;
  stop(): Promise<void>;
}

export async function startNodeApiWorld(): Promise<NodeApiWorld> {
  const nodeApi = await startTestNodeApi({ ratePerMinute: 100_000 });
  const { database, secrets } = nodeApi;
  const { manager } = database.dataSource;
  const [clusterId, groupId] = [randomUUID(), randomUUID()];
  await insertRow(manager, 'clusters', {
    id: clusterId, project_id: 'p', user_id: 'u', name: 'blue', cluster_template_id: randomUUID(), floating_ip_enabled: true, master_lb_enabled: false, status: 'CREATE_IN_PROGRESS', spec: {},
  });
  await insertRow(manager, 'node_groups', { id: groupId, cluster_id: clusterId, project_id: 'p', name: 'default-worker', role: 'worker', is_default: true, node_count: 2, image_id: 'i', status: 'CREATE_IN_PROGRESS' });
  const bootingNode = async (index: number, isClaimed: boolean): Promise<MachineKeys> => {
    const keys = machineKeys();
    await insertRow(manager, 'nodes', {
      id: keys.nodeId, cluster_id: clusterId, node_group_id: groupId, name: `blue-default-worker-0000${index}`, role: 'worker', boot_mode: 'join', phase: 'booting', member_index: index,
      claim_token_hash: createHash('sha256').update(keys.token).digest('hex'), image_id: 'i', flavor_id: 'f', ...(isClaimed ? { claim_key: keys.publicKey } : {}),
    });
    await secrets.put(manager, clusterId, `payload/${keys.nodeId}`, JSON.stringify([{ path: '/etc/x', mode: '0600', content: 'x' }]));
    return keys;
  };
  const [unclaimed, claimed] = [await bootingNode(0, false), await bootingNode(1, true)];
  const content = await DatabaseContent.remember(database.dataSource);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  return {
    url: nodeApi.url,
    caPem: nodeApi.caPem,
    unclaimed,
    claimed,
    content,
    digest: await content.digest(),
    send: (request) => sendRequest(nodeApi.url, request, { agent, ca: nodeApi.caPem }),
    stop: async () => {
      agent.destroy();
      await nodeApi.stop();
    },
  };
}

function machineKeys(): MachineKeys {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return {
    nodeId: randomUUID(),
    token: randomBytes(32).toString('base64url'),
    publicKey: publicKey.export({ format: 'der', type: 'spki' }).toString('base64'),
    sign: (text) => sign('sha256', Buffer.from(text), privateKey).toString('base64'),
  };
}
