import type { Taint, Toleration } from '../objects/workloads.js';

/** Whether one toleration accepts a taint: an empty key with Exists accepts all, an empty effect every effect. */
export function tolerates(toleration: Toleration, taint: Taint): boolean {
  if (toleration.effect && toleration.effect !== taint.effect) return false;
  if (toleration.operator === 'Exists') return !toleration.key || toleration.key === taint.key;
  return toleration.key === taint.key && (toleration.value ?? '') === (taint.value ?? '');
}

/** The first taint of the given effects that nothing tolerates. */
export function untolerated(taints: readonly Taint[] | undefined, tolerations: readonly Toleration[] | undefined, effects: readonly string[]): Taint | undefined {
  return taints?.find((taint) => effects.includes(taint.effect) && !(tolerations ?? []).some((toleration) => tolerates(toleration, taint)));
}

/**
 * How long a pod may stay under a taint of effect NoExecute, in seconds: Infinity when it is tolerated for ever, 0 when
 * not at all.
 */
export function toleratedSeconds(taint: Taint, tolerations: readonly Toleration[] | undefined): number {
  const accepting = (tolerations ?? []).filter((toleration) => tolerates(toleration, taint));
  if (accepting.length === 0) return 0;
  return Math.min(...accepting.map((toleration) => toleration.tolerationSeconds ?? Infinity));
}
