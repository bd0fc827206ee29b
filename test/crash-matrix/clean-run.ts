import { until } from '../support/until.js';
import { contentOf, creationsIn, tally, type Tally } from './cloud-content.js';
import { hasEnded, type CrashWorld } from './crash-world.js';
import { requestEdges, type Edge } from './edge.js';
import { readEndState, type EndState } from './end-state.js';
import { matrixOperations, type Life } from './operations.js';

/** What one cluster's undisturbed operation is like: where it may be interrupted, and what is there when it is over. */
export interface CleanRun {
  readonly edges: readonly Edge[];
  readonly endState: EndState;
  /** Of the whole cloud, and of all that was created since the cluster's life began. */
  readonly content: Tally;
  readonly creations: Tally;
}

/** Takes one cluster through all operations, with a fresh conductor for each: what that has to ask first belongs to it too. */
export async function recordCleanRuns(world: CrashWorld): Promise<ReadonlyMap<string, CleanRun>> {
  const runs = new Map<string, CleanRun>();
  const createdBefore = (await creationsIn(world.world)).length;
  let life: Life = { clusterId: '', clusterName: 'clean0000' };
  for (const operation of matrixOperations) {
    life = await operation.request(world.world, life, world.template);
    const { id, request_id: requestId } = await world.operationOf(life.clusterId, operation.kind);
    world.startConductor();
    await until(async () => hasEnded((await world.operations([id])).get(id)), { deadlineMs: 300_000, everyMs: 100, what: `a clean ${operation.kind}` });
    await world.killConductor();
    const names = [life.clusterName];
    runs.set(operation.kind, {
      edges: [...requestEdges(await world.requestsOf(requestId ?? ''), life.clusterName), ...(await world.gates.movesOf(id)).map((move): Edge => ({ kind: 'move', move }))],
      endState: await readEndState(world.world.database, life),
      content: tally(await contentOf(world.world), names),
      creations: tally((await creationsIn(world.world)).slice(createdBefore), names),
    });
  }
  return runs;
}
