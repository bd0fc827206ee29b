import { seedPassword } from './keystone/seed-identity.js';
import { readOptions } from './options.js';
import { startSimulator, type Simulator } from './simulator.js';

/** One JSON line on stderr; stdout is for the ready line alone. */
const log = (message: string, fields: Record<string, unknown> = {}): void => {
  process.stderr.write(`${JSON.stringify({ time: new Date().toISOString(), message, ...fields })}\n`);
};

const start = async (): Promise<Simulator> => startSimulator(readOptions(process.argv.slice(2), process.env), log);
const simulator = await start().catch((error: unknown): never => {
  log('could not start', { error: error instanceof Error ? error.message : String(error) });
  process.exit(1);
});

let ending = false;
const end = (signal: string): void => {
  if (ending) return;
  ending = true;
  log('ending', { signal });
  simulator.close().then(
    () => process.exit(0),
    (error: unknown) => {
      log('could not end cleanly', { error: String(error) });
      process.exit(1);
    },
  );
};
process.on('SIGTERM', end);
process.on('SIGINT', end);
// Whoever was started with a channel to its parent (by `npm start`) ends with it, however that ends.
if (process.send) {
  if (process.connected) process.once('disconnect', () => end('the launcher has ended'));
  else end('the launcher has ended');
}

process.stdout.write(
  `${JSON.stringify({
    ready: true,
    pid: process.pid,
    auth_url: `${simulator.context.baseUrl('identity')}/v3`,
    region: simulator.context.region,
    admin_url: simulator.adminUrl,
    range: simulator.range,
    proxy_url: simulator.proxyUrl,
    password: seedPassword,
    users: ['admin', 'demo', 'other'],
    data_dir: simulator.context.dataDir,
  })}\n`,
);
