import type { Violation } from './sample.js';

export interface Summary {
  readonly samples: number;
  /** Samples that took longer than the period. */
  readonly late: number;
  /** Looks that failed, because the simulator or the database was away. */
  readonly gaps: number;
  readonly last_gap: string | null;
  /** Of the simulator. */
  readonly restarts: number;
  readonly violations: number;
  readonly kubernetes_answers: number;
  readonly kubernetes_failures: number;
  readonly seconds: number;
  readonly cpu_seconds: number;
  /** Different ones. */
  readonly seen: { readonly clusters: number; readonly servers: number; readonly stacks: number; readonly kubernetes: number };
}

export interface Verdict {
  readonly violations: readonly (Violation & { readonly at: string })[];
  /** Undefined when the monitor did not come to its end. */
  readonly summary: Summary | undefined;
}

type Line = { readonly violation: Verdict['violations'][number] } | { readonly summary: Summary } | { readonly ready: true };

/** What the monitor wrote, one JSON object a line; a last line that was cut off by a kill is left out. */
export function readVerdict(text: string): Verdict {
  const lines = text.split('\n').slice(0, -1).map((line) => JSON.parse(line) as Line);
  return {
    violations: lines.flatMap((line) => ('violation' in line ? [line.violation] : [])),
    summary: lines.flatMap((line) => ('summary' in line ? [line.summary] : []))[0],
  };
}

/** Undefined when all is well, else what a failing test should say. */
export function complaint({ violations, summary }: Verdict): string | undefined {
  if (violations.length > 0) {
    const lines = violations.map(({ at, invariant, rule, message }) => `  ${at} invariant ${invariant} (${rule}): ${message}`);
    return ['The invariant monitor saw violations:', ...lines].join('\n');
  }
  if (!summary) return 'The invariant monitor ended without a verdict.';
  if (summary.samples === 0) return `The invariant monitor took no samples (${summary.gaps} looks failed; the last: ${String(summary.last_gap)}).`;
  return undefined;
}
