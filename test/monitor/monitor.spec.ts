import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { CloudSession } from '../support/cloud-session.js';
import { startInvariantMonitor, type InvariantMonitor } from '../support/invariant-monitor.js';
import { startTestDatabase, type TestDatabase } from '../support/postgres.js';
import { startSimulatedCloud, type SimulatedCloud } from '../support/simulated-cloud.js';
import { startMs } from '../support/start-ms.js';
import { systemEnvironment } from '../support/system-environment.js';
import { until } from '../support/until.js';

/** A cloud and a database without the product: every harm is done by hand, and the monitor has to see it. */
describe('the invariant monitor', () => {
  let cloud: SimulatedCloud;
  let database: TestDatabase;
  let monitor: InvariantMonitor;
  let folder: string;
  let demo: CloudSession;
  let admin: CloudSession;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'jeroboam-monitor-'));
    [cloud, database] = await Promise.all([startSimulatedCloud(), startTestDatabase()]);
    monitor = await startInvariantMonitor({ adminUrl: cloud.adminUrl, databaseUrl: database.url, system: systemEnvironment(), folder });
    demo = await CloudSession.logIn(cloud.authUrl, { user: 'demo', password: cloud.password, project: 'demo' });
    admin = await CloudSession.logIn(cloud.authUrl, { user: 'admin', password: cloud.password, project: 'admin' });
  }, startMs);
  afterEach(async () => {
    await monitor.stop();
    await cloud.stop();
    await database.stop();
    rmSync(folder, { recursive: true, force: true });
  }, startMs);

  const sees = (rule: string): Promise<void> =>
    until(() => monitor.verdict().violations.some((violation) => violation.rule === rule), { deadlineMs: 60_000, what: `the monitor to see ${rule}` });
  const query = (sql: string, values: unknown[] = []): Promise<unknown> => database.dataSource.query(sql, values);

  async function insertCluster(id: string, deleted = false): Promise<void> {
    await query(
      `INSERT INTO clusters (id, project_id, user_id, name, cluster_template_id, floating_ip_enabled, master_lb_enabled, status, spec, deleted_at)
       VALUES ($1, $2, 'somebody', 'harmed', $3, false, false, 'CREATE_COMPLETE', '{}', CASE WHEN $4 THEN now() END)`,
      [id, demo.projectId, randomUUID(), deleted],
    );
  }
  async function insertNode(clusterId: string, name: string): Promise<void> {
    const group = randomUUID();
    await query(
      `INSERT INTO node_groups (id, cluster_id, project_id, name, role, is_default, node_count, image_id, status) VALUES ($1, $2, $3, 'default-worker', 'worker', true, 1, 'image', 'CREATE_COMPLETE')`,
      [group, clusterId, demo.projectId],
    );
    await query(
      `INSERT INTO nodes (id, cluster_id, node_group_id, name, role, boot_mode, phase, image_id, flavor_id, member_index) VALUES ($1, $2, $3, $4, 'worker', 'join', 'booting', 'image', 'flavor', 0)`,
      [randomUUID(), clusterId, group, name],
    );
  }
  async function insertOperation(clusterId: string, kind: string): Promise<void> {
    await query(`INSERT INTO operations (id, cluster_id, project_id, kind, state) VALUES ($1, $2, $3, $4, 'running')`, [randomUUID(), clusterId, demo.projectId, kind]);
  }
  async function createServer(name: string): Promise<string> {
    const { images } = await demo.get<{ images: { id: string }[] }>('image', '/v2/images?name=ubuntu-2404-kube-v1.32.4');
    const { flavors } = await demo.get<{ flavors: { id: string }[] }>('compute', '/flavors');
    const { networks } = await demo.get<{ networks: { id: string }[] }>('network', '/v2.0/networks?name=private');
    const wanted = { name, imageRef: images[0]?.id, flavorRef: flavors[0]?.id, networks: [{ uuid: networks[0]?.id }] };
    return (await demo.must<{ server: { id: string } }>('compute', 'POST', '/servers', { server: wanted })).server.id;
  }
  const createStack = (clusterId: string): Promise<unknown> =>
    demo.must('orchestration', 'POST', '/stacks', {
      stack_name: `jb-${clusterId}-infra`,
      tags: `jeroboam,jeroboam-cluster-${clusterId}`,
      template: { heat_template_version: '2018-08-31', resources: {} },
    });

  it('says nothing of a world in which all is well, and how much it has seen', async () => {
    const id = randomUUID();
    await insertCluster(id);
    await createServer('somebody-elses');
    await query(`INSERT INTO external_resources (id, cluster_id, operation_id, step, type, name, state, attempt) VALUES ($1, $2, $1, 'step', 'heat-stack', $3, 'intended', 1)`, [
      randomUUID(),
      id,
      `jb-${id}-infra`,
    ]);
    await createStack(id);
    expect(await monitor.stop()).toBeUndefined();
    const { summary } = monitor.verdict();
    expect(summary).toMatchObject({ violations: 0, seen: { clusters: 1, servers: 1, stacks: 1 } });
    expect(summary?.samples).toBeGreaterThan(1);
  });

  it('sees two servers of one node', async () => {
    const id = randomUUID();
    await insertCluster(id);
    await insertNode(id, 'node-twice');
    await createServer('node-twice');
    await createServer('node-twice');
    await sees('duplicate-server');
    expect(await monitor.stop()).toMatch(/invariant 3 \(duplicate-server\): 2 servers have the name node-twice/);
  });

  it('sees a stack and a user that the ledger does not know', async () => {
    const id = randomUUID();
    await insertCluster(id);
    await createStack(id);
    await admin.must('identity', 'POST', '/users', { user: { name: `jeroboam-${id}`, password: 'Secret-1', domain_id: 'default' } });
    await sees('not-in-ledger');
    const complaint = await monitor.stop();
    expect(complaint).toMatch(/invariant 6 \(not-in-ledger\): stack jb-/);
    expect(complaint).toMatch(/invariant 6 \(not-in-ledger\): user jeroboam-/);
  });

  it('sees what is made after the cluster was deleted', async () => {
    const id = randomUUID();
    await insertCluster(id, true);
    await createStack(id);
    await sees('left-after-delete');
  });

  it('sees two active operations of a cluster, and that nothing forbids them', async () => {
    const id = randomUUID();
    await insertCluster(id);
    await query('DROP INDEX uq_operations_one_active');
    await sees('one-active-operation-guard');
    await insertOperation(id, 'cluster-create');
    await insertOperation(id, 'cluster-delete');
    await sees('one-active-operation');
  });

  it('sees what the product makes outside of stacks', async () => {
    const service = await CloudSession.logIn(cloud.authUrl, { user: 'jeroboam', password: cloud.password, project: 'service' });
    await service.must('volumev3', 'POST', '/volumes', { volume: { size: 1 } });
    await sees('made-outside-stacks');
  });

  it('forgives harm that was announced', async () => {
    const id = randomUUID();
    await insertCluster(id);
    monitor.allow('not-in-ledger');
    await createStack(id);
    expect(await monitor.stop()).toBeUndefined();
    expect(monitor.verdict().summary?.violations).toBe(1);
  });

  it('takes a cloud that is away for a gap and not for a violation', async () => {
    await createServer('somebody-elses');
    await cloud.stop();
    expect(await monitor.stop()).toBeUndefined();
    expect(monitor.verdict().summary?.gaps).toBeGreaterThan(0);
  });

  it('is missed when it dies', async () => {
    const died = new Promise((resolve) => monitor.process.once('exit', resolve));
    monitor.process.kill('SIGKILL');
    await died;
    expect(await monitor.stop()).toBe('The invariant monitor ended without a verdict.');
  });
});
