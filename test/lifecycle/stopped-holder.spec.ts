import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startLifecycleEnvironment, type LifecycleEnvironment } from '../support/lifecycle-environment.js';
import { expectEndedOnce, expectNothingTwice, holderPid, logOf, operationOf, type OperationRow } from '../support/operations-in-database.js';
import { startPostgresRelay, type PostgresRelay, type RelayFault } from '../support/postgres-relay.js';
import { until } from '../support/until.js';

interface SimulatorFault {
  readonly id: string;
  readonly holding: number;
}

/**
 * One conductor is stopped (SIGSTOP) while it holds the turns of eight operations, each in the middle of something else.
 * Its leases run out, another conductor ends them all; then the first one goes on (SIGCONT) as if no time had passed.
 */
describe('a conductor that is stopped past its leases and goes on', () => {
  let world: LifecycleEnvironment;
  let relay: PostgresRelay;
  let template: string;
  beforeAll(async () => {
    world = await startLifecycleEnvironment({
      databaseUrl: async (url) => {
        relay = await startPostgresRelay(url);
        return relay.url;
      },
    });
    template = await world.createTemplate('stopped');
  }, 120_000);
  afterAll(async () => {
    await world.stop();
    await relay.stop();
  }, 120_000);

  const create = (name: string): Promise<string> => world.createCluster(name, template);
  const requestDelete = async (id: string): Promise<void> => {
    expect((await world.demo.call('DELETE', `/v1/clusters/${id}`)).status).toBe(204);
  };
  const holdCall = async (method: string, match: { path?: string; body?: string }, when: 'before' | 'after'): Promise<string> => {
    const fault = { service: 'orchestration', method, ...match, action: { hold: when } };
    return ((await world.admin('POST', '/faults', fault)) as { id: string }).id;
  };
  const isHeld = async (id: string): Promise<boolean> => {
    const faults = (await world.admin('GET', '/faults')) as SimulatorFault[];
    return faults.some((fault) => fault.id === id && fault.holding === 1);
  };

  it('has its writes refused, makes nothing twice, and goes on with other work', async () => {
    const stopped = world.environment.servers['conductor'];
    if (!stopped?.process.pid) throw new Error('there is no conductor');
    const doomed = await Promise.all([create('delete-before'), create('delete-after'), create('delete-write')]);
    for (const id of doomed) expect(await world.settledStatus(id, 120_000)).toEqual({ status: 'CREATE_COMPLETE', reason: null });

    const calls = await Promise.all([
      holdCall('POST', { path: '/stacks$', body: 'create-before-default-worker' }, 'before'),
      holdCall('POST', { path: '/stacks$', body: 'create-after-default-worker' }, 'after'),
      holdCall('POST', { path: '/stacks$', body: 'create-deleted-default-worker' }, 'before'),
      holdCall('DELETE', { path: `/stacks/jb-${doomed[0]}-node` }, 'before'),
      holdCall('DELETE', { path: `/stacks/jb-${doomed[1]}-node` }, 'after'),
    ]);
    const made = await Promise.all([create('create-before'), create('create-after'), create('create-write'), create('create-inside')]);
    const deletedMeanwhile = await create('create-deleted');
    const [, , betweenWrites, insideTransaction] = made;
    const createWrite = await operationOf(world, betweenWrites, 'cluster-create');
    const createInside = await operationOf(world, insideTransaction, 'cluster-create');
    const writes: RelayFault[] = [
      // The step is done, and the transaction that would save its move has not begun to look at the fence.
      relay.add({ action: 'hold', request: new RegExp(`SELECT 1 FROM operations WHERE id[^]*FOR UPDATE[^]*${createWrite.id}`) }),
      // The move is written, and the transaction holds the operation's row.
      relay.add({ action: 'hold', request: /^COMMIT/, within: [/SET state = 'running', step = /, new RegExp(createInside.id), /start-nodes/] }),
    ];
    for (const id of doomed) await requestDelete(id);
    const deleteWrite = await operationOf(world, doomed[2], 'cluster-delete');
    writes.push(relay.add({ action: 'hold', request: new RegExp(`SELECT 1 FROM operations WHERE id[^]*FOR UPDATE[^]*${deleteWrite.id}`) }));
    const operations = async (): Promise<OperationRow[]> => [
      ...(await Promise.all([...made, deletedMeanwhile].map((id) => operationOf(world, id, 'cluster-create')))),
      ...(await Promise.all(doomed.map((id) => operationOf(world, id, 'cluster-delete')))),
    ];
    for (const id of calls) await until(() => isHeld(id), { deadlineMs: 60_000, what: 'a call to Heat to be held' });
    for (const write of writes) await until(() => write.struck() === 1, { deadlineMs: 60_000, what: 'a write to be held' });
    const held = await operations();
    expect(held.map(holderPid)).toEqual(held.map(() => stopped.process.pid));

    stopped.process.kill('SIGSTOP');
    await requestDelete(deletedMeanwhile);
    const second = world.environment.startRole('conductor');
    for (const id of made) expect(await world.settledStatus(id, 120_000)).toEqual({ status: 'CREATE_COMPLETE', reason: null });
    for (const id of [...doomed, deletedMeanwhile]) expect(await world.settledStatus(id, 120_000)).toEqual({ status: 'DELETE_COMPLETE', reason: null });
    const taken = await operations();
    for (const [position, { fence }] of taken.entries()) expect(fence).toBeGreaterThan(held[position]?.fence ?? Infinity);

    // First the calls and writes that were on their way arrive, then whoever sent them wakes up.
    await world.admin('DELETE', '/faults');
    for (const write of writes) write.release();
    stopped.process.kill('SIGCONT');
    const givenUp = (): Set<string | undefined> =>
      new Set(logOf(world, 'conductor').flatMap(({ pid, message, operationId }) => (pid === stopped.process.pid && /^Turn given up/.test(message ?? '') ? operationId : [])));
    await until(() => held.every(({ id }) => givenUp().has(id)), { deadlineMs: 60_000, what: 'every turn of the stopped conductor to be given up' });
    expect(await operations()).toEqual(taken);
    await expectNothingTwice(world, made);
    await expectEndedOnce(world, [...made, ...doomed]);

    // Only the conductor that was stopped is left: it works on.
    second.process.kill('SIGKILL');
    await second.ended;
    const another = await create('another');
    expect(await world.settledStatus(another, 120_000)).toEqual({ status: 'CREATE_COMPLETE', reason: null });
    expect((await operationOf(world, another, 'cluster-create')).state).toBe('succeeded');
    for (const id of [...made, another]) await requestDelete(id);
    for (const id of [...made, another]) expect((await world.settledStatus(id, 120_000)).status).toBe('DELETE_COMPLETE');
    expect(await world.leftovers()).toEqual([]);
  }, 400_000);
});
