import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Agent, request } from 'undici';
import { createCa, issueServerCertificate } from '../../src/kubernetes/certificates/certificate-authority.js';
import { startTestDatabase, type TestDatabase } from '../support/postgres.js';
import { startSimulatedCloud, type SimulatedCloud } from '../support/simulated-cloud.js';
import { startMs } from '../support/start-ms.js';

const main = fileURLToPath(new URL('../../dist/src/magnum-api/main.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'jeroboam-api-'));
let database: TestDatabase;
let cloud: SimulatedCloud;
let caPem: string;

beforeAll(async () => {
  const now = new Date();
  const ca = await createCa('test', { now });
  const server = await issueServerCertificate(ca, { commonName: 'api', names: ['127.0.0.1'], days: 2, now });
  caPem = ca.certificatePem;
  writeFileSync(join(folder, 'cert.pem'), server.certificatePem);
  writeFileSync(join(folder, 'key.pem'), server.privateKeyPem);
  [database, cloud] = await Promise.all([startTestDatabase(), startSimulatedCloud()]);
}, startMs);
afterAll(async () => {
  await Promise.all([database.stop(), cloud.stop()]);
  rmSync(folder, { recursive: true });
});

const settings = (): Record<string, string> => ({
  PATH: process.env['PATH'] ?? '',
  JEROBOAM_DATABASE_URL: database.url,
  JEROBOAM_OS_AUTH_URL: cloud.authUrl,
  JEROBOAM_OS_USERNAME: 'jeroboam',
  JEROBOAM_OS_PASSWORD: cloud.password,
  JEROBOAM_API_LISTEN: '127.0.0.1:0',
  JEROBOAM_NODE_LISTEN: '127.0.0.1:0',
  JEROBOAM_NODE_CERT_FILE: join(folder, 'cert.pem'),
  JEROBOAM_NODE_KEY_FILE: join(folder, 'key.pem'),
  JEROBOAM_SEALING_KEY: randomBytes(32).toString('base64'),
});

interface ReadyLine {
  readonly ready?: boolean;
  readonly api: string;
  readonly nodeApi: string;
}

async function untilReady(child: ChildProcess): Promise<ReadyLine> {
  if (!child.stdout) throw new Error('no stdout');
  for await (const line of createInterface({ input: child.stdout })) {
    const entry = JSON.parse(line) as ReadyLine;
    if (entry.ready) return entry;
  }
  throw new Error('The process ended before it was ready.');
}

describe('the process magnum-api', () => {
  it('serves both listeners, TLS included, and ends cleanly on SIGTERM', async () => {
    const tls = { JEROBOAM_API_TLS_CERT_FILE: join(folder, 'cert.pem'), JEROBOAM_API_TLS_KEY_FILE: join(folder, 'key.pem') };
    const child = spawn(process.execPath, [main], { env: { ...settings(), ...tls }, stdio: ['ignore', 'pipe', 'inherit'] });
    const exited = once(child, 'exit');
    const { api, nodeApi } = await untilReady(child);
    expect(api).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
    const agent = new Agent({ connect: { ca: caPem } });
    const call = (url: string, headers: Record<string, string> = {}) => request(url, { dispatcher: agent, headers });
    expect((await call(`${api}/v1/clusters`, { 'x-auth-token': await cloud.token('demo') })).statusCode).toBe(200);
    const root = (await (await call(api)).body.json()) as { versions: { links: { href: string }[] }[] };
    expect(root.versions[0]?.links[0]?.href).toBe(`${api}/v1/`);
    expect((await call(`${nodeApi}/v1/bootstrap/payload`)).statusCode).toBe(401);
    await agent.close();
    child.kill('SIGTERM');
    expect(await exited).toEqual([0, null]);
  }, startMs);

  it('says everything that is wrong with its configuration, and does not start', async () => {
    const wrong = { ...settings(), JEROBOAM_DATABASE_URL: 'mysql://x', JEROBOAM_API_LISTEN: 'nowhere', JEROBOAM_COLOUR: 'red' };
    const child = spawn(process.execPath, [main], { env: wrong, stdio: ['ignore', 'ignore', 'pipe'] });
    let words = '';
    child.stderr.on('data', (text: Buffer) => (words += text.toString()));
    const [code] = (await once(child, 'close')) as [number];
    expect(code).not.toBe(0);
    for (const name of ['DATABASE_URL', 'API_LISTEN', 'COLOUR']) expect(words).toContain(name);
  }, startMs);
});
