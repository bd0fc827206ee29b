import { DrainWorld } from '../../kubernetes/drain-world.js';
import { installedKubectls } from '../../sim/kubernetes/real-kubectl.js';
import { printFigure } from '../figure.js';

const podCount = 30;
const rounds = 3;

/** How long it takes to empty a node with 30 pods that no budget protects: ours and kubectl drain in turn, the median of each. */
export async function drain(): Promise<void> {
  const newest = installedKubectls().sort((a, b) => b.minor - a.minor)[0];
  if (!newest) throw new Error('bench drain needs kubectl: run .ci/fetch-kubectl and set TEST_KUBECTL to what it prints.');
  const world = await DrainWorld.start();
  const ours: number[] = [];
  const theirs: number[] = [];
  try {
    for (let round = 0; round < rounds; round += 1) {
      ours.push(await emptied(world, () => world.drainOurs()));
      theirs.push(await emptied(world, () => world.drainWith(newest.path)));
    }
  } finally {
    await world.stop();
  }
  const against = `kubectl 1.${newest.minor} drain`;
  printFigure({ bench: 'drain', figure: 'seconds', value: median(ours) / 1000, unit: 's', better: 'lower' });
  printFigure({ bench: 'drain', figure: 'kubectl_seconds', value: median(theirs) / 1000, unit: 's', better: 'lower' });
  printFigure({ bench: 'drain', figure: 'ratio_to_kubectl', value: median(ours) / median(theirs), unit: 'ratio', goal: 0.5, better: 'lower', against });
}

async function emptied(world: DrainWorld, empty: () => Promise<number>): Promise<number> {
  await world.deploy('web', podCount);
  const ms = await empty();
  await world.clear();
  return ms;
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
