import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../src/launch/free-port.js';
import { until } from './until.js';
import { Redis } from 'ioredis';

export interface TestRedis {
  readonly url: string;
  stop(): Promise<void>;
}

/** One that a test may do anything to. */
export interface OwnRedis extends TestRedis {
  /** Ends it at once (SIGKILL); what it held is lost. */
  kill(): Promise<void>;
  /** Starts it again at the same address, empty. */
  start(): Promise<void>;
}

/** A redis-server of its own, whatever TEST_REDIS_URL says. */
export async function startOwnRedis(): Promise<OwnRedis> {
  const port = await freePort();
  let server = await launch(port);
  return {
    url: server.url,
    kill: () => server.end('SIGKILL'),
    start: async () => {
      server = await launch(port);
    },
    stop: () => server.end('SIGTERM'),
  };
}

/** A redis-server of its own on 127.0.0.1, without persistence; TEST_REDIS_URL is used instead when it is set. */
export async function startRedis(): Promise<TestRedis> {
  const given = process.env['TEST_REDIS_URL'];
  if (given) return { url: given, stop: () => Promise.resolve() };
  const server = await launch(await freePort());
  return { url: server.url, stop: () => server.end('SIGTERM') };
}

async function launch(port: number): Promise<{ url: string; end(signal: NodeJS.Signals): Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'jeroboam-redis-'));
  const arguments_ = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', folder];
  const server = spawn('redis-server', arguments_, { stdio: 'ignore' });
  const url = `redis://127.0.0.1:${port}`;
  await until(() => answers(url), { what: 'redis-server to answer' });
  return {
    url,
    end: async (signal) => {
      server.kill(signal);
      if (server.exitCode === null && server.signalCode === null) await once(server, 'exit');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function answers(url: string): Promise<boolean> {
  const client = new Redis(url, { lazyConnect: true, retryStrategy: () => null, maxRetriesPerRequest: 0, connectTimeout: 500 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.ping();
    return true;
  } catch {
    return false;
  } finally {
    client.disconnect();
  }
}
