import type { LifecycleEnvironment } from '../support/lifecycle-environment.js';
import { until } from '../support/until.js';

export interface HeldRequest {
  /** Resolves when the simulator holds a request that fits. */
  untilHeld(): Promise<void>;
  release(): Promise<void>;
}

/** The next request that fits is kept by the simulated cloud until it is released. */
export async function holdNext({ admin }: Pick<LifecycleEnvironment, 'admin'>, fits: { service: string; method: string; path: string }): Promise<HeldRequest> {
  const { id } = (await admin('POST', '/faults', { ...fits, times: 1, action: { hold: 'before' } })) as { id: string };
  const isHeld = async (): Promise<boolean> => {
    const faults = (await admin('GET', '/faults')) as { id: string; holding: number }[];
    return faults.some((fault) => fault.id === id && fault.holding > 0);
  };
  return {
    untilHeld: () => until(isHeld, { deadlineMs: 60_000, what: `${fits.method} ${fits.path} to be held` }),
    release: async () => {
      await admin('DELETE', `/faults/${id}`);
    },
  };
}
