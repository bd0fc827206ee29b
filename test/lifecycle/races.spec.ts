import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createOperation } from '../../src/conductor/create/create.operation.js';
import { clientWithToken, type ApiAnswer, type ApiClient } from '../support/api-client.js';
import { cloudQuotas, type CloudQuotas } from '../support/cloud-quotas.js';
import { deleteClusters, newestOperation, requestDeletion, untilDeleted } from '../support/cluster-operations.js';
import { conductorSwitch, type ConductorSwitch } from '../support/conductor-switch.js';
import { startLifecycleEnvironment, templateFields, type LifecycleEnvironment } from '../support/lifecycle-environment.js';
import { realCloud } from '../support/real-cloud.js';
import { freePort } from '../../src/launch/free-port.js';
import { until } from '../support/until.js';

interface Stop {
  /** Of the create, in which the delete finds it. */
  readonly step: string;
  readonly name: string;
  /** Keeps the conductor in that step, by the cluster's id. */
  readonly hold: (id: string) => Promise<unknown>;
}

/** Requests are held before Heat or Keystone apply them, and after that before they answer. */
(realCloud ? describe.skip : describe)('races', () => {
  let world: LifecycleEnvironment;
  let conductor: ConductorSwitch;
  let quotas: CloudQuotas;
  let template: string;
  /** Two API processes, as behind a balancer. */
  let apis: readonly ApiClient[];
  beforeAll(async () => {
    // Calls outlast the holds: a request that its sender gave up is another story (what is on its way, see delete's steps).
    world = await startLifecycleEnvironment({ settings: { JEROBOAM_MAX_CLUSTERS_PER_PROJECT: '30', JEROBOAM_DATABASE_POOL_SIZE: '30', JEROBOAM_HTTP_TIMEOUT_SECONDS: '200' } });
    quotas = await cloudQuotas(world.environment.cloud?.auth_url ?? '', world.environment.cloud?.password ?? '');
    await unlimited();
    conductor = conductorSwitch(world);
    template = await world.createTemplate('k8s');
    apis = [world.demo, await secondApi()];
  }, 120_000);
  afterAll(() => world.stop(), 60_000);

  async function unlimited(): Promise<void> {
    await quotas.setCompute({ instances: -1, cores: -1, ram: -1, server_groups: -1 });
    await quotas.setNetwork({ network: -1, subnet: -1, router: -1, port: -1, floatingip: -1, security_group: -1, security_group_rule: -1 });
  }

  async function secondApi(): Promise<ApiClient> {
    const [port, nodePort] = [await freePort(), await freePort()];
    world.environment.startRole('magnum-api', { JEROBOAM_API_LISTEN: `127.0.0.1:${port}`, JEROBOAM_NODE_LISTEN: `127.0.0.1:${nodePort}` });
    const client = clientWithToken(`http://127.0.0.1:${port}`, world.demo.token);
    await until(async () => (await client.call('GET', '/v1/clusters').catch(() => undefined))?.status === 200, { deadlineMs: 60_000, what: 'the second API' });
    return client;
  }

  const apiOf = (index: number): ApiClient => apis[index % apis.length] ?? world.demo;
  const post = (index: number, name: string, clusterTemplate = template): Promise<ApiAnswer> =>
    apiOf(index).call('POST', '/v1/clusters', { name, cluster_template_id: clusterTemplate, node_count: 1 });
  const accepted = (answers: readonly ApiAnswer[]): string[] => answers.filter(({ status }) => status === 202).map(({ body }) => (body as { uuid: string }).uuid);

  describe('a burst of 50 creates, while no conductor runs', () => {
    it("is accepted up to the project's number of clusters, exactly", async () => {
      await conductor.off();
      const answers = await Promise.all(Array.from({ length: 50 }, (_, index) => post(index, `burst-${index}`)));
      const ids = accepted(answers);
      expect(ids).toHaveLength(30);
      const refused = answers.filter(({ status }) => status !== 202);
      expect(refused.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 403));
      expect(JSON.stringify(refused[0]?.body)).toMatch(/quota is 30/);
      // The API goes on answering, and what it took is seen at once.
      const { clusters } = await world.demo.get<{ clusters: { uuid: string; status: string }[] }>('/v1/clusters');
      expect(clusters.map(({ uuid }) => uuid).sort()).toEqual([...ids].sort());
      expect(new Set(clusters.map(({ status }) => status))).toEqual(new Set(['CREATE_IN_PROGRESS']));
      conductor.on();
      await deleteClusters(world, ids, 240_000);
    }, 300_000);

    it("is accepted up to the cloud's quota, exactly: 60 instances hold 30 clusters of two", async () => {
      await conductor.off();
      await quotas.setCompute({ instances: 58 });
      const first = await Promise.all(Array.from({ length: 29 }, (_, index) => post(index, `held-${index}`)));
      expect(accepted(first)).toHaveLength(29);
      const second = await Promise.all(Array.from({ length: 8 }, (_, index) => post(index, `late-${index}`)));
      expect(second.map(({ status }) => status)).toEqual(second.map(() => 409));
      expect(JSON.stringify(second[0]?.body)).toMatch(/instances: 2 needed, 0 available/);
      await unlimited();
      conductor.on();
      await deleteClusters(world, accepted(first), 240_000);
    }, 300_000);
  });

  it('creates of the same name at once are all accepted, as in Magnum: names need not be unique', async () => {
    await conductor.off();
    const ids = accepted(await Promise.all([0, 1, 2, 3].map((index) => post(index, 'twin'))));
    expect(new Set(ids).size).toBe(4);
    expect((await world.demo.call('GET', '/v1/clusters/twin')).status).toBe(409);
    conductor.on();
    await deleteClusters(world, ids, 120_000);
  }, 240_000);

  it('two deletes at once are both accepted and are one; a later one is told that nothing is there', async () => {
    const id = await world.createCluster('twice', template, { node_count: 0 });
    const answers = await Promise.all([0, 1, 2, 3].map((index) => apiOf(index).call('DELETE', `/v1/clusters/${id}`)));
    expect(answers.map(({ status }) => status)).toEqual([204, 204, 204, 204]);
    expect(await untilDeleted(world, [id], 120_000)).toEqual([]);
    const operations: { count: number }[] = await world.database.query(`SELECT count(*)::int AS count FROM operations WHERE cluster_id = $1 AND kind = 'cluster-delete'`, [id]);
    expect(operations).toEqual([{ count: 1 }]);
    expect((await world.demo.call('DELETE', `/v1/clusters/${id}`)).status).toBe(404);
  }, 240_000);

  describe('a template', () => {
    it('is never taken from under a cluster: of a create and a delete at once one wins', async () => {
      await conductor.off();
      const outcomes: string[] = [];
      const ids: string[] = [];
      for (let round = 0; round < 25; round++) {
        const { uuid } = await world.demo.post<{ uuid: string }>('/v1/clustertemplates', { ...templateFields, name: `short-lived-${round}` });
        // The first DELETE comes before, the last one after the create; between them there is no order.
        const remove = (index: number): Promise<ApiAnswer> => apiOf(index).call('DELETE', `/v1/clustertemplates/${uuid}`);
        const [removed, created] = await Promise.all(round % 2 === 0 ? [remove(round), post(round + 1, `racer-${round}`, uuid)] : [delayed(round, () => remove(round)), post(round + 1, `racer-${round}`, uuid)]);
        const isThere = (await world.demo.call('GET', `/v1/clustertemplates/${uuid}`)).status === 200;
        outcomes.push(`${removed.status}/${created.status}/${isThere ? 'kept' : 'gone'}`);
        ids.push(...accepted([created]));
      }
      // 400: the template is used, as Magnum says it · 404: it is gone.
      for (const outcome of outcomes) expect(['204/404/gone', '400/202/kept']).toContain(outcome);
      const orphans: unknown[] = await world.database.query(`SELECT 1 FROM clusters c LEFT JOIN cluster_templates t ON t.id = c.cluster_template_id WHERE t.id IS NULL AND c.deleted_at IS NULL`);
      expect(orphans).toEqual([]);
      conductor.on();
      await deleteClusters(world, ids, 240_000);
    }, 300_000);

    it('that changes while a cluster is made of it changes nothing of the cluster', async () => {
      await conductor.off();
      const { uuid } = await world.demo.post<{ uuid: string }>('/v1/clustertemplates', { ...templateFields, name: 'changing', labels: { auto_healing_enabled: 'true' } });
      const id = await world.createCluster('frozen', uuid);
      const before: { spec: unknown }[] = await world.database.query(`SELECT spec FROM clusters WHERE id = $1`, [id]);
      const patched = await world.demo.call('PATCH', `/v1/clustertemplates/${uuid}`, [{ op: 'replace', path: '/flavor_id', value: 'm1.large' }]);
      // What is used may only be renamed or published.
      expect(patched.status).toBe(400);
      const renamed = await world.demo.call('PATCH', `/v1/clustertemplates/${uuid}`, [{ op: 'replace', path: '/name', value: 'renamed' }]);
      expect(renamed.status).toBe(200);
      expect((await world.demo.call('DELETE', `/v1/clustertemplates/${uuid}`)).status).toBe(400);
      conductor.on();
      expect(await world.settledStatus(id, 120_000)).toEqual({ status: 'CREATE_COMPLETE', reason: null });
      const after: { spec: unknown }[] = await world.database.query(`SELECT spec FROM clusters WHERE id = $1`, [id]);
      expect(after).toEqual(before);
      await deleteClusters(world, [id]);
      expect((await world.demo.call('DELETE', `/v1/clustertemplates/${uuid}`)).status).toBe(204);
    }, 240_000);
  });

  it('a delete that finds a create in any of its steps takes all of it away', async () => {
    const holdRequest = (service: string, method: string, fields: { path?: string; body?: string }, hold: 'before' | 'after'): Promise<unknown> =>
      world.admin('POST', '/faults', { service, method, ...fields, times: 0, action: { hold } });
    const held = (step: string, service: string, method: string, fields: (id: string) => { path?: string; body?: string }): Stop[] =>
      (['before', 'after'] as const).map((hold) => ({ step, name: `${step}-${hold}`, hold: (id) => holdRequest(service, method, fields(id), hold) }));
    const neverBoots = (server: string): Promise<unknown> => world.admin('POST', '/boot-faults', { server_name: `^${server}`, fault: 'never-boots', times: 0 });
    // Names of machines begin with 24 characters of their cluster's name: short ones tell the clusters apart.
    const stops: readonly Stop[] = [
      ...held('create-cluster-user', 'identity', 'POST', (id) => ({ path: '/users$', body: `jeroboam-${id}` })),
      { step: 'create-certificates', name: 'certificates', hold: (id) => world.database.query(`INSERT INTO held_certificates VALUES ($1)`, [id]) },
      ...held('create-infra', 'orchestration', 'POST', (id) => ({ path: '/stacks$', body: `jb-${id}-infra` })),
      ...held('create-groups-and-slots', 'orchestration', 'POST', (id) => ({ path: '/stacks$', body: `jb-${id}-(slot|group)` })),
      ...held('start-nodes', 'orchestration', 'POST', (id) => ({ path: '/stacks$', body: `jb-${id}-node` })),
      { step: 'reach-control-plane', name: 'mute', hold: () => neverBoots('mute-default-master') },
      { step: 'await-nodes', name: 'lame', hold: () => neverBoots('lame-default-worker') },
      { step: 'publish-members', name: 'shy', hold: (id) => world.admin('POST', '/heat-faults', { stack: `jb-${id}-group`, resource: '.*', action: 'UPDATE', stall: true, times: 0 }) },
    ];
    await conductor.off();
    // A transaction that waits for this lock holds the create in its step without any call to the outside.
    await world.database.query(`CREATE TABLE held_certificates (cluster_id uuid)`);
    await world.database.query(`CREATE FUNCTION hold_certificates() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        WHILE EXISTS (SELECT 1 FROM held_certificates h WHERE h.cluster_id = NEW.cluster_id) AND NEW.name LIKE '%etcd%' LOOP PERFORM pg_sleep(0.1); END LOOP;
        RETURN NEW;
      END $$`);
    await world.database.query(`CREATE TRIGGER hold_certificates BEFORE INSERT ON secrets FOR EACH ROW EXECUTE FUNCTION hold_certificates()`);

    const queued = await world.createCluster('queued', template);
    const parked = await Promise.all(stops.map(async (stop) => ({ ...stop, id: await world.createCluster(stop.name, template) })));
    for (const { hold, id } of parked) await hold(id);
    // The first step of a create that is deleted before any conductor saw it.
    await requestDeletion(world.demo, [queued]);
    conductor.on();

    await Promise.all(
      parked.map(async ({ id, step, name }) => {
        await until(async () => (await newestOperation(world.demo, id)).step === step, { deadlineMs: 240_000, everyMs: 200, what: `${name} to come to ${step}` });
        await requestDeletion(world.demo, [id]);
      }),
    );
    for (const kind of ['faults', 'heat-faults', 'boot-faults']) await world.admin('DELETE', `/${kind}`);
    await world.database.query(`DELETE FROM held_certificates`);
    expect(await untilDeleted(world, [queued, ...parked.map(({ id }) => id)], 240_000)).toEqual([]);

    // Every step of the list was met, the first one by the delete that came before it; apply-add-ons has a test of its own, because calls to Kubernetes do not name their cluster.
    const met = new Set(['clear-failed-attempt', 'apply-add-ons', ...stops.map(({ step }) => step)]);
    expect(createOperation.steps.map(({ name }) => name).filter((name) => !met.has(name))).toEqual([]);
  }, 600_000);

  it('a delete that finds the add-ons being applied takes the cluster away', async () => {
    await world.admin('POST', '/faults', { service: 'kubernetes', path: 'flannel', times: 0, action: { hold: 'before' } });
    const last = await world.createCluster('add-ons', template);
    await until(async () => (await newestOperation(world.demo, last)).step === 'apply-add-ons', { deadlineMs: 200_000, everyMs: 200, what: 'the add-ons to be applied' });
    await requestDeletion(world.demo, [last]);
    await world.admin('DELETE', '/faults');
    expect(await untilDeleted(world, [last], 120_000)).toEqual([]);
  }, 400_000);
});

/** Some rounds let the create come a little further before the template is deleted. */
async function delayed<T>(milliseconds: number, work: () => Promise<T>): Promise<T> {
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
  return work();
}
