import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';

/** Ends what the tests of this run shared. */
export default async function tearDown() {
  const folder = process.env.JEROBOAM_TEST_RUN_FOLDER;
  const pidFile = join(folder, 'postgres.pid');
  if (existsSync(pidFile)) await stop(Number(readFileSync(pidFile, 'utf8')));
  if (process.env.TEST_DATABASE_URL) await dropTemplate(process.env.TEST_DATABASE_URL, folder);
  rmSync(folder, { recursive: true, force: true });
}

/** SIGINT is PostgreSQL's fast shutdown. */
async function stop(pid) {
  for (let tries = 0; tries < 200; tries++) {
    try {
      process.kill(pid, tries === 0 ? 'SIGINT' : 0);
    } catch {
      return; // gone
    }
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  process.kill(pid, 'SIGKILL');
}

async function dropTemplate(serverUrl, folder) {
  const run = /([0-9a-z]+)$/i.exec(folder)[1].toLowerCase();
  const client = new pg.Client({ connectionString: serverUrl });
  await client.connect();
  await client.query(`DROP DATABASE IF EXISTS template_${run} WITH (FORCE)`);
  await client.end();
}
