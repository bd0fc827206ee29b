import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { SeedPlan } from './seed-plan.js';

/** What a program of seeds tells of one seed. */
export interface SeedReport {
  readonly seed: number;
  /** Absent: everything held. */
  readonly violation?: string;
  /** Of everything that happened, in order. */
  readonly digest: string;
  readonly virtualSeconds: number;
  readonly cpuMs: number;
  /** The last lines of what happened; of violated seeds only. */
  readonly tail?: readonly string[];
  readonly plan: SeedPlan;
}

const program = join(process.cwd(), 'dist', 'test', 'seeds', 'main.js');

/** Runs these seeds in a program of their own, one after the other. Throws when it ends otherwise than by finishing. */
export async function runSeeds(seeds: readonly number[], { trace = false, onReport }: { trace?: boolean; onReport?: (report: SeedReport) => void } = {}): Promise<SeedReport[]> {
  const child = spawn(process.execPath, [program, '--seeds', seeds.join(','), ...(trace ? ['--trace'] : [])], { stdio: ['ignore', 'pipe', 'pipe'] });
  let complaints = '';
  child.stderr.on('data', (text: Buffer) => (complaints = `${complaints}${text.toString('utf8')}`.slice(-4_000)));
  if (trace) child.stderr.pipe(process.stderr);
  const reports: SeedReport[] = [];
  const ended = new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve));
  for await (const line of createInterface({ input: child.stdout })) {
    const report = JSON.parse(line) as SeedReport;
    reports.push(report);
    onReport?.(report);
  }
  const code = await ended;
  if (code !== 0) throw new Error(`The program of seeds ended with ${String(code)} after seed ${String(reports.at(-1)?.seed)}: ${complaints}`);
  return reports;
}

/** Deals the seeds out to so many programs side by side. */
export async function runSeedsInParallel(seeds: readonly number[], programs: number, onReport?: (report: SeedReport) => void): Promise<SeedReport[]> {
  const hands = Array.from({ length: programs }, (_, hand) => seeds.filter((_seed, index) => index % programs === hand)).filter((hand) => hand.length > 0);
  const reports = await Promise.all(hands.map((hand) => runSeeds(hand, onReport ? { onReport } : {})));
  return reports.flat().sort((a, b) => a.seed - b.seed);
}

/** For people: the seed, what was violated, what the seed wanted, and the last things that happened. */
export function describeViolation({ seed, violation, plan, tail = [] }: SeedReport): string {
  return [
    `seed ${seed}: ${violation ?? 'held'}`,
    `replay: npm run bench -- seeds --seed ${seed} --trace`,
    `its plan: ${JSON.stringify(plan)}`,
    ...tail.slice(-60),
  ].join('\n');
}
