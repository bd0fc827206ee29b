import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { generateKeyPairSync, randomUUID, X509Certificate } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import { webcrypto } from 'node:crypto';
import { insertRow } from '../../src/database/insert-row.js';
import { createCa } from '../../src/kubernetes/certificates/certificate-authority.js';
import { startApi, type ApiUnderTest } from './api-under-test.js';
import { makeCluster, makeTemplate } from './objects.js';
import { startMs } from '../support/start-ms.js';

let api: ApiUnderTest;
let uuid: string;
beforeAll(async () => {
  api = await startApi();
  await makeTemplate(api);
  uuid = await makeCluster(api, { name: 'blue', cluster_template_id: 'gold', node_count: 2, labels: { min_node_count: 1, extra: 'x' }, merge_labels: true });
}, startMs);
afterAll(() => api.stop());

async function groupId(name: string): Promise<string> {
  const rows: { id: string }[] = await api.database.dataSource.query(`SELECT id FROM node_groups WHERE cluster_id = $1 AND name = $2`, [uuid, name]);
  return rows[0]?.id ?? '';
}

describe('node groups', () => {
  it('are the two that every cluster has', async () => {
    const listed = await api.call('GET', '/v1/clusters/blue/nodegroups/');
    expect(listed.status).toBe(200);
    expect(listed.at('nodegroups')).toEqual([
      {
        uuid: await groupId('default-master'), name: 'default-master', role: 'master', is_default: true, node_count: 1, min_node_count: 0, max_node_count: null,
        flavor_id: 'm1.small', image_id: 'ubuntu-2404-kube-v1.32.4', stack_id: null, status: 'CREATE_IN_PROGRESS', merge_labels: false,
      },
      {
        uuid: await groupId('default-worker'), name: 'default-worker', role: 'worker', is_default: true, node_count: 2, min_node_count: 1, max_node_count: null,
        flavor_id: 'm1.small', image_id: 'ubuntu-2404-kube-v1.32.4', stack_id: null, status: 'CREATE_IN_PROGRESS', merge_labels: false,
      },
    ]);
  });

  it('are shown by uuid, name and id', async () => {
    const id = await groupId('default-worker');
    const shown = await api.call('GET', `/v1/clusters/${uuid}/nodegroups/default-worker`);
    expect(shown.body).toEqual({
      id: expect.any(Number),
      uuid: id,
      name: 'default-worker',
      cluster_id: uuid,
      project_id: expect.any(String),
      role: 'worker',
      is_default: true,
      node_count: 2,
      min_node_count: 1,
      max_node_count: null,
      flavor_id: 'm1.small',
      image_id: 'ubuntu-2404-kube-v1.32.4',
      docker_volume_size: null,
      labels: { kube_tag: 'v1.32.4', min_node_count: '1', extra: 'x' },
      labels_overridden: {},
      labels_added: {},
      labels_skipped: {},
      merge_labels: false,
      node_labels: null,
      node_taints: null,
      node_addresses: [],
      status: 'CREATE_IN_PROGRESS',
      status_reason: null,
      stack_id: null,
      version: null,
      links: [
        { href: `${api.url}/v1/clusters/${uuid}/nodegroups/${id}`, rel: 'self' },
        { href: `${api.url}/clusters/${uuid}/nodegroups/${id}`, rel: 'bookmark' },
      ],
      created_at: expect.any(String),
      updated_at: null,
    });
    expect((await api.call('GET', `/v1/clusters/${uuid}/nodegroups/${id}`)).body).toEqual(shown.body);
    expect((await api.call('GET', `/v1/clusters/${uuid}/nodegroups/${String(shown.at('id'))}`)).body).toEqual(shown.body);
  });

  it.each([
    ['/v1/clusters/blue/nodegroups', '1.8', 406],
    ['/v1/clusters/blue/nodegroups', '', 406],
    ['/v1/clusters/blue/nodegroups', '1.9', 200],
    ['/v1/clusters/nobody/nodegroups', 'latest', 404],
    ['/v1/clusters/blue/nodegroups/nobody', 'latest', 404],
    [`/v1/clusters/blue/nodegroups/${randomUUID()}`, 'latest', 404],
    ['/v1/clusters/blue/nodegroups?sort_key=nothere', 'latest', 400],
    ['/v1/clusters/blue/nodegroups?limit=0', 'latest', 400],
  ])('GET %s at "%s" is %i', async (path, version, status) => {
    expect(await api.call('GET', path, { version })).toMatchObject({ status });
  });

  it('are filtered by role and paged', async () => {
    const roles = async (query: string) => ((await api.call('GET', `/v1/clusters/blue/nodegroups${query}`)).at('nodegroups') as { role: string }[]).map(({ role }) => role);
    expect(await roles('?role=worker')).toEqual(['worker']);
    expect(await roles('?role=nonsense')).toEqual([]);
    const first = await api.call('GET', '/v1/clusters/blue/nodegroups?limit=1&role=worker');
    expect(String(first.at('next'))).toContain('role=worker');
    expect(await roles(`?limit=1&marker=${await groupId('default-master')}`)).toEqual(['worker']);
  });
});

