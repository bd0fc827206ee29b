import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { startLifecycleEnvironment, type LifecycleEnvironment } from '../support/lifecycle-environment.js';
import { expectEndedOnce, expectNothingTwice, logOf, operationOf } from '../support/operations-in-database.js';
import { startPostgresRelay, type PostgresRelay, type RelayAction, type RelayFault } from '../support/postgres-relay.js';
import { seededRandom } from '../../src/sim/http/seeded-random.js';
import { until } from '../support/until.js';

const seed = 20_261_121;

describe('connections to PostgreSQL that break', () => {
  let world: LifecycleEnvironment;
  let relay: PostgresRelay;
  let serverUrl: string;
  let administrator: pg.Client;
  let template: string;
  beforeAll(async () => {
    world = await startLifecycleEnvironment({
      databaseUrl: async (url) => {
        serverUrl = url;
        relay = await startPostgresRelay(url);
        return relay.url;
      },
    });
    world.environment.startRole('conductor');
    administrator = new pg.Client({ connectionString: serverUrl });
    await administrator.connect();
    template = await world.createTemplate('broken');
  }, 120_000);
  afterAll(async () => {
    await administrator.end();
    await world.stop();
    await relay.stop();
  }, 120_000);

  const requestDelete = async (id: string): Promise<void> => {
    expect((await world.demo.call('DELETE', `/v1/clusters/${id}`)).status).toBe(204);
  };
  const complete = async (ids: readonly string[], status: string): Promise<void> => {
    for (const id of ids) expect(await world.settledStatus(id, 180_000)).toEqual({ status, reason: null });
  };
  const struck = async (faults: readonly RelayFault[]): Promise<void> => {
    for (const [position, fault] of faults.entries()) await until(() => fault.struck() === 1, { deadlineMs: 60_000, what: `fault ${position} to strike` });
    for (const fault of faults) fault.release();
  };
  const post = (name: string): Promise<{ status: number; headers: Headers; body: unknown }> =>
    world.demo.call('POST', '/v1/clusters', { name, cluster_template_id: template, node_count: 0 });
  const named = async (name: string): Promise<string[]> => {
    const { clusters } = await world.demo.get<{ clusters: { uuid: string; name: string }[] }>('/v1/clusters');
    return clusters.filter((cluster) => cluster.name === name).map(({ uuid }) => uuid);
  };

  it('a create is accepted once, whether its COMMIT or the answer to it was lost', async () => {
    const answered = relay.add({ action: 'lose-answer', request: /^COMMIT/, within: [/INSERT INTO clusters .*answer-lost/s] });
    const accepted = await post('answer-lost');
    expect(accepted.status).toBe(202);
    await struck([answered]);
    expect(await named('answer-lost')).toEqual([(accepted.body as { uuid: string }).uuid]);

    const unsent = relay.add({ action: 'lose', request: /^COMMIT/, within: [/INSERT INTO clusters .*commit-lost/s] });
    const refused = await post('commit-lost');
    expect([refused.status, refused.headers.get('x-jeroboam-error')]).toEqual([503, 'database-unavailable']);
    await struck([unsent]);
    expect(await named('commit-lost')).toEqual([]);
    expect((await post('commit-lost')).status).toBe(202);
    const clusters = [...(await named('answer-lost')), ...(await named('commit-lost'))];
    expect(clusters).toHaveLength(2);
    await complete(clusters, 'CREATE_COMPLETE');

    const deleted = relay.add({ action: 'lose-answer', request: /^COMMIT/, within: [new RegExp(`INSERT INTO operations.*${clusters[0]}.*cluster-delete`, 's')] });
    expect((await world.demo.call('DELETE', `/v1/clusters/${clusters[0]}`)).status).toBe(503);
    await struck([deleted]);
    // It was done; asking again changes nothing, and a cluster that is gone meanwhile is 404.
    expect([204, 404]).toContain((await world.demo.call('DELETE', `/v1/clusters/${clusters[0]}`)).status);
    await requestDelete(clusters[1] ?? '');
    await complete(clusters, 'DELETE_COMPLETE');
    const deletes: unknown[] = await world.database.query(`SELECT 1 FROM operations WHERE cluster_id = $1 AND kind = 'cluster-delete'`, [clusters[0]]);
    expect(deletes).toHaveLength(1);
    expect(await world.leftovers()).toEqual([]);
  }, 300_000);

  /** Each kind of write that a conductor makes, by what its transaction holds besides the ids of cluster and operation. */
  const lost = (action: RelayAction, clusterId: string, operationId: string, contents: readonly RegExp[]): RelayFault[] =>
    contents.map((content) => relay.add({ action, request: /^COMMIT/, within: [content, new RegExp(`${clusterId}|${operationId}`)] }));
  const leaseLost = (operationId: string): RelayFault => relay.add({ action: 'lose-answer', request: new RegExp(`SET.*lease_owner = \\$2.*${operationId}`, 's') });

  it.each<RelayAction>(['lose', 'lose-answer'])('a conductor goes on where it was, when it is one by one: %s', async (action) => {
    const id = await world.createCluster(action, template);
    const create = await operationOf(world, id, 'cluster-create');
    const createFaults = [
      ...lost(action, id, create.id, [/INSERT INTO external_resources.*node/s, /SET state = 'present'/, /SET state = 'running', step = .*start-nodes/s, /SET state = 'waiting'/, /SET state = \$2.*succeeded/s]),
      leaseLost(create.id),
    ];
    await complete([id], 'CREATE_COMPLETE');
    await struck(createFaults);
    await expectNothingTwice(world, [id]);

    await requestDelete(id);
    const remove = await operationOf(world, id, 'cluster-delete');
    const deleteFaults = [
      ...lost(action, id, remove.id, [/SET state = 'deleting'/, /SET state = 'gone'/, /SET state = 'running', step = .*delete-infra/s, /SET state = \$2.*succeeded/s]),
      leaseLost(remove.id),
    ];
    await complete([id], 'DELETE_COMPLETE');
    await struck(deleteFaults);
    await expectEndedOnce(world, [id]);
    expect(await world.leftovers()).toEqual([]);
  }, 300_000);

  it(`operations end although the server ends all connections again and again (seed ${seed})`, async () => {
    const random = seededRandom(seed);
    const terminate = async (times: number): Promise<number> => {
      let terminated = 0;
      for (let time = 0; time < times; time += 1) {
        await pause(100 + 900 * random());
        const { rowCount } = await administrator.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE client_port = ANY($1)', [relay.serverPorts()]);
        terminated += rowCount ?? 0;
      }
      return terminated;
    };
    const ids = await Promise.all(['one', 'two', 'three'].map((name) => world.createCluster(name, template)));
    expect(await terminate(10)).toBeGreaterThan(30);
    await complete(ids, 'CREATE_COMPLETE');
    await expectNothingTwice(world, ids);
    for (const id of ids) await requestDelete(id);
    expect(await terminate(6)).toBeGreaterThan(20);
    await complete(ids, 'DELETE_COMPLETE');
    await expectEndedOnce(world, ids);
    expect(await world.leftovers()).toEqual([]);
  }, 400_000);

  it('operations end although connections fall silent without ending', async () => {
    const id = await world.createCluster('silent', template);
    await until(async () => (await operationOf(world, id, 'cluster-create')).step === 'create-groups-and-slots', { deadlineMs: 60_000, everyMs: 5, what: 'the create to be on its way' });
    expect(relay.silence()).toBeGreaterThan(0);
    await complete([id], 'CREATE_COMPLETE');
    await expectNothingTwice(world, [id]);
    await requestDelete(id);
    await complete([id], 'DELETE_COMPLETE');
    expect(await world.leftovers()).toEqual([]);
  }, 400_000);

  it('no process ended, and none took it for a defect', () => {
    for (const server of Object.values(world.environment.servers)) expect([server.process.exitCode, server.process.signalCode]).toEqual([null, null]);
    expect(logOf(world, 'conductor').filter(({ level, message }) => level >= 50 && message !== undefined)).toEqual([]);
  });
});
