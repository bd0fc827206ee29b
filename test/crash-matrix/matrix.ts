import { runBatch, type Outcome, type Trial } from './batch.js';
import { recordCleanRuns, type CleanRun } from './clean-run.js';
import { contentOf, creationsIn, doubles, tally, tallyDifferences } from './cloud-content.js';
import type { CrashWorld } from './crash-world.js';
import { casesOf, describeCase, describeEdge, mayNotRecur, type Case, type Edge } from './edge.js';
import { differences, readEndState } from './end-state.js';
import { matrixOperations, type Life, type MatrixOperation } from './operations.js';
import { planRounds, type Round } from './plan-rounds.js';

export interface MatrixResult {
  readonly kind: string;
  readonly edges: number;
  readonly covered: number;
  readonly cases: number;
  /** Reads and waits of the recorded run that no later run repeated. */
  readonly notRecurred: readonly string[];
  readonly uncovered: readonly string[];
  readonly failures: readonly string[];
}

/** A case that was not met (the cloud was quicker, or slower) is tried this often. */
const passes = 3;
const limits = { livesMax: 18, movesMax: 8 };

/**
 * Records each operation's clean run, then kills a conductor at every edge of it, in all worlds side by side. `wanted` picks
 * cases by their description.
 */
export async function runMatrix(worlds: readonly CrashWorld[], wanted?: RegExp): Promise<MatrixResult[]> {
  const [first] = worlds;
  if (!first) throw new Error('a matrix needs a world');
  const cleanRuns = await recordCleanRuns(first);
  const all = new Map(
    [...cleanRuns].map(([kind, { edges }]) => [kind, edges.flatMap(casesOf).filter((one) => wanted?.test(`${kind} ${describeCase(one)}`) !== false)]),
  );
  const met = new Set<Case>();
  const failures = new Map<string, string[]>(matrixOperations.map(({ kind }) => [kind, []]));
  for (let pass = 1; pass <= passes; pass++) {
    const open = new Map([...all].map(([kind, cases]) => [kind, cases.filter((one) => !met.has(one))]));
    const rounds = planRounds(open, limits);
    await Promise.all(
      worlds.map(async (world) => {
        for (let round = rounds.shift(); round; round = rounds.shift()) await runRound(world, round, cleanRuns, { met, failures });
      }),
    );
  }
  return [...cleanRuns].map(([kind, { edges }]) => resultOf(kind, edges, all.get(kind) ?? [], met, failures.get(kind) ?? []));
}

interface Findings {
  readonly met: Set<Case>;
  readonly failures: ReadonlyMap<string, string[]>;
}

async function runRound(world: CrashWorld, round: Round, cleanRuns: ReadonlyMap<string, CleanRun>, { met, failures }: Findings): Promise<void> {
  let lives = Array.from({ length: round.lives }, (): Life => ({ clusterId: '', clusterName: world.drawClusterName() }));
  const contentBefore = new Set(await contentOf(world.world));
  const createdBefore = (await creationsIn(world.world)).length;
  for (const operation of matrixOperations) {
    const cases = round.cases.get(operation.kind) ?? [];
    const clean = cleanRuns.get(operation.kind);
    if (!clean) throw new Error(`${operation.kind} was not recorded`);
    const outcomes = await runBatch(world, operation, lives.map((life, position): Trial => ({ life, wanted: cases[position] })));
    for (const { trial, met: wasMet } of outcomes) if (trial.wanted && wasMet) met.add(trial.wanted);
    lives = outcomes.map(({ trial }) => trial.life);
    const problems = [...(await judgeEach(world, clean, outcomes)), ...(await judgeCloud(world, clean, lives, contentBefore, createdBefore))];
    if (problems.length === 0) continue;
    const logs = world.keepLogs();
    const report = [...problems.map((problem) => `${operation.kind}: ${problem}\n    logs: ${logs}`), describeBatch(operation, outcomes)];
    failures.get(operation.kind)?.push(...report);
    // At once, for whoever has to cut a run short.
    process.stdout.write(`crash matrix: ${report.join('\n')}\n`);
  }
}

/** Each cluster's rows are those of the clean run. */
async function judgeEach(world: CrashWorld, clean: CleanRun, outcomes: readonly Outcome[]): Promise<string[]> {
  const problems: string[] = [];
  for (const { trial, end } of outcomes) {
    const where = `${trial.wanted ? describeCase(trial.wanted) : 'killed at no chosen point'} (cluster ${trial.life.clusterName} ${trial.life.clusterId})`;
    const found = differences(clean.endState, await readEndState(world.world.database, trial.life));
    if (end.state !== 'succeeded') problems.push(`${where}: ended as ${end.state} in step ${end.step ?? 'none'}: ${end.failure ?? end.waiting_for ?? 'no reason'}`);
    else if (found.length > 0) problems.push(`${where}: ${found.join('; ')}`);
  }
  return problems;
}

/** The cloud holds, and has ever made, so many times what it did for the clean run's one cluster. */
async function judgeCloud(world: CrashWorld, clean: CleanRun, lives: readonly Life[], contentBefore: ReadonlySet<string>, createdBefore: number): Promise<string[]> {
  const names = lives.map(({ clusterName }) => clusterName);
  const content = (await contentOf(world.world)).filter((thing) => !contentBefore.has(thing));
  const created = (await creationsIn(world.world)).slice(createdBefore);
  return [
    ...doubles(content),
    ...tallyDifferences(clean.content, tally(content, names), lives.length).map((text) => `the cloud holds ${text}`),
    ...tallyDifferences(clean.creations, tally(created, names), lives.length).map((text) => `the cloud has created ${text}`),
  ];
}

/** What else went on when the cloud as a whole was not as it should be. */
const describeBatch = (operation: MatrixOperation, outcomes: readonly Outcome[]): string =>
  `  batch of ${operation.kind}:\n${outcomes.map(({ trial, met }) => `    ${trial.life.clusterName} ${trial.life.clusterId} ${trial.wanted ? describeCase(trial.wanted) : 'at no chosen point'}${met ? '' : ' (not met)'}`).join('\n')}`;

function resultOf(kind: string, edges: readonly Edge[], cases: readonly Case[], met: ReadonlySet<Case>, failures: readonly string[]): MatrixResult {
  const tried = edges.filter((edge) => cases.some((one) => one.edge === edge));
  const open = cases.filter((one) => !met.has(one));
  const isCovered = (edge: Edge): boolean => !open.some((one) => one.edge === edge);
  const [notRecurred, uncovered] = [open.filter((one) => mayNotRecur(one.edge)), open.filter((one) => !mayNotRecur(one.edge))];
  return {
    kind,
    edges: tried.length,
    covered: tried.filter(isCovered).length,
    cases: cases.length,
    notRecurred: [...new Set(notRecurred.map(({ edge }) => describeEdge(edge)))],
    uncovered: uncovered.map(describeCase),
    failures,
  };
}
