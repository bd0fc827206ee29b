import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { startLifecycleEnvironment, type LifecycleEnvironment } from '../support/lifecycle-environment.js';
import { describeWith } from '../support/required-program.js';
import { OpenStackClient } from './openstack-client.js';

type Fields = Record<string, unknown>;

/** How the client prints fields that the API answers: what was not sent is empty; its template records show null as `-`. */
const asPrinted = (printed: Fields, answered: Fields, nullText: string | null): Fields =>
  Object.fromEntries(Object.keys(printed).map((name) => [name, name in answered ? (answered[name] ?? nullText) : '']));

/** What python-magnumclient 4.0 prints of a cluster (cluster_id and stack_id are one thing; see docs/compatibility.md). */
const clusterFieldCount = 33;
const templateFieldCount = 32;

/** The tests follow one cluster through its life, in order. */
describeWith(['openstack'], 'the main job with openstack coe', () => {
  let world: LifecycleEnvironment;
  let client: OpenStackClient;
  let folder: string;
  beforeAll(async () => {
    world = await startLifecycleEnvironment({ processes: 'all' });
    client = new OpenStackClient(world.environment);
    folder = mkdtempSync(join(tmpdir(), 'jeroboam-openstack-coe-'));
  }, 120_000);
  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    await world.stop();
  }, 60_000);

  const template = (name: string): Promise<Fields> => world.demo.get<Fields>(`/v1/clustertemplates/${name}`);
  const cluster = (): Promise<Fields> => world.demo.get<Fields>('/v1/clusters/blue');

  it('cluster template create', async () => {
    const options = ['--flavor', 'm1.small', '--master-flavor', 'm1.small', '--keypair', 'demo', '--labels', 'a=1,b=2', '--tags', 'x,y', '--docker-volume-size', '2'];
    const printed = await client.json<Fields>(...['cluster', 'template', 'create', 'k8s', '--coe', 'kubernetes', '--image', 'ubuntu-2404-kube-v1.32.4', '--external-network', 'public'], ...options);
    expect(printed).toEqual(asPrinted(printed, await template('k8s'), '-'));
    expect(Object.keys(printed).length).toBeGreaterThanOrEqual(templateFieldCount);
    expect(printed).toMatchObject({ name: 'k8s', labels: { a: '1', b: '2' }, docker_volume_size: 2, dns_nameserver: '8.8.8.8', server_type: 'vm', cluster_distro: 'ubuntu' });
  });

  it('cluster template list and show', async () => {
    const { uuid, name, tags } = await template('k8s');
    expect(await client.json('cluster', 'template', 'list')).toEqual([{ uuid, name, tags }]);
    const printed = await client.json<Fields>('cluster', 'template', 'show', 'k8s');
    expect(printed).toEqual(asPrinted(printed, await template('k8s'), '-'));
  });

  it('cluster template update, in both of its forms', async () => {
    const printed = await client.json<Fields>('cluster', 'template', 'update', 'k8s', 'replace', 'dns_nameserver=9.9.9.9', 'labels=c=3');
    expect(printed).toMatchObject({ dns_nameserver: '9.9.9.9', labels: { c: '3' } });
    expect(printed).toEqual(asPrinted(printed, await template('k8s'), '-'));
    await client.ok('cluster', 'template', 'update', 'k8s', 'remove', 'docker_volume_size');
    expect((await template('k8s'))['docker_volume_size']).toBeNull();
  });

  it('cluster create', async () => {
    const printed = await client.ok('cluster', 'create', 'blue', '--cluster-template', 'k8s', '--node-count', '1', '--labels', 'd=4', '--merge-labels');
    const { uuid } = await cluster();
    expect(printed).toContain(String(uuid));
    expect(await world.settledStatus(String(uuid))).toEqual({ status: 'CREATE_COMPLETE', reason: null });
  }, 120_000);

  it('cluster list and show', async () => {
    const answered = await cluster();
    const columns = ['uuid', 'name', 'keypair', 'node_count', 'master_count', 'status', 'health_status'];
    expect(await client.json('cluster', 'list')).toEqual([Object.fromEntries(columns.map((name) => [name, answered[name]]))]);
    const printed = await client.json<Fields>('cluster', 'show', 'blue');
    expect(printed).toEqual(asPrinted(printed, answered, null));
    expect(Object.keys(printed)).toHaveLength(clusterFieldCount);
    expect(printed).toMatchObject({ labels: { c: '3', d: '4' }, labels_added: { d: '4' }, status: 'CREATE_COMPLETE', coe_version: 'v1.32.4' });
  });

  it('nodegroup list and show', async () => {
    const printed = await client.json<Fields[]>('nodegroup', 'list', 'blue');
    expect(printed.map(({ name, node_count, role }) => ({ name, node_count, role }))).toEqual([
      { name: 'default-master', node_count: 1, role: 'master' },
      { name: 'default-worker', node_count: 1, role: 'worker' },
    ]);
    const shown = await client.json<Fields>('nodegroup', 'show', 'blue', 'default-worker');
    expect(shown).toEqual(asPrinted(shown, await world.demo.get<Fields>('/v1/clusters/blue/nodegroups/default-worker'), null));
  });

  it('ca show', async () => {
    const { pem } = await world.demo.get<{ pem: string }>('/v1/certificates/blue');
    expect((await client.ok('ca', 'show', 'blue')).trim()).toBe(pem.trim());
  });

  it('cluster config', async () => {
    const printed = await client.ok('cluster', 'config', 'blue', '--dir', folder, '--output-certs');
    expect(printed.trim()).toBe(`export KUBECONFIG=${folder}/config`);
    const config = parse(readFileSync(join(folder, 'config'), 'utf8')) as Fields;
    expect(config).toMatchObject({ clusters: [{ name: 'blue', cluster: { server: (await cluster())['api_address'] } }] });
    const [certificate, ca] = ['cert.pem', 'ca.pem'].map((name) => new X509Certificate(readFileSync(join(folder, name))));
    expect(ca && certificate?.verify(ca.publicKey)).toBe(true);
  });

  it('says why a request is refused', async () => {
    expect(await client.coe('cluster', 'show', 'nothere')).toMatchObject({ status: 1, stderr: expect.stringMatching(/nothere could not be found.*\(HTTP 404\) \(Request-ID: req-/) });
    expect(await client.coe('cluster', 'create', 'x', '--cluster-template', 'k8s', '--flavor', 'nothere')).toMatchObject({ status: 1, stderr: expect.stringMatching(/nothere.*\(HTTP 4\d\d\)/) });
    // It swallows errors of this command: exit status 0 and a line with the reason.
    expect((await client.coe('cluster', 'template', 'delete', 'k8s')).stdout).toMatch(/k8s.*\(HTTP 400\)/);
  });

  it('cluster delete and cluster template delete', async () => {
    const { uuid } = await cluster();
    expect(await client.ok('cluster', 'delete', 'blue')).toContain('blue');
    expect((await world.settledStatus(String(uuid))).status).toBe('DELETE_COMPLETE');
    expect(await world.leftovers()).toEqual([]);
    expect(await client.json('cluster', 'list')).toEqual([]);
    await client.ok('cluster', 'template', 'delete', 'k8s');
    expect(await client.json('cluster', 'template', 'list')).toEqual([]);
  }, 120_000);
});
