import { mkdtempSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { AddressDirectory } from '../../../src/sim/neutron/address-directory.js';
import { Balancers } from '../../../src/sim/octavia/balancer/balancers.js';
import { createProxy } from '../../../src/sim/proxy/http-proxy.js';
import { CloudSession } from '../../support/cloud-session.js';
import { CloudView } from './cloud-view.js';
import { GuestAgent } from './guest-agent.js';
import { agentHost, createLabContext, proxyPort } from './lab-context.js';
import { SeenNetwork } from './seen-network.js';

const log = (message: string, fields: Record<string, unknown> = {}): void => {
  process.stderr.write(`${JSON.stringify({ time: new Date().toISOString(), message, ...fields })}\n`);
};

/**
 * Runs until SIGTERM or SIGINT. Flags: --auth-url URL --password TEXT (of admin in project admin) --data-dir DIR
 * (default: a fresh one, removed at the end). Prints one JSON line with `proxy_url` when it watches.
 */
async function run(): Promise<void> {
  const { values } = parseArgs({ options: { 'auth-url': { type: 'string' }, password: { type: 'string' }, 'data-dir': { type: 'string' } } });
  const { 'auth-url': authUrl, password } = values;
  if (authUrl === undefined || password === undefined) throw new Error('--auth-url and --password are needed.');
  const dataDir = resolve(values['data-dir'] ?? mkdtempSync(join(tmpdir(), 'jeroboam-guests-')));
  const network = new SeenNetwork();
  const directory = new AddressDirectory(network);
  const context = createLabContext(dataDir, directory, log);
  const proxy = createProxy(context);
  await listen(proxy);
  const balancers = new Balancers(directory, { checkHeaders: { 'user-agent': 'octavia-health-monitor' }, log });
  const agent = new GuestAgent(context, new CloudView(await CloudSession.logIn(authUrl, { user: 'admin', password, project: 'admin' })), network, directory, balancers);
  agent.start();
  process.stdout.write(`${JSON.stringify({ ready: true, pid: process.pid, proxy_url: `http://${agentHost}:${proxyPort}`, data_dir: dataDir })}\n`);
  await new Promise<void>((end) => {
    process.once('SIGTERM', () => end());
    process.once('SIGINT', () => end());
  });
  await agent.stop();
  await balancers.close();
  await context.close();
  await new Promise((closed) => proxy.close(closed));
  if (values['data-dir'] === undefined) rmSync(dataDir, { recursive: true, force: true });
}

function listen(proxy: Server): Promise<void> {
  return new Promise((done, failed) => {
    proxy.once('error', (error: NodeJS.ErrnoException) => {
      failed(error.code === 'EADDRINUSE' ? new Error(`Something listens on ${agentHost}:${proxyPort} already: is another guest agent running?`) : error);
    });
    proxy.listen(proxyPort, agentHost, done);
  });
}

run().then(
  () => process.exit(0),
  (error: unknown) => {
    log('ended with an error', { error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    process.exit(1);
  },
);