describe('nodes', () => {
  it('show where each is in its life, and why', async () => {
    const node = (name: string, columns: object) =>
      insertRow(api.database.dataSource.manager, 'nodes', { id: randomUUID(), cluster_id: uuid, name, boot_mode: 'join', image_id: 'i', flavor_id: 'f', member_index: 0, ...columns });
    await node('blue-default-master-aaaaa', { node_group_id: await groupId('default-master'), role: 'control-plane', phase: 'ready', address: '10.0.0.5', floating_address: '192.0.2.5', server_id: 'S', coe_version: 'v1.32.4' });
    await node('blue-default-worker-bbbbb', { node_group_id: await groupId('default-worker'), role: 'worker', phase: 'booting', address: '10.0.0.6', boot_phase: 'kubeadm', boot_status: 'running' });
    await node('blue-default-worker-ccccc', { node_group_id: await groupId('default-worker'), role: 'worker', phase: 'gone', member_index: 1, address: '10.0.0.7' });
    const listed = await api.call('GET', '/v1/clusters/blue/nodes');
    expect(listed.body).toMatchObject({
      nodes: [
        { name: 'blue-default-master-aaaaa', nodegroup: 'default-master', role: 'control-plane', phase: 'ready', floating_address: '192.0.2.5', server_id: 'S', cluster_uuid: uuid },
        { name: 'blue-default-worker-bbbbb', nodegroup: 'default-worker', role: 'worker', phase: 'booting', boot_phase: 'kubeadm', boot_status: 'running' },
      ],
    });
    expect(listed.body).not.toMatchObject({ nodes: [{}, { claim_token_hash: expect.anything() }] });
    expect(await api.call('GET', '/v1/clusters/blue')).toMatchObject({ body: { master_addresses: ['192.0.2.5'], node_addresses: ['10.0.0.6'] } });
    expect(await api.call('GET', '/v1/clusters/blue/nodegroups/default-worker')).toMatchObject({ body: { node_addresses: ['10.0.0.6'] } });
    expect(await api.call('GET', '/v1/clusters/blue/nodes', { as: 'other' })).toMatchObject({ status: 404 });
  });
});

