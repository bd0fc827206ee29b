import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApi, type ApiUnderTest, type CallOptions } from './api-under-test.js';
import { gold, makeCluster, makeTemplate } from './objects.js';
import { startMs } from '../support/start-ms.js';

/** Everything a person can get wrong: a clear 4xx that names the field, and nothing has changed. */
let api: ApiUnderTest;
let foreignCluster: string;
beforeAll(async () => {
  api = await startApi();
  await makeTemplate(api);
  await makeTemplate(api, { name: 'used' });
  await makeTemplate(api, { name: 'no-flavor', flavor_id: null });
  await makeTemplate(api, { name: 'no-external-network', external_network_id: null });
  await makeTemplate(api, { name: 'devicemapper', docker_storage_driver: 'devicemapper', docker_volume_size: 3 });
  await makeTemplate(api, { name: 'calico', network_driver: 'calico' });
  await makeTemplate(api, { name: 'hidden', hidden: true, public: true }, 'admin');
  const withdrawn = await makeTemplate(api, { name: 'withdrawn' });
  await api.database.dataSource.query(`UPDATE cluster_templates SET hidden = true WHERE id = $1`, [withdrawn]);
  await makeCluster(api, { name: 'existing', cluster_template_id: 'used' });
  await makeTemplate(api, { name: 'foreign' }, 'other');
  foreignCluster = await makeCluster(api, { name: 'foreign-cluster', cluster_template_id: 'foreign', keypair: 'other' }, 'other');
}, startMs);
afterAll(() => api.stop());

interface WrongInput extends CallOptions {
  readonly what: string;
  readonly status: number;
  /** Must be in the answer's detail. */
  readonly names: string;
}

async function refuses(method: string, path: string, wrong: WrongInput): Promise<void> {
  const { status, names } = wrong;
  const before = await api.dump();
  const answer = await api.call(method, path, wrong);
  expect(answer.status).toBe(status);
  const detail = status === 401 ? answer.at('error.message') : answer.at('errors.0.detail');
  expect(detail).toContain(names);
  if (status !== 401) expect(answer.at('errors.0.title')).toBe(String(detail).split('.')[0]);
  expect(await api.dump()).toEqual(before);
}

const template = (changes: object) => ({ ...gold, ...changes });
const cluster = (changes: object) => ({ name: 'x', cluster_template_id: 'gold', ...changes });

