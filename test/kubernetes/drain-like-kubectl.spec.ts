import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { installedKubectls } from '../sim/kubernetes/real-kubectl.js';
import { startMs } from '../support/start-ms.js';
import { DrainWorld } from './drain-world.js';

const program = installedKubectls().find(({ minor }) => minor >= 32)?.path;

describe('kubectl drain and ours on the same node with the same pods', () => {
  if (program === undefined) {
    // In CI a missing program is a failure: a skip would hide the gap.
    (process.env['CI'] ? it : it.skip)('needs kubectl 1.32 or newer: run .ci/fetch-kubectl and set TEST_KUBECTL to what it prints', () => expect(program).toBeDefined());
    return;
  }
  let world: DrainWorld;
  beforeAll(async () => {
    world = await DrainWorld.start();
  }, startMs);
  afterAll(() => world.stop());

  async function fill(): Promise<void> {
    await world.deploy('web', 3);
    await world.deploy('cache', 2, { volumes: [{ name: 'data', emptyDir: {} }] });
    await world.deploy('stateless', 1, { terminationGracePeriodSeconds: 0 });
    await world.barePod('bare');
  }

  /** How many pods of each workload run there; their names end at random. */
  async function census(): Promise<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (const name of await world.running('')) {
      const workload = name.split('-')[0] ?? name;
      counts[workload] = (counts[workload] ?? 0) + 1;
    }
    return counts;
  }

  it('evict the same pods and leave the same', async () => {
    const seen: { readonly before: object; readonly after: object }[] = [];
    for (const drain of [() => world.drainWith(program), () => world.drainOurs()]) {
      await fill();
      const before = await census();
      await drain();
      seen.push({ before, after: await census() });
      await world.clear();
    }
    const [theirs, ours] = seen;
    expect(theirs).toEqual({ before: { web: 3, cache: 2, stateless: 1, bare: 1 }, after: {} });
    expect(ours).toEqual(theirs);
  }, 180_000);
});
