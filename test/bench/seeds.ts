import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { describeViolation, runSeeds, runSeedsInParallel, type SeedReport } from '../seeds/run-seeds.js';
import { printFigure } from './figure.js';

/**
 * Whole installations under virtual time: `--count N` seeds (1,000) from `--first N` (1) on, or `--seed N` alone, with `--trace`
 * everything that it does. Violations go to stderr with what replays them, and make the bench fail.
 */
export async function seeds(args: readonly string[]): Promise<void> {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({ args: [...args], options: { seed: text, first: text, count: text, trace: { type: 'boolean', default: false } } });
  const first = wholeNumber('first', values.first ?? '1');
  const reports =
    values.seed === undefined
      ? await runSeedsInParallel(Array.from({ length: wholeNumber('count', values.count ?? '1000') }, (_, index) => first + index), availableParallelism(), tell)
      : await runSeeds([wholeNumber('seed', values.seed)], { trace: values.trace, onReport: tell });
  const sum = (of: (report: SeedReport) => number): number => reports.reduce((total, report) => total + of(report), 0);
  const violated = reports.filter(({ violation }) => violation !== undefined).length;
  printFigure({ bench: 'seeds', figure: 'seeds_run', value: reports.length, unit: 'seeds', better: 'higher' });
  printFigure({ bench: 'seeds', figure: 'seeds_violated', value: violated, unit: 'seeds', goal: 0, better: 'lower' });
  printFigure({ bench: 'seeds', figure: 'cpu_seconds_per_seed', value: sum(({ cpuMs }) => cpuMs) / 1000 / reports.length, unit: 's', goal: 0.6, better: 'lower' });
  printFigure({ bench: 'seeds', figure: 'virtual_hours', value: sum(({ virtualSeconds }) => virtualSeconds) / 3600, unit: 'h', better: 'higher' });
  if (violated > 0) process.exit(1);
}

function tell(report: SeedReport): void {
  if (report.violation !== undefined) console.error(describeViolation(report));
}

function wholeNumber(flag: string, text: string): number {
  if (!/^[1-9]\d{0,9}$/.test(text)) throw new Error(`--${flag} wants a whole number from 1 on, not '${text}'`);
  return Number(text);
}
