import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { loadConfig } from '../../src/config/config.js';
import { SecretStore } from '../../src/database/secret-store.js';
import { createCa, issueServerCertificate } from '../../src/kubernetes/certificates/certificate-authority.js';
import { startNodeApi } from '../../src/node-api/start-node-api.js';
import { sealingKeyRing } from '../../src/secrets/sealing-key-ring.js';
import { startTestDatabase, type TestDatabase } from './postgres.js';

/** node-api in this process, on a database of its own, with a certificate of its own. */
export interface TestNodeApi {
  readonly url: string;
  readonly caPem: string;
  readonly database: TestDatabase;
  readonly secrets: SecretStore;
  stop(): Promise<void>;
}

export interface TestNodeApiOptions {
  readonly ratePerMinute: number;
  /** Told of every operation that it wakes. */
  readonly onWake?: (operationId: string) => void;
}

export async function startTestNodeApi({ ratePerMinute, onWake }: TestNodeApiOptions): Promise<TestNodeApi> {
  const folder = mkdtempSync(join(tmpdir(), 'jeroboam-node-api-'));
  const [certificate, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
  const now = new Date();
  const ca = await createCa('node-api', { now });
  const server = await issueServerCertificate(ca, { commonName: 'node-api', names: ['127.0.0.1'], days: 2, now });
  writeFileSync(certificate, server.certificatePem);
  writeFileSync(key, server.privateKeyPem);
  const database = await startTestDatabase();
  const config = loadConfig({
    JEROBOAM_DATABASE_URL: database.url,
    JEROBOAM_OS_AUTH_URL: 'http://127.0.0.1:1/v3',
    JEROBOAM_OS_USERNAME: 'nobody',
    JEROBOAM_OS_PASSWORD: 'nothing',
    JEROBOAM_NODE_LISTEN: '127.0.0.1:0',
    JEROBOAM_NODE_CERT_FILE: certificate,
    JEROBOAM_NODE_KEY_FILE: key,
    JEROBOAM_NODE_RATE_PER_MINUTE: String(ratePerMinute),
    JEROBOAM_SEALING_KEY: randomBytes(32).toString('base64'),
  });
  const secrets = new SecretStore(sealingKeyRing(config));
  const queue = { wake: (operationId: string) => Promise.resolve(onWake?.(operationId)) };
  const nodeApi = await startNodeApi({ config, dataSource: database.dataSource, queue, secrets, log: pino({ level: 'silent' }) });
  return {
    url: nodeApi.url,
    caPem: ca.certificatePem,
    database,
    secrets,
    stop: async () => {
      await nodeApi.close();
      await database.stop();
      rmSync(folder, { recursive: true });
    },
  };
}
