import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createOperation } from '../../src/conductor/create/create.operation.js';
import { startLifecycleEnvironment, templateFields, type LifecycleEnvironment } from '../support/lifecycle-environment.js';
import { until } from '../support/until.js';
import { keepAllSecrets, plainSecrets } from './cluster-secrets.js';
import { parseExposition, type Family } from './exposition.js';
import { logLines, logText, untilLogged } from './process-log.js';

const roles = ['magnum-api', 'conductor'] as const;

describe('one create, as an operator sees it', () => {
  let world: LifecycleEnvironment;
  let clusterId: string;
  let operationId: string;
  let requestId: string;
  let metricsUrls: Record<string, string>;

  beforeAll(async () => {
    world = await startLifecycleEnvironment({ settings: { JEROBOAM_METRICS_LISTEN: '127.0.0.1:0' } });
    await keepAllSecrets(world.database);
    const template = await world.createTemplate('observed');
    const accepted = await world.demo.call('POST', '/v1/clusters', { name: 'observed', cluster_template_id: template, node_count: 1, keypair: templateFields.keypair_id });
    expect(accepted.status).toBe(202);
    clusterId = (accepted.body as { uuid: string }).uuid;
    requestId = accepted.headers.get('x-openstack-request-id') ?? '';
    expect(await world.settledStatus(clusterId)).toEqual({ status: 'CREATE_COMPLETE', reason: null });
    const { operations } = await world.demo.get<{ operations: { uuid: string }[] }>(`/v1/clusters/${clusterId}/operations`);
    operationId = operations[0]?.uuid ?? '';
    await untilLogged(world.environment, 'conductor', (line) => line['outcome'] === 'succeeded', 'the last turn of the create');
    const urlOf = async (role: string): Promise<[string, string]> => [
      role,
      String((await untilLogged(world.environment, role, (line) => line['metrics'] !== undefined, `${role} to be ready`))['metrics']),
    ];
    metricsUrls = Object.fromEntries(await Promise.all(roles.map(urlOf)));
  }, 180_000);
  afterAll(() => world.stop(), 60_000);

  it('is told turn by turn, each line with its cluster, operation, step and request', () => {
    const turns = logLines(world.environment, 'conductor').filter(({ message }) => message === 'Turn begins' || message === 'Turn ends');
    expect(turns.filter((line) => line['clusterId'] !== clusterId || line['operationId'] !== operationId || line['requestId'] !== requestId || typeof line['step'] !== 'string')).toEqual([]);
    const ends = turns.filter(({ message }) => message === 'Turn ends');
    expect(ends.filter(({ because, ms }) => typeof because !== 'string' || because === '' || typeof ms !== 'number')).toEqual([]);
    const entered = ends.filter(({ outcome }) => outcome === 'entered').map(({ toStep }) => toStep);
    expect(entered).toEqual(createOperation.steps.slice(1).map(({ name }) => name));
    expect(ends.some(({ outcome, because }) => outcome === 'waiting' && String(because).startsWith('waiting for '))).toBe(true);
    expect(ends.at(-1)).toMatchObject({ outcome: 'succeeded' });
  });

  it('is followed by one id from the request to what OpenStack was asked for', async () => {
    const answered = logLines(world.environment, 'magnum-api').find((line) => line['method'] === 'POST' && line['route'] === '/v1/clusters');
    expect(answered).toMatchObject({ message: 'Answered', requestId, status: 202, userId: expect.any(String), projectId: expect.any(String), ms: expect.any(Number) });
    // The request's own look-ups, and the conductor's calls.
    for (const role of roles) {
      const calls = logLines(world.environment, role).filter(({ message, requestId: of }) => message === 'Called OpenStack' && of === requestId);
      expect(calls.length).toBeGreaterThan(0);
      for (const call of calls) {
        expect(call).toMatchObject({ level: 20, service: expect.any(String), method: expect.any(String), path: expect.stringMatching(/^\//), ms: expect.any(Number) });
      }
      if (role === 'conductor') expect(calls.filter((line) => line['clusterId'] !== clusterId || typeof line['step'] !== 'string')).toEqual([]);
    }
    const seen = (await world.admin('GET', '/requests?since=0')) as { service: string; method: string; path: string; request_id: string | null }[];
    const made = seen.filter(({ service, method, path }) => service === 'orchestration' && method === 'POST' && /\/stacks$/.test(path));
    expect(made.length).toBeGreaterThan(0);
    expect(made.filter(({ request_id: sent }) => sent !== requestId)).toEqual([]);
  });

  it('names the node and the cluster in what machines ask for', () => {
    const lines = logLines(world.environment, 'magnum-api').filter(({ message, route }) => message === 'Answered a node' && route === '/v1/bootstrap/progress');
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.filter((line) => line['clusterId'] !== clusterId || typeof line['nodeId'] !== 'string')).toEqual([]);
  });

  it('shows no secret of the cluster, no password and no token', async () => {
    const logs = roles.map((role) => logText(world.environment, role)).join('');
    const secrets = await plainSecrets(world.database, world.environment.logFolder);
    // All kinds are there, or the search would find nothing because it looks for nothing.
    const kinds = new Set(secrets.map(({ from }) => from.split('/', 1)[0]));
    expect([...kinds]).toEqual(expect.arrayContaining(['kubernetes-ca', 'etcd-ca', 'service-account-key', 'cluster-user-password', 'claim-token', 'bootstrap-token', 'payload', 'the sealing key']));
    const others = [world.demo.token, world.environment.cloud?.password ?? ''].map((secret) => ({ from: 'a person', secret }));
    expect([...secrets, ...others].filter(({ secret }) => secret.length === 0 || logs.includes(secret)).map(({ from }) => from)).toEqual([]);
  });

  const scrape = async (role: string): Promise<Map<string, Family>> => {
    const answer = await fetch(`${metricsUrls[role] ?? ''}/metrics`);
    expect(answer.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
    return parseExposition(await answer.text());
  };
  const sumOf = (family: Family | undefined, labels: Readonly<Record<string, string>>, suffix = ''): number =>
    (family?.samples ?? [])
      .filter((sample) => sample.name === `${family?.name ?? ''}${suffix}` && Object.entries(labels).every(([name, value]) => sample.labels[name] === value))
      .reduce((sum, { value }) => sum + value, 0);

  it('is counted in both processes', async () => {
    const conductor = await scrape('conductor');
    const turns = conductor.get('jeroboam_turn_duration_seconds');
    for (const { name: step } of createOperation.steps) expect(sumOf(turns, { kind: 'cluster-create', step }, '_count')).toBeGreaterThan(0);
    expect(sumOf(conductor.get('jeroboam_operations_ended_total'), { kind: 'cluster-create', state: 'succeeded' })).toBe(1);
    expect(sumOf(conductor.get('jeroboam_outgoing_call_duration_seconds'), { service: 'heat', method: 'POST', status: '2xx' }, '_count')).toBeGreaterThan(0);
    expect(sumOf(conductor.get('jeroboam_outgoing_call_duration_seconds'), { service: 'kubernetes', status: '2xx' }, '_count')).toBeGreaterThan(0);
    expect(sumOf(conductor.get('jeroboam_sweeps_total'), { outcome: 'done' })).toBeGreaterThan(0);
    expect(sumOf(conductor.get('jeroboam_wake_ups_total'), { outcome: 'taken' })).toBeGreaterThan(0);
    const api = await scrape('magnum-api');
    expect(sumOf(api.get('jeroboam_http_request_duration_seconds'), { listener: 'magnum-api', method: 'POST', route: '/v1/clusters', status: '202' }, '_count')).toBe(1);
    expect(sumOf(api.get('jeroboam_http_request_duration_seconds'), { listener: 'node-api', route: '/v1/bootstrap/claim', status: '200' }, '_count')).toBeGreaterThan(0);
    expect(sumOf(api.get('jeroboam_cache_reads_total'), { cache: 'lookups', result: 'asked' })).toBeGreaterThan(0);
    for (const families of [conductor, api]) expect(sumOf(families.get('jeroboam_build_info'), { version: '0.1.0' })).toBe(1);
    // The gauges are shared by scrapes of some seconds, so what they say of the end may come a little later.
    await until(
      async () => {
        const families = await scrape('magnum-api');
        const isThere = (name: string, labels: Readonly<Record<string, string>>, value: number): boolean => sumOf(families.get(name), labels) === value;
        return isThere('jeroboam_database_up', {}, 1) && isThere('jeroboam_clusters', { status: 'CREATE_COMPLETE' }, 1) && isThere('jeroboam_nodes', { phase: 'ready' }, 2) && isThere('jeroboam_operations', {}, 0);
      },
      { what: 'the gauges to show one complete cluster of two ready nodes' },
    );
    const stacksInLedger = async (): Promise<number> => sumOf((await scrape('conductor')).get('jeroboam_ledger_lines'), { type: 'heat-stack', state: 'present' });
    await until(async () => (await stacksInLedger()) === 6, { what: 'the ledger to show the six stacks of the cluster' });
  });

  it('has no id among the labels, whatever a client asks for', async () => {
    await fetch(`${world.environment.apiUrl}/v1/clusters/${clusterId}/nothing-here`);
    await fetch(`${world.environment.apiUrl}/v1/${'x'.repeat(40)}`, { method: 'PROPFIND' });
    for (const role of roles) {
      const values = [...(await scrape(role)).values()].flatMap(({ samples }) => samples).flatMap(({ labels }) => Object.values(labels));
      expect(values.filter((value) => /[0-9a-f]{8}-[0-9a-f]{4}|xxxx|PROPFIND|nothing-here/.test(value))).toEqual([]);
    }
  });

  it('has exactly the metrics that docs/operations.md lists', async () => {
    const text = readFileSync(fileURLToPath(new URL('../../docs/operations.md', import.meta.url)), 'utf8');
    const documented = [...text.matchAll(/^\| `(jeroboam_[a-z_]+)` \| (\w+) \|([^|]*)\|/gm)].map(([, name = '', type = '', labels = '']) => `${name} ${type} ${labels.replaceAll('`', '').trim()}`);
    const labelsOf = (samples: Family['samples']): string[] => [...new Set(samples.flatMap(({ labels }) => Object.keys(labels)))].filter((name) => name !== 'le').sort();
    const families = await Promise.all(roles.map(scrape));
    const real = new Map<string, { type: string; labels: Set<string> }>();
    for (const { name, type, samples } of families.flatMap((map) => [...map.values()])) {
      if (!name.startsWith('jeroboam_')) continue;
      const known = real.get(name) ?? { type, labels: new Set() };
      for (const label of labelsOf(samples)) known.labels.add(label);
      real.set(name, known);
    }
    const written = documented.map((line) => line.split(' ', 2).join(' ')).sort();
    expect(written).toEqual([...real].map(([name, { type }]) => `${name} ${type}`).sort());
    // Labels of what has not happened here are not seen; those that are seen are the documented ones.
    for (const line of documented) {
      const [name = '', , ...labels] = line.split(/[ ,]+/);
      const seen = [...(real.get(name)?.labels ?? [])].sort();
      if (seen.length > 0) expect({ name, labels: labels.sort() }).toEqual({ name, labels: seen });
    }
  });

  it('is healthy, and says so', async () => {
    for (const role of roles) {
      const answer = await fetch(`${metricsUrls[role] ?? ''}/healthz`);
      expect({ role, status: answer.status, text: await answer.text() }).toEqual({ role, status: 200, text: 'ok\n' });
    }
    expect((await fetch(`${metricsUrls['conductor'] ?? ''}/`)).status).toBe(404);
    expect((await fetch(`${metricsUrls['conductor'] ?? ''}/metrics`, { method: 'POST' })).status).toBe(405);
  });
});
