import { labFolder } from '../lab/lab-folder.js';
import { drain } from './drain/drain.js';
import { mainJob } from './main-job/main-job.js';
import { seeds } from './seeds.js';
import { stacks } from './stacks/stacks.js';

const benches: Readonly<Record<string, (args: readonly string[]) => Promise<void>>> = {
  drain,
  'main-job': mainJob,
  seeds,
  stacks: (args) => stacks(labFolder(process.env), args),
};

const [name = '', ...args] = process.argv.slice(2);
const bench = benches[name];
if (!bench) {
  console.error(`usage: npm run bench -- NAME, one of: ${Object.keys(benches).join(', ')}`);
  process.exit(2);
}
await bench(args);
process.exit(0);
