// The fakes first: what is imported after them sees no other clock, timer or chance.
import './fakes.js';

const { parseArgs } = await import('node:util');
const { prepareGround } = await import('./prepare-ground.js');
const { runSeed } = await import('./run-seed.js');

/** One line of JSON a seed on stdout (a SeedReport); with --trace everything that happens on stderr. */
const { values } = parseArgs({ options: { seeds: { type: 'string', default: '1' }, trace: { type: 'boolean', default: false } } });
const onLine = values.trace ? (line: string): void => void process.stderr.write(`${line}\n`) : undefined;
const ground = await prepareGround();
for (const seed of values.seeds.split(',').map(Number)) {
  process.stdout.write(`${JSON.stringify(await runSeed(ground, seed, onLine))}\n`);
}
ground.material.remove();
process.exit(0);
