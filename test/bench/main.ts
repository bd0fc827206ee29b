import { mainJob } from './main-job.js';

const benches: Readonly<Record<string, () => Promise<void>>> = { 'main-job': mainJob };

const [name = ''] = process.argv.slice(2);
const bench = benches[name];
if (!bench) {
  console.error(`usage: npm run bench -- NAME, one of: ${Object.keys(benches).join(', ')}`);
  process.exit(2);
}
await bench();
process.exit(0);
