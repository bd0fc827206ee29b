import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Child } from '../../src/launch/child.js';
import { startLifecycleEnvironment, templateFields, type LifecycleEnvironment } from '../support/lifecycle-environment.js';
import { until } from '../support/until.js';
import { holdNext } from './held-request.js';
import { logLines } from './process-log.js';

const childOf = ({ environment }: LifecycleEnvironment, role: string): Child => {
  const child = environment.servers[role];
  if (!child) throw new Error(`there is no ${role}`);
  return child;
};
const exitOf = async ({ ended, process }: Child): Promise<number | null> => {
  await ended;
  return process.exitCode;
};
/** Lines of one process among those of its role. */
const saidBy = (world: LifecycleEnvironment, role: string, { process }: Child, message: string): number =>
  logLines(world.environment, role).filter((line) => line['pid'] === process.pid && line.message === message).length;

describe('SIGTERM, where neither a lease nor a sweep would come to help within the hour', () => {
  let world: LifecycleEnvironment;
  let template: string;
  beforeAll(async () => {
    world = await startLifecycleEnvironment({
      settings: { JEROBOAM_LEASE_SECONDS: '3600', JEROBOAM_SWEEP_SECONDS: '3600', JEROBOAM_HTTP_TIMEOUT_SECONDS: '120', JEROBOAM_SHUTDOWN_GRACE_SECONDS: '120' },
    });
    template = await world.createTemplate('stopped');
  }, 120_000);
  afterAll(() => world.stop(), 60_000);

  it('lets a conductor end its turn and give the operation to the other one', async () => {
    const first = childOf(world, 'conductor');
    const held = await holdNext(world, { service: 'identity', method: 'POST', path: '^/v3/users$' });
    const id = await world.createCluster('handed-on', template);
    await held.untilHeld();
    const second = world.environment.startRole('conductor');
    await until(() => saidBy(world, 'conductor', second, 'Conductor is ready') === 1, { deadlineMs: 60_000, what: 'the second conductor' });
    first.process.kill('SIGTERM');
    await until(() => saidBy(world, 'conductor', first, 'Stopping') === 1, { what: 'the first conductor to begin to stop' });
    await held.release();
    expect(await exitOf(first)).toBe(0);
    expect(saidBy(world, 'conductor', first, 'Operation given back')).toBe(1);
    expect(await world.settledStatus(id, 120_000)).toEqual({ status: 'CREATE_COMPLETE', reason: null });
    const [row]: { fence: number }[] = await world.database.query(`SELECT fence FROM operations WHERE cluster_id = $1`, [id]);
    const begun = logLines(world.environment, 'conductor').filter((line) => line['clusterId'] === id && line.message === 'Turn begins');
    // One holder after the other, and the first took no turn after it was told to stop.
    const holders = begun.map((line) => line['pid']);
    expect(new Set(holders)).toEqual(new Set([first.process.pid, second.process.pid]));
    expect(holders.lastIndexOf(first.process.pid)).toBeLessThan(holders.indexOf(second.process.pid));
    expect(row?.fence).toBeGreaterThan(1);
  }, 240_000);

  it('lets magnum-api answer what it has begun, ends streams, and takes nothing new', async () => {
    const watched = await world.createCluster('watched', template);
    const stream = await fetch(`${world.environment.apiUrl}/v1/clusters/${watched}/events`, { headers: { 'X-Auth-Token': world.demo.token, Accept: 'text/event-stream' } });
    expect(stream.status).toBe(200);
    const streamed = stream.text();
    // Its regular end, with an open stream and idle connections: it waits for neither. The next one has looked nothing up yet.
    const api = childOf(world, 'magnum-api');
    api.process.kill('SIGTERM');
    expect(await exitOf(api)).toBe(0);
    expect(await streamed).toMatch(/^retry: \d+\n\n/);
    const current = world.environment.startRole('magnum-api');
    await until(isListening, { deadlineMs: 60_000, what: 'a new magnum-api' });

    const held = await holdNext(world, { service: 'compute', method: 'GET', path: '/os-keypairs/demo$' });
    const fields = { name: 'last', cluster_template_id: template, node_count: 1, keypair: templateFields.keypair_id };
    const answering = world.demo.call('POST', '/v1/clusters', fields);
    await held.untilHeld();
    current.process.kill('SIGTERM');
    await until(async () => !(await isListening()), { deadlineMs: 60_000, what: 'the listener to close' });
    await held.release();
    const answer = await answering;
    expect(answer.status).toBe(202);
    expect(answer.headers.get('connection')).toBe('close');
    expect(await exitOf(current)).toBe(0);
    const { uuid } = answer.body as { uuid: string };
    expect(await world.database.query(`SELECT count(*)::int AS count FROM operations WHERE cluster_id = $1`, [uuid])).toEqual([{ count: 1 }]);
    world.environment.startRole('magnum-api');
    await until(isListening, { deadlineMs: 60_000, what: 'a new magnum-api' });
    expect(await world.settledStatus(uuid, 120_000)).toEqual({ status: 'CREATE_COMPLETE', reason: null });
  }, 240_000);

  const isListening = (): Promise<boolean> =>
    fetch(`${world.environment.apiUrl}/healthcheck`, { headers: { Connection: 'close' } }).then(
      (answer) => answer.ok,
      () => false,
    );
});

describe('a stop that does not end in time', () => {
  let world: LifecycleEnvironment;
  let template: string;
  let all: Child;
  beforeAll(async () => {
    world = await startLifecycleEnvironment({ processes: 'all', settings: { JEROBOAM_HTTP_TIMEOUT_SECONDS: '120', JEROBOAM_SHUTDOWN_GRACE_SECONDS: '3' } });
    template = await world.createTemplate('cut');
    all = childOf(world, 'all');
  }, 120_000);
  afterAll(() => world.stop(), 60_000);

  it.each([
    { name: 'by-grace', how: 'the grace runs out', signals: ['SIGTERM'], because: 'the grace of 3 s is over' },
    { name: 'by-signal', how: 'a second signal comes', signals: ['SIGTERM', 'SIGINT'], because: 'a second signal (SIGINT)' },
  ] as const)('is cut when $how, and the next process goes on after the lease', async ({ name, signals, because }) => {
    const held = await holdNext(world, { service: 'orchestration', method: 'POST', path: '/stacks$' });
    const id = await world.createCluster(name, template);
    await held.untilHeld();
    for (const [count, signal] of signals.entries()) {
      all.process.kill(signal);
      if (count === 0) await until(() => saidBy(world, 'all', all, 'Stopping') === 1, { what: 'the process to begin to stop' });
    }
    expect(await exitOf(all)).toBe(1);
    expect(logLines(world.environment, 'all').filter((line) => line['pid'] === all.process.pid).at(-1)).toMatchObject({ message: 'Not everything has ended; exiting', because });
    await held.release();
    all = world.environment.startRole('all');
    await until(() => saidBy(world, 'all', all, 'Jeroboam is ready') === 1, { deadlineMs: 60_000, what: 'the next process' });
    expect(await world.settledStatus(id, 120_000)).toEqual({ status: 'CREATE_COMPLETE', reason: null });
    const { servers } = await world.existing();
    expect(servers.filter((server) => server.startsWith(name))).toHaveLength(2);
  }, 240_000);

  it('ends cleanly with nothing to do, and says so', async () => {
    all.process.kill('SIGTERM');
    expect(await exitOf(all)).toBe(0);
    expect(saidBy(world, 'all', all, 'Stopped')).toBe(1);
  }, 60_000);
});
