import type { ChangePlan } from './change-plan.schema.js';
import type { PastTimes } from './past-times.js';

/** Nodes that come, and nodes that go after they were emptied. */
export interface Work {
  readonly boots: number;
  readonly drains: number;
}

/** How long it takes, by what this cluster's nodes took before; honest about what nobody has seen yet. */
export function estimateTime({ boots, drains }: Work, past: PastTimes): ChangePlan['estimate'] {
  const boot = median(past.boots);
  const drain = median(past.drains);
  const known = [
    ...(boots > 0 ? [boot === null ? 'there is no recorded boot of this cluster yet' : `a boot took ${round(boot)} s (median of ${past.boots.length})`] : []),
    ...(drains > 0 ? [drain === null ? 'no past drains yet: how long pods take to go is not counted' : `a drain took ${round(drain)} s (median of ${past.drains.length})`] : []),
  ];
  const because = known.length === 0 ? 'no node comes or goes' : known.join('; ');
  if (boots > 0 && boot === null) return { seconds_min: null, seconds_max: null, because };
  const [bootSeconds, drainSeconds] = [boots > 0 ? (boot ?? 0) : 0, drains > 0 ? (drain ?? 0) : 0];
  if (drains > 0 && drain === null && boots === 0) return { seconds_min: null, seconds_max: null, because };
  return { seconds_min: round(bootSeconds + drainSeconds), seconds_max: round(boots * bootSeconds + drains * drainSeconds), because };
}

const round = (seconds: number): number => Math.round(seconds);

function median(values: readonly number[]): number | null {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? null;
}
