import { X509Certificate } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { adminRequest } from '../../src/cli/admin-request.js';
import { startLifecycleEnvironment, type LifecycleEnvironment } from '../support/lifecycle-environment.js';
import { Coe } from './coe.js';

type Fields = Record<string, unknown>;

const template = ['cluster', 'template', 'create', 'k8s', '--coe', 'kubernetes', '--image', 'ubuntu-2404-kube-v1.32.4', '--external-network', 'public'];

/** The tests follow one cluster through its life, in order. */
describe('the main job with coe', () => {
  let world: LifecycleEnvironment;
  let coe: Coe;
  let folder: string;
  let id: string;
  beforeAll(async () => {
    world = await startLifecycleEnvironment({ processes: 'all' });
    coe = new Coe(world.environment);
    folder = mkdtempSync(join(tmpdir(), 'jeroboam-coe-'));
  }, 120_000);
  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    await world.stop();
  }, 60_000);

  it('makes a template: the record on stdout, words for people on stderr', async () => {
    const { status, stdout, stderr } = await coe.run(...template, '--flavor', 'm1.small', '--master-flavor', 'm1.small', '--keypair', 'demo', '--labels', 'a=1,b=2', '-f', 'json');
    expect({ status, stderr }).toEqual({ status: 0, stderr: 'Cluster template k8s was made.\n' });
    const made = JSON.parse(stdout) as Fields;
    expect(made).toMatchObject({ name: 'k8s', coe: 'kubernetes', flavor_id: 'm1.small', labels: { a: '1', b: '2' }, dns_nameserver: '8.8.8.8', docker_storage_driver: 'overlay2', keypair_id: 'demo', driver: 'k8s-ubuntu' });
    expect(await world.demo.get('/v1/clustertemplates/k8s')).toMatchObject(made);
    expect(await coe.json('cluster', 'template', 'show', 'k8s')).toEqual(made);
  });

  it('makes a cluster and waits until it is ready', async () => {
    const { status, stdout, stderr } = await coe.run('cluster', 'create', 'blue', '--cluster-template', 'k8s', '--node-count', '1', '--wait');
    // Which steps are seen depends on when they are looked at; that there is progress before the end does not.
    const steps = [...stderr.matchAll(/^cluster-create: ([a-z-]+)/gm)].map(([, step]) => step);
    expect(new Set(steps).size).toBeGreaterThan(1);
    expect(stderr).toMatch(/succeeded\)\n$/);
    expect(status).toBe(0);
    id = /^Request to create cluster (\S+) accepted\.\n$/.exec(stdout)?.[1] ?? '';
    expect(await world.settledStatus(id)).toEqual({ status: 'CREATE_COMPLETE', reason: null });
  }, 120_000);

  it('shows it as the API does, by name and by id', async () => {
    const answered = await world.demo.get<Fields>(`/v1/clusters/${id}`);
    const shown = await coe.json<Fields>('cluster', 'show', 'blue');
    // A field that the server did not send is shown empty.
    expect(shown).toEqual(Object.fromEntries(Object.keys(shown).map((name) => [name, answered[name] ?? (name in answered ? null : '')])));
    expect(Object.keys(shown)).toHaveLength(33);
    expect(await coe.json('cluster', 'show', id)).toEqual(shown);
    expect(await coe.json('cluster', 'list')).toEqual([{ uuid: id, name: 'blue', keypair: 'demo', node_count: 1, master_count: 1, status: 'CREATE_COMPLETE', health_status: null }]);
  });

  it('lists its groups and machines', async () => {
    const groups = await coe.json<Fields[]>('nodegroup', 'list', 'blue');
    expect(groups.map(({ name, role, node_count }) => ({ name, role, node_count }))).toEqual([
      { name: 'default-master', role: 'master', node_count: 1 },
      { name: 'default-worker', role: 'worker', node_count: 1 },
    ]);
    expect(await coe.json('nodegroup', 'show', 'blue', 'default-worker')).toMatchObject({ cluster_id: id, is_default: true, node_count: 1 });
    const nodes = await coe.json<Fields[]>('node', 'list', 'blue');
    const { nodes: answered } = await world.demo.get<{ nodes: Fields[] }>(`/v1/clusters/${id}/nodes`);
    expect(nodes.map(({ name, phase }) => ({ name, phase }))).toEqual(answered.map(({ name }) => ({ name, phase: 'ready' })));
  });

  it('tells the history of its operation', async () => {
    const [operation] = await coe.json<Fields[]>('operation', 'list', 'blue');
    expect(operation).toMatchObject({ kind: 'cluster-create', state: 'succeeded', attempt: 1 });
    const uuid = String(operation?.['uuid']);
    expect(await coe.json('operation', 'show', uuid)).toMatchObject({ uuid, cluster_uuid: id, events: expect.arrayContaining([expect.objectContaining({ type: 'step', step: 'create-infra' })]) });
    const table = await coe.ok('operation', 'show', uuid);
    expect(table).toMatch(/^\| state +\| succeeded +\|$/m);
    expect(table).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d {2}create-infra$/m);
    expect(table).toMatch(/ is ready \(because its cluster's API shows it Ready\)$/m);
  });

  it.each([
    { format: 'value', then: 'k8s\n' },
    { format: 'yaml', then: '- name: k8s\n' },
    { format: 'table', then: '+------+\n| name |\n+------+\n| k8s  |\n+------+\n' },
    { format: 'csv', then: 'name\nk8s\n' },
  ])('prints one column as $format', async ({ format, then }) => {
    expect(await coe.ok('cluster', 'template', 'list', '-f', format, '-c', 'name')).toBe(then);
  });

  it('writes a kubeconfig for nobody else to read, and overwrites only when told', async () => {
    const file = join(folder, 'config');
    const config = (...more: string[]) => coe.runWith({ SHELL: '/bin/bash' }, 'cluster', 'config', 'blue', '--dir', folder, ...more);
    expect(await config()).toEqual({ status: 0, stdout: `export KUBECONFIG=${file}\n`, stderr: '' });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const first = readFileSync(file, 'utf8');
    const answered = await world.demo.get<Fields>(`/v1/clusters/${id}`);
    expect(parse(first)).toMatchObject({ 'current-context': 'default', clusters: [{ name: 'blue', cluster: { server: answered['api_address'] } }], users: [{ name: 'admin' }] });

    const refused = await config();
    expect(refused).toEqual({ status: 1, stdout: '', stderr: `${file} exists; use --force to overwrite it.\n` });
    expect(readFileSync(file, 'utf8')).toBe(first);

    expect((await config('--force', '--output-certs')).status).toBe(0);
    expect(readFileSync(file, 'utf8')).not.toBe(first);
    for (const name of ['key.pem', 'cert.pem', 'ca.pem']) expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
    const [certificate, ca] = ['cert.pem', 'ca.pem'].map((name) => new X509Certificate(readFileSync(join(folder, name))));
    expect(certificate?.subject).toBe('CN=admin\nO=system:masters');
    expect(ca && certificate?.verify(ca.publicKey)).toBe(true);
  });

  it('writes a kubeconfig that asks for a Keystone token, in words of csh', async () => {
    const inner = join(folder, 'keystone');
    mkdirSync(inner);
    const { stdout } = await coe.runWith({ SHELL: '/bin/tcsh' }, 'cluster', 'config', 'blue', '--dir', inner, '--use-keystone');
    expect(stdout).toBe(`setenv KUBECONFIG ${inner}/config\n`);
    expect(readFileSync(join(inner, 'config'), 'utf8')).not.toContain('client-key-data');
  });

  it("prints the CA's certificate and signs requests", async () => {
    const ca = new X509Certificate(await coe.ok('ca', 'show', 'blue'));
    const { csrPem } = await adminRequest();
    writeFileSync(join(folder, 'request.pem'), csrPem);
    const signed = new X509Certificate(await coe.ok('ca', 'sign', 'blue', join(folder, 'request.pem')));
    expect(signed.verify(ca.publicKey)).toBe(true);
    const etcd = new X509Certificate(await coe.ok('ca', 'show', 'blue', '--type', 'etcd'));
    expect(etcd.fingerprint256).not.toBe(ca.fingerprint256);
  });

  it('watches it in plain lines where there is no terminal', async () => {
    const lines = (await coe.ok('watch', 'blue')).trimEnd().split('\n');
    expect(lines).toEqual([
      expect.stringMatching(/^blue {2}CREATE_COMPLETE {2}https:\/\/[\d.]+:6443$/),
      'cluster-create: publish-members (succeeded)',
      'default-master  1/1 ready',
      expect.stringMatching(/^blue-default-master-\w{5} {2}ready {2}[\d.]+ {2}v1\.32\.4$/),
      'default-worker  1/1 ready',
      expect.stringMatching(/^blue-default-worker-\w{5} {2}ready {2}[\d.]+ {2}v1\.32\.4$/),
    ]);
  });

  it('keeps a template that is in use', async () => {
    const { status, stderr } = await coe.run('cluster', 'template', 'delete', 'k8s');
    expect(status).toBe(1);
    expect(stderr).toContain('k8s');
    expect(await coe.ok('cluster', 'template', 'list', '-f', 'value', '-c', 'name')).toBe('k8s\n');
  });

  it('resizes it up and down, after it has shown what that means', async () => {
    expect(await coe.ok('cluster', 'resize', 'blue', '2', '--plan')).toMatch(/is to have 2 nodes instead of 1\n {2}create {3}\(a node of default-worker\): /);
    const { status, stdout, stderr } = await coe.run('cluster', 'resize', 'blue', '2', '--wait');
    expect({ status, stdout }).toEqual({ status: 0, stdout: 'Request to resize cluster blue has been accepted.\n' });
    expect(stderr).toMatch(/^cluster-resize: .*\(succeeded\)\n$/s);
    const workers = (await coe.json<Fields[]>('node', 'list', 'blue')).filter(({ nodegroup }) => nodegroup === 'default-worker');
    expect(workers).toHaveLength(2);
    const victim = String(workers[0]?.['name']);
    expect((await coe.run('cluster', 'resize', 'blue', '1', '--nodes-to-remove', victim, '--wait')).status).toBe(0);
    expect((await coe.json<Fields[]>('node', 'list', 'blue')).map(({ name }) => name)).not.toContain(victim);
    const operation = (await coe.json<Fields[]>('operation', 'list', 'blue')).at(-1);
    // When each node was in which phase, drawn a line a node.
    expect(await coe.ok('operation', 'show', String(operation?.['uuid']))).toMatch(new RegExp(`^${victim} +\\|d+x+\\|$`, 'm'));
  }, 90_000);

  it('replaces its only control-plane node, and says beforehand that its API is away meanwhile', async () => {
    const masterOf = async () => (await coe.json<Fields[]>('node', 'list', 'blue')).find(({ nodegroup }) => nodegroup === 'default-master');
    const before = await masterOf();
    const name = String(before?.['name']);
    expect(await coe.ok('node', 'replace', 'blue', name, '--plan')).toMatch(new RegExp(`^ {2}replace {2}${name}: .*the Kubernetes API is away`, 'm'));
    expect(await masterOf()).toEqual(before);
    expect((await coe.run('node', 'replace', 'blue', name, '--wait')).status).toBe(0);
    const now = await masterOf();
    expect(now).toMatchObject({ phase: 'ready' });
    expect(now?.['name']).not.toBe(name);
    expect(await world.settledStatus(id)).toEqual({ status: 'UPDATE_COMPLETE', reason: null });
  }, 90_000);

  it('shows what a delete would remove, and removes nothing', async () => {
    const text = await coe.ok('cluster', 'delete', 'blue', '--plan', '--keep-volumes', '--force');
    expect(text).toContain(`Deleting cluster blue (${id}) would remove:`);
    expect(text).toMatch(/Nodes:\n {2}blue-default-master-\w{5} \(control-plane, ready\) server [0-9a-f-]{36}\n {2}blue-default-worker-/);
    expect(text).toMatch(new RegExp(`Stacks:\\n( {2}jb-${id}-[a-z0-9-]+ \\([0-9a-f-]{36}\\)\\n)+$`));
    expect(await coe.ok('cluster', 'show', 'blue', '-f', 'value', '-c', 'status')).toBe('UPDATE_COMPLETE\n');
  });

  it('watches it go', async () => {
    await world.admin('POST', '/faults', { service: 'orchestration', method: 'DELETE', action: { hold: 'before' } });
    expect(await coe.ok('cluster', 'delete', 'blue')).toBe('Request to delete cluster blue has been accepted.\n');
    const watching = coe.start('watch', id);
    await watching.untilItSays('DELETE_IN_PROGRESS');
    await world.admin('DELETE', '/faults');
    expect(await watching.ended).toBe(0);
    expect(watching.stdout).toMatch(/ {2}deleted\n$/);
    expect(await world.leftovers()).toEqual([]);
    expect(await coe.ok('cluster', 'list', '-f', 'value')).toBe('');
    expect((await coe.run('cluster', 'template', 'delete', 'k8s')).status).toBe(0);
  }, 120_000);
});
