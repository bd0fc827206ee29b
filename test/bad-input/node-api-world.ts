import { createHash, generateKeyPairSync, randomBytes, randomUUID, sign } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { loadConfig } from '../../src/config/config.js';
import { insertRow } from '../../src/database/insert-row.js';
import { SecretStore } from '../../src/database/secret-store.js';
import { createCa, issueServerCertificate } from '../../src/kubernetes/certificates/certificate-authority.js';
import { startNodeApi } from '../../src/node-api/start-node-api.js';
import { sealingKeyRing } from '../../src/secrets/sealing-key-ring.js';
import { startTestDatabase } from '../support/postgres.js';
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
  const folder = mkdtempSync(join(tmpdir(), 'jeroboam-bad-input-'));
  const now = new Date();
  const ca = await createCa('node-api', { now });
  const server = await issueServerCertificate(ca, { commonName: 'node-api', names: ['127.0.0.1'], days: 2, now });
  writeFileSync(join(folder, 'cert.pem'), server.certificatePem);
  writeFileSync(join(folder, 'key.pem'), server.privateKeyPem);
  const database = await startTestDatabase();
  const config = loadConfig({
    JEROBOAM_DATABASE_URL: database.url,
    JEROBOAM_OS_AUTH_URL: 'http://127.0.0.1:1/v3',
    JEROBOAM_OS_USERNAME: 'nobody',
    JEROBOAM_OS_PASSWORD: 'nothing',
    JEROBOAM_NODE_LISTEN: '127.0.0.1:0',
    JEROBOAM_NODE_CERT_FILE: join(folder, 'cert.pem'),
    JEROBOAM_NODE_KEY_FILE: join(folder, 'key.pem'),
    JEROBOAM_NODE_RATE_PER_MINUTE: '100000',
    JEROBOAM_SEALING_KEY: randomBytes(32).toString('base64'),
  });
  const { manager } = database.dataSource;
  const secrets = new SecretStore(sealingKeyRing(config));
  const nodeApi = await startNodeApi({ config, dataSource: database.dataSource, queue: { wake: () => Promise.resolve() }, secrets, log: pino({ level: 'silent' }) });
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
    caPem: ca.certificatePem,
    unclaimed,
    claimed,
    content,
    digest: await content.digest(),
    send: (request) => sendRequest(nodeApi.url, request, { agent, ca: ca.certificatePem }),
    stop: async () => {
      agent.destroy();
      await nodeApi.close();
      await database.stop();
      rmSync(folder, { recursive: true });
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
