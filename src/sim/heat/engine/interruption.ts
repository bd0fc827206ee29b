import { setTimeout as delay } from 'node:timers/promises';

/** Why work is broken off: somebody deletes or updates the stack, its time is up, or the simulator ends. */
export type InterruptionCause = 'cancelled' | 'timed out' | 'shutting down';

export class Interruption extends Error {
  constructor(readonly because: InterruptionCause) {
    super(because);
  }
}

export function refuseInterrupted(signal: AbortSignal): void {
  if (signal.aborted) throw signal.reason as Interruption;
}

/** Asks again and again, soon at first, until the answer is yes. Throws the Interruption when the signal comes. */
export async function pollUntil(isDone: () => Promise<boolean>, signal: AbortSignal): Promise<void> {
  let pauseMs = 15;
  while (!(await isDone())) {
    await pause(pauseMs, signal);
    pauseMs = Math.min(pauseMs * 1.5, 200);
  }
}

/** Never comes back but by throwing the Interruption. */
export async function untilInterrupted(signal: AbortSignal): Promise<never> {
  refuseInterrupted(signal);
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Interruption), { once: true });
  });
}

export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  refuseInterrupted(signal);
  if (ms <= 0) return;
  try {
    await delay(ms, undefined, { signal });
  } catch (error) {
    refuseInterrupted(signal);
    throw error;
  }
}