describe('POST clustertemplates refuses', () => {
  it.each<WrongInput>([
    { what: 'an unknown field', body: template({ colour: 'red', shape: 'round' }), status: 400, names: 'colour, shape' },
    { what: 'a read-only field', body: template({ project_id: null }), status: 400, names: 'project_id' },
    { what: 'no image', body: template({ image_id: undefined }), status: 400, names: 'image_id' },
    { what: 'no coe', body: template({ coe: undefined }), status: 400, names: 'coe' },
    { what: 'an unknown coe', body: template({ coe: 'nomad' }), status: 400, names: 'coe' },
    { what: 'a coe that is a number', body: template({ coe: 7 }), status: 400, names: 'coe' },
    { what: 'a name that is a number', body: template({ name: 7 }), status: 400, names: 'name' },
    { what: 'a name that is too long', body: template({ name: 'x'.repeat(256) }), status: 400, names: 'name' },
    { what: 'a name with U+0000', body: template({ name: 'a\u0000b' }), status: 400, names: 'name' },
    { what: 'a name with half a surrogate pair', body: template({ name: 'a\ud800b' }), status: 400, names: 'name' },
    { what: 'an image without os_distro', body: template({ image_id: 'no-distro' }), status: 400, names: 'os_distro' },
    { what: 'an image no driver supports', body: template({ image_id: 'fedora-coreos-41' }), status: 400, names: 'fedora-coreos' },
    { what: 'an unknown image', body: template({ image_id: 'nothere' }), status: 400, names: 'image_id' },
    { what: 'an unknown flavor', body: template({ flavor_id: 'nothere' }), status: 400, names: 'flavor_id' },
    { what: 'an unknown master flavor', body: template({ master_flavor_id: 'nothere' }), status: 400, names: 'master_flavor_id' },
    { what: 'an unknown external network', body: template({ external_network_id: 'nothere' }), status: 400, names: 'external_network_id' },
    { what: 'an external network that is not external', body: template({ external_network_id: 'private' }), status: 400, names: 'external_network_id' },
    { what: 'an unknown network', body: template({ fixed_network: 'nothere' }), status: 400, names: 'fixed_network' },
    { what: 'an unknown subnet', body: template({ fixed_subnet: 'nothere' }), status: 400, names: 'fixed_subnet' },
    { what: 'an unknown network driver', body: template({ network_driver: 'weave' }), status: 400, names: 'network_driver' },
    { what: 'an unknown volume driver', body: template({ volume_driver: 'rexray' }), status: 400, names: 'volume_driver' },
    { what: 'an unknown driver', body: template({ driver: 'nothere' }), status: 400, names: 'driver' },
    { what: 'a server type without driver', body: template({ server_type: 'bm' }), status: 400, names: 'server_type' },
    { what: 'an unknown server type', body: template({ server_type: 'nonsense' }), status: 400, names: 'server_type' },
    { what: 'a volume of nothing', body: template({ docker_volume_size: 0 }), status: 400, names: 'docker_volume_size' },
    { what: 'a volume size in words', body: template({ docker_volume_size: 'big' }), status: 400, names: 'docker_volume_size' },
    { what: 'a size no column holds', body: template({ docker_volume_size: 3_000_000_000 }), status: 400, names: 'docker_volume_size' },
    { what: 'devicemapper without a volume', body: template({ docker_storage_driver: 'devicemapper' }), status: 400, names: 'docker_volume_size' },
    { what: 'a port of the system', body: template({ apiserver_port: 80 }), status: 400, names: 'apiserver_port' },
    { what: 'a port beyond all', body: template({ apiserver_port: 99_999 }), status: 400, names: 'apiserver_port' },
    { what: 'a name server that is none', body: template({ dns_nameserver: 'dns.example.org' }), status: 400, names: 'dns_nameserver' },
    { what: 'labels as text', body: template({ labels: 'a=b' }), status: 400, names: 'labels' },
    { what: 'labels as a list', body: template({ labels: ['a'] }), status: 400, names: 'labels' },
    { what: 'a label that is an object', body: template({ labels: { a: { b: 'c' } } }), status: 400, names: 'labels' },
    { what: 'a label that is null', body: template({ labels: { a: null } }), status: 400, names: 'labels' },
    { what: 'a boolean in other words', body: template({ public: 'perhaps' }), status: 400, names: 'public' },
    { what: 'a boot volume size in words', body: template({ labels: { boot_volume_size: 'big' } }), status: 400, names: 'boot_volume_size' },
    { what: 'publishing by a member', body: template({ public: true }), status: 403, names: 'clustertemplate:publish' },
    { what: 'a reader', as: 'demo_reader/demo', body: template({}), status: 403, names: 'clustertemplate:create' },
    { what: 'malformed JSON', body: '{nope', status: 400, names: 'JSON' },
    { what: 'a body that is too large', body: template({ tags: 'x'.repeat(1_100_000) }), status: 413, names: 'large' },
    { what: 'no token', as: null, body: template({}), status: 401, names: 'authentication' },
  ])('$what', (wrong) => refuses('POST', '/v1/clustertemplates', wrong));
});

