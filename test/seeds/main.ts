// The fakes first: what is imported after them sees no other clock, timer or chance.
import { realNow } from './fakes.js';

const { parseArgs } = await import('node:util');
const { prepareGround } = await import('./prepare-ground.js');
const { runSeed } = await import('./run-seed.js');

const { values } = parseArgs({
  options: { first: { type: 'string', default: '1' }, count: { type: 'string', default: '1' }, trace: { type: 'boolean', default: false }, twice: { type: 'boolean', default: false } },
});
const first = Number(values.first);
const ground = await prepareGround();
const began = realNow();
let failures = 0;
for (let seed = first; seed < first + Number(values.count); seed++) {
  const result = await runSeed(ground, seed, values.trace ? (line) => process.stderr.write(`${line}\n`) : undefined);
  const { violation, digest, steps, virtualSeconds, cpuMs, tail, plan } = result;
  process.stdout.write(`${JSON.stringify({ seed, violation, digest, steps, virtualSeconds: Math.round(virtualSeconds), cpuMs: Math.round(cpuMs) })}\n`);
  if (violation !== undefined) {
    failures += 1;
    process.stderr.write(`seed ${seed}: ${violation}\n${JSON.stringify(plan)}\n${tail.slice(-40).join('\n')}\n`);
  }
}
process.stderr.write(`${Math.round(realNow() - began)} ms\n`);
process.exit(failures === 0 ? 0 : 1);
