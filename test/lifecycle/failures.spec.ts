import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { startLifecycleEnvironment, type LifecycleEnvironment } from '../support/lifecycle-environment.js';
import { patience, realCloud } from '../support/real-cloud.js';
import { until } from '../support/until.js';

interface OperationView {
  readonly uuid: string;
  readonly kind: string;
  readonly state: string;
  readonly waiting_for: string | null;
  readonly failure: string | null;
}

/** The lab's machines are the simulator's too, and its services are ended by jobs of its own. */
const itOnSimulator = realCloud ? it.skip : it;

describe('a create that cannot succeed', () => {
  let world: LifecycleEnvironment;
  let template: string;
  beforeAll(async () => {
    world = await startLifecycleEnvironment({ processes: 'all' });
    template = await world.createTemplate('k8s');
  }, 120_000 * patience);
  afterAll(() => world.stop(), 60_000 * patience);
  afterEach(async () => {
    if (realCloud) return;
    await world.admin('DELETE', '/boot-faults');
    await world.admin('DELETE', '/heat-faults');
    await world.admin('DELETE', '/faults');
  });

  const newestOperation = async (id: string): Promise<OperationView> => {
    const { operations } = await world.demo.get<{ operations: OperationView[] }>(`/v1/clusters/${id}/operations`);
    const newest = operations.at(-1);
    if (!newest) throw new Error('the cluster has no operation');
    return newest;
  };

  const retry = async (id: string): Promise<void> => {
    const answer = await world.demo.call('POST', `/v1/operations/${(await newestOperation(id)).uuid}/actions/retry`, {});
    expect(answer.status).toBe(202);
  };

  const deleteCluster = async (id: string): Promise<void> => {
    await world.demo.call('DELETE', `/v1/clusters/${id}`);
    expect((await world.settledStatus(id)).status).toBe('DELETE_COMPLETE');
    expect(await world.leftovers()).toEqual([]);
  };

  it('names the resource that Heat could not make, and completes by retry once the cause is gone', async () => {
    const { id, because, lift } = await world.createWithoutRouter(() => world.createCluster('no-router', template));
    const { status, reason } = await world.settledStatus(id);
    expect(status).toBe('CREATE_FAILED');
    expect(reason).toMatch(/router.*retry/s);
    expect(reason).toMatch(because);
    expect(await newestOperation(id)).toMatchObject({ kind: 'cluster-create', state: 'failed', failure: reason });

    await lift();
    await retry(id);
    expect(await world.settledStatus(id)).toEqual({ status: 'CREATE_COMPLETE', reason: null });
    await deleteCluster(id);
  }, 120_000 * patience);

  itOnSimulator('names the server that Nova shows in ERROR long before the boot deadline, and a retry replaces it', async () => {
    await world.admin('POST', '/boot-faults', { server_name: 'broken-default-worker', fault: 'never-boots', times: 1 });
    const id = await world.createCluster('broken', template);
    const bootingServer = async (): Promise<string | null | undefined> => {
      const rows: { server_id: string | null }[] = await world.database.query(`SELECT server_id FROM nodes WHERE cluster_id = $1 AND name LIKE 'broken-default-worker-%' AND phase = 'booting'`, [id]);
      return rows[0]?.server_id;
    };
    await until(async () => Boolean(await bootingServer()), { deadlineMs: 30_000, what: 'the worker to boot' });
    await world.breakServer((await bootingServer()) ?? '');
    const { status, reason } = await world.settledStatus(id);
    expect(status).toBe('CREATE_FAILED');
    expect(reason).toMatch(/broken-default-worker-\w+: its server [0-9a-f-]+ is in ERROR: .*retry/s);
    await retry(id);
    expect(await world.settledStatus(id)).toEqual({ status: 'CREATE_COMPLETE', reason: null });
    await deleteCluster(id);
  }, 120_000);

  const ledgerOf = (id: string, name: string): Promise<{ state: string; intended_at: Date }[]> =>
    world.database.query(`SELECT state, intended_at FROM external_resources WHERE cluster_id = $1 AND name LIKE $2`, [id, name]);

  itOnSimulator('closes the ledger line of a stack that was refused, so that delete need not look for it', async () => {
    await world.admin('POST', '/faults', { service: 'orchestration', method: 'POST', path: '/stacks$', body: '-infra', action: { status: 403, body: { title: 'Forbidden' } } });
    const id = await world.createCluster('refused', template);
    expect((await world.settledStatus(id)).status).toBe('CREATE_FAILED');
    expect(await ledgerOf(id, '%-infra')).toMatchObject([{ state: 'gone' }]);
    await deleteCluster(id);
  }, 120_000);

  itOnSimulator('renews the ledger line of a stack before each further attempt, because delete looks for it from then on', async () => {
    await world.admin('POST', '/faults', { service: 'orchestration', method: 'POST', path: '/stacks$', body: '-infra', action: { status: 429, headers: { 'Retry-After': '1' } } });
    const id = await world.createCluster('throttled', template, { node_count: 0 });
    expect(await world.settledStatus(id)).toEqual({ status: 'CREATE_COMPLETE', reason: null });
    const requests = (await world.admin('GET', '/requests')) as { status: number; at: string }[];
    const refusedAt = requests.findLast((request) => request.status === 429)?.at;
    const [line] = await ledgerOf(id, '%-infra');
    expect(line?.intended_at.getTime()).toBeGreaterThan(Date.parse(refusedAt ?? ''));
    await deleteCluster(id);
  }, 120_000);

  it('refuses to retry what has not failed', async () => {
    const id = await world.createCluster('fine', template, { node_count: 0 });
    await world.settledStatus(id);
    const answer = await world.demo.call('POST', `/v1/operations/${(await newestOperation(id)).uuid}/actions/retry`, {});
    expect(answer.status).toBe(409);
    await deleteCluster(id);
  }, 120_000 * patience);
});
