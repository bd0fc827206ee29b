import { Random } from './random.js';
import { enterWorld, settled } from './fakes.js';
import { currentProcess, Scheduler, type WorldProcess } from './scheduler.js';
import type { SeedReport } from './run-seeds.js';
import { planSeed, type SeedPlan } from './seed-plan.js';
import { Tenant } from './tenant.js';
import { Trace } from './trace.js';
import { World, type Ground } from './world.js';

/** Longer than any create, retry and delete take together. */
const virtualHoursMax = 6;

/** No world runs on without its clock moving: so many deliveries would be a loop. */
const stepsMax = 400_000;

class Violation extends Error {}

/** One world from its empty cloud to its empty cloud. The same seed does the same, delivery by delivery. */
export async function runSeed(ground: Ground, seed: number, onLine?: (line: string) => void): Promise<SeedReport> {
  const random = new Random(seed);
  const plan = planSeed(random.fork());
  const scheduler = new Scheduler();
  const trace = new Trace(() => scheduler.elapsed, onLine);
  const cpuBefore = process.cpuUsage();
  let violation: string | undefined;
  const fail = (because: string): void => {
    violation ??= because;
  };
  const onRejection = (reason: unknown): void => fail(`nobody heard of this failure: ${reason instanceof Error ? (reason.stack ?? reason.message) : String(reason)}`);
  process.on('unhandledRejection', onRejection);
  enterWorld({ scheduler, random: random.fork() });
  const chance = random.fork();
  const world = new World(ground, scheduler, random.fork(), plan, trace, fail);
  try {
    const ending = { isOver: false };
    const story = currentProcess.run(narrator, () => tell(world, scheduler, plan, chance, fail));
    story.then(
      () => (ending.isOver = true),
      (error: unknown) => {
        fail(error instanceof Violation ? error.message : `the story broke off: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
      },
    );
    for (;;) {
      await settled();
      if (ending.isOver || violation !== undefined) break;
      if (scheduler.elapsed > virtualHoursMax * 3_600_000) fail(`stuck: not over after ${virtualHoursMax} virtual hours`);
      else if (scheduler.steps > stepsMax) fail(`stuck: not over after ${stepsMax} deliveries`);
      else if (!scheduler.step()) fail('stuck: nothing is left that could happen');
    }
  } finally {
    await leave(ground, world);
    enterWorld(undefined);
    process.off('unhandledRejection', onRejection);
  }
  const cpu = process.cpuUsage(cpuBefore);
  return {
    ...{ seed, plan },
    ...(violation === undefined ? {} : { violation, tail: trace.tail() }),
    digest: trace.digest(),
    virtualSeconds: scheduler.elapsed / 1000,
    cpuMs: (cpu.user + cpu.system) / 1000,
  };
}

const narrator: WorldProcess = { name: 'narrator', state: 'running' };

/** Trouble first, then calm; everything asked for must be there, and after a DELETE of all nothing may be left. */
async function tell(world: World, scheduler: Scheduler, plan: SeedPlan, chance: Random, fail: (because: string) => void): Promise<void> {
  await world.begin();
  // Libraries draw in stock while the API is built, as much as they have used up before: from here on the draws are the seed's.
  enterWorld({ scheduler, random: chance });
  const tenant = new Tenant(world.network, scheduler, fail);
  await tenant.arrive();
  world.disturb();
  for (const cluster of plan.clusters) tenant.live(cluster);
  await tenant.pause(plan.calmAt);
  world.calm();
  // Whoever was still asking when the calm came is answered by now.
  await tenant.pause(60_000);
  for (const uuid of tenant.clusters.keys()) await settle(tenant, uuid);
  await world.checkComplete(tenant.clusters);
  for (const [uuid, { isDeleted }] of tenant.clusters) if (!isDeleted) await tenant.remove(uuid);
  for (const uuid of tenant.clusters.keys()) await settle(tenant, uuid);
  // What a sweep still has to tidy up: wake-ups that were accepted and not sent.
  await tenant.pause(world.sweepMs * 2);
  await world.checkNothingLeft();
  await world.closeConductors();
}

/** Waits until a cluster is complete or gone, retrying what failed. */
async function settle(tenant: Tenant, uuid: string): Promise<void> {
  for (let retries = 0; ; ) {
    const seen = await tenant.look(uuid);
    if (!seen || seen.status === 'CREATE_COMPLETE') return;
    if (seen.status.endsWith('_FAILED')) {
      // Two: what a first retry finds broken may be a machine from before the calm.
      if (retries++ >= 3) throw new Violation(`${uuid} is ${seen.status} after 3 retries in the calm: ${seen.status_reason ?? ''}`);
      await tenant.retry(uuid);
    }
    await tenant.pause(5_000);
  }
}

/** What the world leaves unfinished must never run: its timers stay with its scheduler, its statements go nowhere. */
async function leave(ground: Ground, world: World): Promise<void> {
  const { session } = ground.database;
  ground.database.enter(undefined);
  await world.end();
  await settled();
  if (session.isInTransaction) await session.run('ROLLBACK');
  await session.run('TRUNCATE cluster_templates, clusters, node_groups, slots, nodes, operations, operation_events, external_resources, secrets, outbox, reservations RESTART IDENTITY CASCADE');
}
