import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { emptyProject, sweepEarlierRuns } from '../../lab/clean-up.js';
import { CloudSession } from '../../support/cloud-session.js';
import { authUrl, bringUp, labPassword } from '../../lab/lab-scripts.js';
import { prepareCloud } from '../../lab/prepare-cloud.js';
import { untilSole } from '../../lab/sole-run.js';
import { createTenant } from '../../lab/tenant.js';
import { printFigure } from '../figure.js';
import { GroupStack } from './group-stack.js';
import { clearGround, prepareGround } from './ground.js';
import type { Layout } from './layout.js';
import { NodeStacks } from './node-stacks.js';

const root = join(dirname(fileURLToPath(import.meta.url)), '../../../..');
const say = (line: string): void => console.error(line);

/** What is measured of each layout, with the goal for our seconds divided by the group's. */
const figures = { create: 1.2, replace_one: 0.65, replace_five: 0.8 } as const;
type Phase = keyof typeof figures;
type Measured = Record<Phase, number[]>;

/**
 * Workers as node stacks and as one group stack, on the lab's real Heat: in one run and in turns, so that both meet the
 * same machine. `labDir`: the lab's folder. Arguments: --nodes N (default 20), --rounds N (default 3).
 */
export async function stacks(labDir: string, args: readonly string[]): Promise<void> {
  const { values } = parseArgs({ args: [...args], options: { nodes: { type: 'string', default: '20' }, rounds: { type: 'string', default: '3' } } });
  const [nodes, rounds] = [Number(values.nodes), Number(values.rounds)];
  await bringUp({ root, folder: labDir, say });
  await untilSole(say);
  const admin = await CloudSession.logIn(authUrl, { user: 'admin', password: labPassword, project: 'admin' });
  await prepareCloud(admin, labPassword);
  await sweepEarlierRuns(admin, labPassword);
  const tenant = await createTenant(admin, labPassword);
  try {
    const ground = await prepareGround((await tenant.addPerson('bench')).session);
    const layouts: readonly [() => Layout, () => Layout] = [() => new NodeStacks(ground), () => new GroupStack(ground, join(root, 'test/bench/stacks'))];
    // The first stacks after a start pay for connections and caches of every service.
    for (const make of layouts) await measure(make(), 6, emptyMeasures());
    const [own, group] = [emptyMeasures(), emptyMeasures()];
    for (let round = 0; round < rounds; round += 1) {
      const turn: [() => Layout, Measured][] = [
        [layouts[0], own],
        [layouts[1], group],
      ];
      for (const [make, into] of round % 2 === 0 ? turn : turn.reverse()) await measure(make(), nodes, into);
    }
    await clearGround(ground);
    report(own, group);
  } finally {
    await emptyProject(admin, tenant.overseer);
    await tenant.remove();
  }
}

const emptyMeasures = (): Measured => ({ create: [], replace_one: [], replace_five: [] });

async function measure(layout: Layout, nodes: number, into: Measured): Promise<void> {
  const timed = async (phase: Phase, work: () => Promise<void>): Promise<void> => {
    const started = performance.now();
    await work();
    const seconds = (performance.now() - started) / 1000;
    into[phase].push(seconds);
    say(`${layout.name}, ${nodes} nodes: ${phase} ${seconds.toFixed(1)} s`);
  };
  await timed('create', () => layout.create(nodes));
  await timed('replace_one', () => layout.replace(1));
  await timed('replace_five', () => layout.replace(Math.min(5, nodes)));
  await layout.delete();
}

function report(own: Measured, group: Measured): void {
  for (const phase of Object.keys(figures) as Phase[]) {
    const [ours, theirs] = [median(own[phase]), median(group[phase])];
    const goal = figures[phase];
    const common = { bench: 'stacks', better: 'lower' } as const;
    printFigure({ ...common, figure: `${phase}_ratio_to_group`, value: ours / theirs, unit: 'ratio', goal, against: 'ResourceGroup stack' });
    printFigure({ ...common, figure: `${phase}_node_stacks_seconds`, value: ours, unit: 's' });
    printFigure({ ...common, figure: `${phase}_group_stack_seconds`, value: theirs, unit: 's' });
  }
}

/** Of an even number: the mean of the two in the middle. */
function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.slice(Math.floor((sorted.length - 1) / 2), Math.floor(sorted.length / 2) + 1);
  return middle.reduce((sum, value) => sum + value, 0) / middle.length;
}
