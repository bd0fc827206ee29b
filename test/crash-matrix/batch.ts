import { until } from '../support/until.js';
import { hasEnded, type CrashWorld, type OperationRow } from './crash-world.js';
import { faultOf, type Case } from './edge.js';
import type { Life, MatrixOperation } from './operations.js';

/** A cluster that goes through an operation, and where its conductor is to die; undefined: wherever it happens to be then. */
export interface Trial {
  readonly life: Life;
  readonly wanted: Case | undefined;
}
export interface Outcome {
  readonly trial: Trial;
  /** Whether the conductor was killed while the wanted point was held. */
  readonly met: boolean;
  readonly end: OperationRow;
}

/** Held, or over without having come to its point. Generous: only a failure lasts so long, or a machine with other work. */
const untilHeld = { deadlineMs: 600_000, everyMs: 100, what: 'all operations of the batch to be held or to end' };
const untilEnded = { deadlineMs: 600_000, everyMs: 100 };

interface Hold {
  readonly trial: Trial;
  readonly operation: OperationRow;
  readonly kind: 'none' | 'fault' | 'gate';
  readonly id: string;
}

/**
 * One operation on several clusters at once: each is held at its own point, one SIGKILL takes the conductor from all of them,
 * and a fresh one finishes. No conductor runs before or after.
 */
export async function runBatch(world: CrashWorld, operation: MatrixOperation, planned: readonly Trial[]): Promise<Outcome[]> {
  const trials = await Promise.all(
    planned.map(async ({ life, wanted }) => ({ life: await operation.request(world.world, life, world.template), wanted })),
  );
  const holds: Hold[] = [];
  for (const trial of trials) holds.push(await arm(world, operation.kind, trial));

  world.startConductor();
  const fences = await awaitHolds(world, holds);
  const atKill = await world.operations(holds.map((hold) => hold.operation.id));
  await world.killConductor();

  const late = holds.filter((hold) => fences.has(hold) && hold.trial.wanted?.hold === 'late');
  for (const { id } of await world.faults()) if (!late.some((hold) => hold.id === id)) await world.removeFault(id);
  await world.gates.abandon();
  const asked = await countRequests(world, late);

  world.startConductor();
  await releaseLate(world, late, asked);
  const ends = await awaitEnds(world, holds);
  await world.killConductor();
  await world.passHttpTimeout();
  return holds.flatMap((hold) => {
    const end = ends.get(hold.operation.id);
    const before = atKill.get(hold.operation.id);
    // A lease that was lost under load ends the held request: then nothing was under way in it when the conductor died.
    const met = before !== undefined && !hasEnded(before) && fences.get(hold) === before.fence;
    return end ? [{ trial: hold.trial, met, end }] : [];
  });
}

async function arm(world: CrashWorld, kind: string, trial: Trial): Promise<Hold> {
  const operation = await world.operationOf(trial.life.clusterId, kind);
  const { wanted } = trial;
  if (!wanted) return { trial, operation, kind: 'none', id: '' };
  const { edge, hold } = wanted;
  if (edge.kind === 'move') return { trial, operation, kind: 'gate', id: String(await world.gates.set(operation.id, edge.move)) };
  if (hold === 'unsaved') throw new Error('only moves are saved');
  return { trial, operation, kind: 'fault', id: await world.addFault(faultOf(edge, hold, requestIdOf({ operation }))) };
}

const requestIdOf = ({ operation }: Pick<Hold, 'operation'>): string => operation.request_id ?? '';

/** The holds that are struck, each with the fence that its operation had when that was seen. */
async function awaitHolds(world: CrashWorld, holds: readonly Hold[]): Promise<Map<Hold, number>> {
  const fences = new Map<Hold, number>();
  await until(async () => {
    const faults = new Set((await world.faults()).flatMap(({ id, holding }) => (holding > 0 ? [id] : [])));
    const gates = await world.gates.held();
    const rows = await world.operations(holds.map((hold) => hold.operation.id));
    for (const hold of holds) {
      const struck = (hold.kind === 'fault' && faults.has(hold.id)) || (hold.kind === 'gate' && gates.has(Number(hold.id)));
      if (struck && !fences.has(hold)) fences.set(hold, rows.get(hold.operation.id)?.fence ?? -1);
    }
    return holds.every((hold) => hold.kind === 'none' || fences.has(hold) || hasEnded(rows.get(hold.operation.id)));
  }, untilHeld);
  return fences;
}

const countRequests = (world: CrashWorld, holds: readonly Hold[]): Promise<number[]> =>
  Promise.all(holds.map(async (hold) => (await world.requestsOf(requestIdOf(hold))).length));

/** Each of the requests goes on when the next conductor is at work on the same operation. */
async function releaseLate(world: CrashWorld, holds: readonly Hold[], askedBefore: readonly number[]): Promise<void> {
  const released = new Set<Hold>();
  await until(
    async () => {
      const asked = await countRequests(world, holds);
      const rows = await world.operations(holds.map((hold) => hold.operation.id));
      for (const [position, hold] of holds.entries()) {
        const isAtWork = (asked[position] ?? 0) > (askedBefore[position] ?? 0) || hasEnded(rows.get(hold.operation.id));
        if (!isAtWork || released.has(hold)) continue;
        await world.removeFault(hold.id);
        released.add(hold);
      }
      return released.size === holds.length;
    },
    { ...untilEnded, what: 'the next conductor to be at work' },
  );
}

/** Whoever never ends is told by its row. */
async function awaitEnds(world: CrashWorld, holds: readonly Hold[]): Promise<Map<string, OperationRow>> {
  const ids = holds.map((hold) => hold.operation.id);
  const giveUpAt = Date.now() + untilEnded.deadlineMs;
  let rows = await world.operations(ids);
  await until(
    async () => {
      rows = await world.operations(ids);
      return ids.every((id) => hasEnded(rows.get(id))) || Date.now() > giveUpAt;
    },
    { ...untilEnded, deadlineMs: 2 * untilEnded.deadlineMs, what: 'the batch to end' },
  );
  return rows;
}