describe('POST clusters refuses', () => {
  it.each<WrongInput>([
    { what: 'an empty object', body: {}, status: 400, names: 'cluster_template_id' },
    { what: 'an unknown field', body: cluster({ colour: 'red' }), status: 400, names: 'colour' },
    { what: 'a read-only field', body: cluster({ api_address: null }), status: 400, names: 'api_address' },
    { what: 'a template that is a number', body: cluster({ cluster_template_id: 5 }), status: 400, names: 'cluster_template_id' },
    { what: 'an unknown template', body: cluster({ cluster_template_id: 'nothere' }), status: 404, names: 'nothere' },
    { what: 'an unknown template before 1.10', version: '1.9', body: cluster({ cluster_template_id: 'nothere' }), status: 400, names: 'cluster_template_id' },
    { what: "another project's template", body: cluster({ cluster_template_id: 'foreign' }), status: 404, names: 'foreign' },
    { what: "a template that is hidden, even one's own", body: cluster({ cluster_template_id: 'withdrawn' }), status: 403, names: 'withdrawn' },
    { what: "another project's hidden template", body: cluster({ cluster_template_id: 'hidden' }), status: 404, names: 'hidden' },
    { what: 'a negative count', body: cluster({ node_count: -1 }), status: 400, names: 'node_count' },
    { what: 'a count in words', body: cluster({ node_count: 'two' }), status: 400, names: 'node_count' },
    { what: 'a count of null', body: cluster({ node_count: null }), status: 400, names: 'node_count' },
    { what: 'no workers before 1.10', version: '1.9', body: cluster({ node_count: 0 }), status: 400, names: 'node_count' },
    { what: 'no masters', body: cluster({ master_count: 0 }), status: 400, names: 'master_count' },
    { what: 'an even number of masters', body: cluster({ master_count: 2, master_lb_enabled: true }), status: 400, names: 'master_count' },
    { what: 'three masters without load balancer', body: cluster({ master_count: 3 }), status: 400, names: 'master_count' },
    { what: 'seven masters', body: cluster({ master_count: 7, master_lb_enabled: true }), status: 400, names: 'master_count' },
    { what: 'an empty name', body: cluster({ name: '' }), status: 400, names: 'name' },
    { what: 'a name that begins with a digit', body: cluster({ name: '1a' }), status: 400, names: 'name' },
    { what: 'a name with a space', body: cluster({ name: 'a b' }), status: 400, names: 'name' },
    { what: 'a name that ends a line', body: cluster({ name: 'ab\n' }), status: 400, names: 'name' },
    { what: 'a name of 243 characters', body: cluster({ name: 'x'.repeat(243) }), status: 400, names: 'name' },
    { what: 'a negative time', body: cluster({ create_timeout: -1 }), status: 400, names: 'create_timeout' },
    { what: 'a time in words', body: cluster({ create_timeout: 'soon' }), status: 400, names: 'create_timeout' },
    { what: 'an unknown keypair', body: cluster({ keypair: 'nobody' }), status: 404, names: 'keypair' },
    { what: "another user's keypair", body: cluster({ keypair: 'other' }), status: 404, names: 'keypair' },
    { what: 'an unknown flavor', body: cluster({ flavor_id: 'aaa' }), status: 400, names: 'flavor_id' },
    { what: 'an unknown network', body: cluster({ fixed_network: 'nothere', fixed_subnet: 'private' }), status: 400, names: 'fixed_network' },
    { what: 'a network without its subnet', body: cluster({ fixed_network: 'private' }), status: 400, names: 'fixed_subnet' },
    { what: 'a template without flavor', body: cluster({ cluster_template_id: 'no-flavor' }), status: 400, names: 'flavor_id' },
    { what: 'a template without external network', body: cluster({ cluster_template_id: 'no-external-network' }), status: 400, names: 'external_network_id' },
    { what: 'a template with a network driver of later', body: cluster({ cluster_template_id: 'calico' }), status: 400, names: 'network_driver' },
    { what: 'devicemapper with too small a volume', body: cluster({ cluster_template_id: 'devicemapper', docker_volume_size: 2 }), status: 400, names: 'docker_volume_size' },
    { what: 'a kube_tag the image does not have', body: cluster({ labels: { kube_tag: 'v1.31.0' } }), status: 400, names: 'kube_tag' },
    { what: 'a label the driver does not take', body: cluster({ labels: { fixed_subnet_cidr: 'nonsense' } }), status: 400, names: 'fixed_subnet_cidr' },
    { what: 'networks that overlap', body: cluster({ labels: { service_cluster_ip_range: '10.100.0.0/16' } }), status: 400, names: 'service_cluster_ip_range' },
    { what: 'a label that is a list', body: cluster({ labels: { a: [] } }), status: 400, names: 'labels' },
    { what: 'a least count in words', body: cluster({ labels: { min_node_count: 'few' } }), status: 400, names: 'min_node_count' },
    { what: 'a reader', as: 'demo_reader/demo', body: cluster({}), status: 403, names: 'cluster:create' },
    { what: 'malformed JSON', body: '{"name": ', status: 400, names: 'JSON' },
    { what: 'a body that is too large', body: cluster({ discovery_url: 'x'.repeat(1_100_000) }), status: 413, names: 'large' },
    { what: 'no token', as: null, body: cluster({}), status: 401, names: 'authentication' },
    { what: 'a token that has expired', as: null, headers: { 'x-auth-token': 'gAAAAABexpired' }, body: cluster({}), status: 401, names: 'authentication' },
  ])('$what', (wrong) => refuses('POST', '/v1/clusters', wrong));
});

describe('objects of others and in use', () => {
  it('a template in use is not deleted', () => refuses('DELETE', '/v1/clustertemplates/used', { what: '', status: 400, names: 'used' }));
  it("another project's template is not there", () => refuses('DELETE', '/v1/clustertemplates/foreign', { what: '', status: 404, names: 'foreign' }));
  it.each(['GET', 'DELETE'])("another project's cluster is not there to %s", (method) => refuses(method, `/v1/clusters/${foreignCluster}`, { what: '', status: 404, names: foreignCluster }));
  it('a name the database could not hold is not there', () => refuses('GET', '/v1/clusters/a%00b', { what: '', status: 404, names: 'could not be found' }));
});
