export interface RolloutState {
  desired: number;
  /** Pods that the newest ReplicaSet should have, and those of it that are ready. */
  newReplicas: number;
  newReady: number;
  oldReplicas: number;
  oldReady: number;
  surgeMax: number;
  unavailableMax: number;
}

/** How many pods the newest and the older ReplicaSets of a Deployment should have now; again after each change. */
export function planRollout(state: RolloutState): { newReplicas: number; oldReplicas: number } {
  const { desired, newReplicas, newReady, oldReplicas, oldReady, surgeMax, unavailableMax } = state;
  const room = Math.max(0, desired + surgeMax - newReplicas - oldReplicas);
  const grown = newReplicas > desired ? desired : Math.min(desired, newReplicas + room);
  const readyMin = desired - unavailableMax;
  // Old pods that are not ready may go at once; ready ones only above the minimum.
  const oldUnready = oldReplicas - oldReady;
  const spare = Math.max(0, newReady + oldReady - readyMin);
  return { newReplicas: grown, oldReplicas: Math.max(0, oldReplicas - oldUnready - Math.min(oldReady, spare)) };
}

/** `25%` of a count or a plain number. Surge is rounded up, unavailability down, as in Kubernetes. */
export function share(value: unknown, of: number, round: 'up' | 'down'): number {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string') return 0;
  const part = value.endsWith('%') ? (of * Number.parseInt(value, 10)) / 100 : Number(value);
  return round === 'up' ? Math.ceil(part) : Math.floor(part);
}
