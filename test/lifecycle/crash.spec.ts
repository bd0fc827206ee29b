import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { createOperation } from '../../src/conductor/create/create.operation.js';
import { deleteOperation } from '../../src/conductor/delete/delete.operation.js';
import { startLifecycleEnvironment, type LifecycleEnvironment } from '../support/lifecycle-environment.js';
import { patience } from '../support/real-cloud.js';
import { until } from '../support/until.js';

/** Any number: the lock at which the trigger holds a conductor that is about to save a move. */
const gate = 4242;

/**
 * The conductor is killed at each turn boundary: its step is done, its move is not saved. A trigger in the database holds
 * the save of one given move; the process is then killed with SIGKILL and a fresh one takes over.
 */
describe('a conductor killed at each turn boundary', () => {
  let world: LifecycleEnvironment;
  let gateKeeper: pg.Client;
  let conductor: { readonly process: { kill(signal: NodeJS.Signals): boolean }; readonly ended: Promise<string> };
  let template: string;

  beforeAll(async () => {
    world = await startLifecycleEnvironment();
    gateKeeper = new pg.Client({ connectionString: world.environment.databaseUrl });
    await gateKeeper.connect();
    await gateKeeper.query('SELECT pg_advisory_lock($1)', [gate]);
    await gateKeeper.query(triggerFunction);
    const [first] = [world.environment.servers['conductor']];
    if (!first) throw new Error('there is no conductor');
    conductor = first;
    template = await world.createTemplate('crash');
  }, 120_000 * patience);

  afterAll(async () => {
    await gateKeeper.end();
    await world.stop();
  }, 60_000 * patience);

  async function crashAt(kind: string, move: string): Promise<void> {
    await until(async () => (await waitingBackends()).length > 0, { deadlineMs: 40_000 * patience, what: `${kind} to come to ${move}` });
    conductor.process.kill('SIGKILL');
    await conductor.ended;
    for (const pid of await waitingBackends()) await gateKeeper.query('SELECT pg_terminate_backend($1)', [pid]);
    await gateKeeper.query('DROP TRIGGER hold_move ON operations');
    conductor = world.environment.startRole('conductor');
  }

  async function holdAt(kind: string, move: string): Promise<void> {
    const condition =
      move === 'succeeded'
        ? `NEW.state = 'succeeded' AND OLD.state <> 'succeeded'`
        : `NEW.step = '${move}' AND OLD.step IS DISTINCT FROM NEW.step`;
    await gateKeeper.query(
      `CREATE TRIGGER hold_move BEFORE UPDATE ON operations FOR EACH ROW WHEN (NEW.kind = '${kind}' AND ${condition}) EXECUTE FUNCTION hold_move()`,
    );
  }

  async function waitingBackends(): Promise<number[]> {
    const { rows } = await gateKeeper.query<{ pid: number }>(
      `SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND objid = $1 AND NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
      [gate],
    );
    return rows.map((row) => row.pid);
  }

  const boundaries = (steps: readonly { name: string }[]): string[] => [...steps.map((step) => step.name), 'succeeded'];

  it.each(boundaries(createOperation.steps))('create ends as if nothing had happened, killed before %s is saved', async (move) => {
    await holdAt('cluster-create', move);
    const id = await world.createCluster('crash', template);
    await crashAt('cluster-create', move);
    expect(await world.settledStatus(id)).toEqual({ status: 'CREATE_COMPLETE', reason: null });

    const nodes = await world.demo.get<{ nodes: { name: string; phase: string; server_id: string }[] }>(`/v1/clusters/${id}/nodes`);
    expect(nodes.nodes.map(({ phase }) => phase)).toEqual(['ready', 'ready']);
    // No duplicate: the cloud has exactly the servers and stacks of two nodes, one group each, one slot and one infra.
    const { servers, stacks } = await world.existing();
    expect(servers.sort()).toEqual(nodes.nodes.map(({ name }) => name).sort());
    // What is nested in a group's stack goes with it; only the simulator's list of leftovers shows it.
    expect(stacks.filter((name) => !name.includes('kube_minions'))).toHaveLength(6);

    await world.demo.call('DELETE', `/v1/clusters/${id}`);
    expect((await world.settledStatus(id)).status).toBe('DELETE_COMPLETE');
    expect(await world.leftovers()).toEqual([]);
  }, 120_000 * patience);

  it.each(boundaries(deleteOperation.steps))('delete leaves nothing, killed before %s is saved', async (move) => {
    const id = await world.createCluster('crash', template);
    expect(await world.settledStatus(id)).toEqual({ status: 'CREATE_COMPLETE', reason: null });
    await holdAt('cluster-delete', move);
    await world.demo.call('DELETE', `/v1/clusters/${id}`);
    await crashAt('cluster-delete', move);
    expect((await world.settledStatus(id)).status).toBe('DELETE_COMPLETE');
    expect(await world.leftovers()).toEqual([]);
  }, 120_000 * patience);
});

const triggerFunction = `
  CREATE OR REPLACE FUNCTION hold_move() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    PERFORM pg_advisory_xact_lock(${gate});
    RETURN NEW;
  END $$`;
