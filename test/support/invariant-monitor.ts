import type { ChildProcess } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { builtScript } from '../../src/launch/built-script.js';
import { startChild } from '../../src/launch/child.js';
import { complaint, readVerdict, type Verdict } from '../monitor/verdict.js';

export interface InvariantMonitor {
  readonly process: ChildProcess;
  /** Forgives violations of this rule, about this subject or any. */
  allow(rule: string, subject?: RegExp): void;
  /** What it has seen so far; of a monitor that ended, everything. */
  verdict(): Verdict;
  /** Ends it and answers what is wrong, if anything is. */
  stop(): Promise<string | undefined>;
}

export interface MonitorOptions {
  /** Of the simulated cloud. */
  readonly adminUrl: string;
  readonly databaseUrl: string;
  /** PATH and the like. */
  readonly system: Readonly<Record<string, string>>;
  /** Where its log and its findings go. */
  readonly folder: string;
}

/** A machine that runs everything at once starts a process within seconds (ms). */
const readyWithinMs = 60_000;

/** The invariant monitor as a process of its own, from the build; resolves when it has taken its first sample. */
export async function startInvariantMonitor({ adminUrl, databaseUrl, system, folder }: MonitorOptions): Promise<InvariantMonitor> {
  const findings = join(folder, 'invariant-monitor.ndjson');
  let isReady: () => void = () => undefined;
  const ready = new Promise<void>((resolve) => (isReady = resolve));
  const child = startChild({
    name: 'The invariant monitor',
    command: [builtScript('../test/monitor/main.js'), adminUrl, databaseUrl, findings],
    environment: system,
    logFile: join(folder, 'invariant-monitor.log'),
    graceMs: 30_000,
    onLine: () => isReady(),
  });
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<string>((resolve) => (timer = setTimeout(resolve, readyWithinMs, `it took no sample within ${readyWithinMs} ms`)));
  const obstacle = await Promise.race([ready, child.ended, tooLate]);
  clearTimeout(timer);
  if (obstacle !== undefined) {
    await child.stop();
    throw new Error(`The invariant monitor does not run: ${obstacle}`);
  }
  const allowed: { rule: string; subject: RegExp | undefined }[] = [];
  const isAllowed = (violation: Verdict['violations'][number]): boolean =>
    allowed.some(({ rule, subject }) => rule === violation.rule && (subject === undefined || subject.test(violation.subject)));
  const verdict = (): Verdict => {
    const { violations, summary } = readVerdict(existsSync(findings) ? readFileSync(findings, 'utf8') : '');
    return { violations: violations.filter((violation) => !isAllowed(violation)), summary };
  };
  return {
    process: child.process,
    allow: (rule, subject) => void allowed.push({ rule, subject }),
    verdict,
    stop: async () => {
      await child.stop();
      return complaint(verdict());
    },
  };
}