async function csrOf(subject: string): Promise<string> {
  const keys = await webcrypto.subtle.generateKey({ name: 'RSASSA-PKCS1-v1_5', modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]), hash: 'SHA-256' }, true, ['sign', 'verify']);
  const request = await x509.Pkcs10CertificateRequestGenerator.create({ name: subject, keys, signingAlgorithm: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' } });
  return request.toString('pem');
}

describe('certificates', () => {
  it('are 409 until the cluster has its authorities', async () => {
    expect(await api.call('GET', '/v1/certificates/blue')).toMatchObject({ status: 409 });
    expect(await api.call('POST', '/v1/certificates', { body: { cluster_uuid: uuid, csr: await csrOf('CN=admin') } })).toMatchObject({ status: 409 });
  });

  it('are shown by type and signed, for the creator', async () => {
    const { manager } = api.database.dataSource;
    const authorities = new Map<string, string>();
    for (const name of ['kubernetes-ca', 'etcd-ca', 'front-proxy-ca']) {
      const ca = await createCa(name, { now: new Date() });
      authorities.set(name, ca.certificatePem);
      await api.runtime.secrets.put(manager, uuid, name, JSON.stringify(ca));
    }
    const pemAt = async (path: string, as = 'demo') => (await api.call('GET', `/v1/certificates/${path}`, { as })).at('pem');
    expect(await api.call('GET', '/v1/certificates/blue')).toMatchObject({
      status: 200,
      body: { cluster_uuid: uuid, pem: authorities.get('kubernetes-ca'), links: [{ href: `${api.url}/v1/certificates/${uuid}`, rel: 'self' }, { href: `${api.url}/certificates/${uuid}`, rel: 'bookmark' }] },
    });
    expect(await pemAt('blue?ca_cert_type=etcd')).toBe(authorities.get('etcd-ca'));
    expect(await pemAt('blue?ca_cert_type=front_proxy')).toBe(authorities.get('front-proxy-ca'));
    expect(await pemAt('blue/front-proxy')).toBe(authorities.get('front-proxy-ca'));
    expect(await pemAt('blue?ca_cert_type=anything')).toBe(authorities.get('kubernetes-ca'));

    const csr = await csrOf('O=system:masters, CN=admin');
    const signed = await api.call('POST', '/v1/certificates', { body: { cluster_uuid: 'blue', csr, pem: 'ignored' } });
    expect(signed).toMatchObject({ status: 201, body: { cluster_uuid: uuid, csr, links: [{}, {}] } });
    const certificate = new X509Certificate(String(signed.at('pem')));
    expect(certificate.subject.split('\n').sort()).toEqual(['CN=admin', 'O=system:masters']);
    expect(certificate.verify(new X509Certificate(authorities.get('kubernetes-ca') ?? '').publicKey)).toBe(true);
    const byEtcd = await api.call('POST', '/v1/certificates', { body: { cluster_uuid: uuid, csr, ca_cert_type: 'etcd' } });
    expect(byEtcd.at('ca_cert_type')).toBe('etcd');
    expect(new X509Certificate(String(byEtcd.at('pem'))).verify(new X509Certificate(authorities.get('etcd-ca') ?? '').publicKey)).toBe(true);
  });

  it('are refused to others and for what is no request', async () => {
    const csr = await csrOf('CN=admin');
    const sign = (body: object, as = 'demo') => api.call('POST', '/v1/certificates', { body, as });
    expect(await api.call('GET', '/v1/certificates/blue', { as: 'demo_reader/demo' })).toMatchObject({ status: 403 });
    expect(await api.call('GET', '/v1/certificates/blue', { as: 'other' })).toMatchObject({ status: 404 });
    expect(await api.call('GET', '/v1/certificates/blue', { as: 'admin' })).toMatchObject({ status: 404 });
    expect(await sign({ cluster_uuid: uuid, csr }, 'demo_reader/demo')).toMatchObject({ status: 403 });
    expect(await sign({ cluster_uuid: uuid, csr }, 'other')).toMatchObject({ status: 400 });
    expect(await sign({ cluster_uuid: 'nobody', csr })).toMatchObject({ status: 400 });
    expect(await sign({ cluster_uuid: uuid, csr: 'nonsense' })).toMatchObject({ status: 400 });
    expect(await sign({ cluster_uuid: uuid })).toMatchObject({ status: 400 });
    expect(await sign({ bay_uuid: uuid, csr })).toMatchObject({ status: 400 });
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    expect(await sign({ cluster_uuid: uuid, csr: publicKey.export({ type: 'spki', format: 'pem' }) })).toMatchObject({ status: 400 });
    expect(await api.call('PATCH', '/v1/certificates/blue')).toMatchObject({ status: 400 });
  });
});
