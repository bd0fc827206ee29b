import { appendFileSync } from 'node:fs';
import { Monitor } from './monitor.js';

const [adminUrl, databaseUrl, output] = process.argv.slice(2);
if (adminUrl === undefined || databaseUrl === undefined || output === undefined) {
  console.error('usage: main.js ADMIN_URL DATABASE_URL OUTPUT_FILE');
  process.exit(2);
}

// Written at once, so that whatever ends this process takes nothing of what it saw with it.
const write = (line: Record<string, unknown>): void => appendFileSync(output, `${JSON.stringify(line)}\n`);
const end = new AbortController();
process.on('SIGTERM', () => end.abort());
process.on('SIGINT', () => end.abort());
// The channel to whoever started it closes however that one ends; nobody else would end the monitor then.
process.once('disconnect', () => end.abort());
if (process.send !== undefined && !process.connected) end.abort();

const monitor = new Monitor({ adminUrl, databaseUrl }, (violation) => write({ violation }));
write({
  summary: await monitor.run(end.signal, () => {
    write({ ready: true });
    process.stdout.write('{"ready":true}\n');
  }),
});
process.exit(0);
