import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import type { RenderedStack } from '../../src/driver-contract/index.js';
import { balancedInfraOutputs, bootMaterial, clusterSpec, driver, group, groupOutputs, infraOutputs, nodeSpec, slotOutputs } from '../../test/k8s-ubuntu/cluster-fixture.js';

interface Template {
  readonly parameters: Record<string, { type: string; hidden?: boolean }>;
  readonly outputs: Record<string, unknown>;
}
const templateOf = (name: string): Template => parse(driver.templates[name] ?? '', { version: '1.1' }) as Template;

const spec = clusterSpec();
const controlPlane = driver.renderNode(spec, nodeSpec('control-plane', 'init'), { infra: infraOutputs, group: groupOutputs, slot: slotOutputs });
const worker = driver.renderNode(spec, nodeSpec('worker', 'join'), { infra: infraOutputs, group: groupOutputs, slot: null });
const balanced = clusterSpec({ masterLbEnabled: true });
const stacks: readonly (RenderedStack & { outputs: readonly string[] })[] = [
  {
    ...driver.renderInfra(balanced),
    outputs: [
      ...['network_id', 'subnet_id', 'router_id', 'control_plane_security_group_id', 'worker_security_group_id', 'subnet_cidr'],
      ...['api_pool_id', 'api_address', 'api_floating_address'],
    ],
  },
  { ...driver.renderGroup(spec, group('worker'), infraOutputs, []), outputs: ['server_group_id'] },
  { ...driver.renderSlot(balanced, { index: 0 }, balancedInfraOutputs), outputs: ['port_id', 'address', 'floating_address', 'etcd_volume_id'] },
  { ...controlPlane, outputs: ['server_id', 'address', 'floating_address'] },
  { ...worker, outputs: ['server_id', 'address', 'floating_address'] },
];

describe.each(stacks)('$template', ({ template, parameters, outputs }) => {
  const { parameters: declared, outputs: given } = templateOf(template);

  it('gets each of its parameters and no other', () => {
    expect(Object.keys(parameters).sort()).toEqual(Object.keys(declared).sort());
  });

  it('gets values of the declared types', () => {
    const matches: Record<string, (value: unknown) => boolean> = {
      string: (value) => typeof value === 'string',
      number: (value) => typeof value === 'number',
      boolean: (value) => typeof value === 'boolean',
      comma_delimited_list: (value) => Array.isArray(value),
    };
    for (const [name, value] of Object.entries(parameters)) expect([name, matches[declared[name]?.type ?? '']?.(value)]).toEqual([name, true]);
  });

  it('has the outputs that later stacks and the conductor read', () => {
    expect(Object.keys(given).sort()).toEqual([...outputs].sort());
  });
});

it.each([controlPlane, worker])('hides the user-data of $template, which holds the claim token', ({ template, parameters }) => {
  const holders = Object.entries(parameters).filter(([, value]) => JSON.stringify(value).includes('claim-token-1'));
  expect(holders.map(([name]) => name)).toEqual(['user_data']);
  expect(templateOf(template).parameters['user_data']?.hidden).toBe(true);
});

it('never needs a keypair in Nova, which belongs to one user', () => {
  expect(Object.values(driver.templates).join('\n')).not.toContain('key_name');
});

it('puts control-plane nodes into both security groups and workers into one', () => {
  expect(driver.renderSlot(spec, { index: 0 }, infraOutputs).parameters['security_groups']).toEqual(['sg-control-plane', 'sg-node']);
  expect(worker.parameters['security_groups']).toEqual(['sg-node']);
});

it('leaves out what a slot or a group does not have', () => {
  const { parameters } = driver.renderNode(spec, nodeSpec('control-plane', 'init'), {
    infra: infraOutputs,
    group: { server_group_id: null },
    slot: { port_id: 'port-1', address: '10.0.0.5', floating_address: null, etcd_volume_id: null },
  });
  expect(parameters).toMatchObject({ server_group: '', floating_address: '', etcd_volume: '' });
});

it('uses an existing network only together with its subnet', () => {
  expect(driver.renderInfra(clusterSpec({ fixedNetworkId: 'n', fixedSubnetId: 's' })).parameters).toMatchObject({ existing_network: 'n', existing_subnet: 's' });
  expect(() => driver.renderInfra(clusterSpec({ fixedNetworkId: 'n' }))).toThrow(/belong together/);
});

it('refuses to render on stacks that are not complete', () => {
  expect(() => driver.renderSlot(spec, { index: 0 }, {})).toThrow(/no output network_id/);
  expect(() => driver.renderNode(spec, nodeSpec('control-plane', 'init'), { infra: infraOutputs, group: groupOutputs, slot: null })).toThrow(/has no slot/);
});

it('carries sizes, types and places of a group', () => {
  const node = nodeSpec('worker', 'join', { group: group('worker', { bootVolumeSizeGib: 30, bootVolumeType: 'ssd', dockerVolumeSizeGib: 50, dockerVolumeType: 'hdd' }) });
  const { parameters } = driver.renderNode(clusterSpec({ labels: { ...spec.labels, availability_zone: 'az-2' } }), node, { infra: infraOutputs, group: groupOutputs, slot: null });
  expect(parameters).toMatchObject({ boot_volume_size: 30, boot_volume_type: 'ssd', docker_volume_size: 50, docker_volume_type: 'hdd', availability_zone: 'az-2' });
});

it('gives templates that were frozen before there were load balancers only what they know', () => {
  expect(Object.keys(driver.renderInfra(spec).parameters).sort()).toEqual(['api_port', 'cluster_id', 'dns_nameservers', 'existing_network', 'existing_subnet', 'external_network', 'subnet_cidr']);
  expect(Object.keys(driver.renderSlot(spec, { index: 0 }, infraOutputs).parameters).sort()).toEqual([
    ...['availability_zone', 'cluster_id', 'etcd_volume_size', 'etcd_volume_type', 'external_network', 'floating_ip_enabled'],
    ...['name', 'network', 'security_groups', 'subnet'],
  ]);
});

it('renders a cluster whose labels were frozen before these existed', () => {
  const old = clusterSpec({ labels: {} });
  expect(driver.renderSlot(old, { index: 1 }, infraOutputs).parameters).toMatchObject({ floating_ip_enabled: true, availability_zone: '', security_groups: ['sg-control-plane', 'sg-node'] });
  expect(driver.renderGroup(old, group('worker'), infraOutputs, []).parameters).toMatchObject({ policy: 'soft-anti-affinity' });
  expect(driver.renderInfra(clusterSpec({ labels: {}, masterLbEnabled: true })).parameters).toMatchObject({ load_balancer_provider: '', load_balancer_algorithm: 'ROUND_ROBIN' });
});

describe('a group', () => {
  const labelled = (labels: Record<string, string>) => clusterSpec({ labels: { ...spec.labels, ...labels } });
  const workerOf = (own: Record<string, string>, clusterLabels: Record<string, string> = {}, floatingIpEnabled = true) =>
    driver.renderNode({ ...labelled(clusterLabels), floatingIpEnabled }, nodeSpec('worker', 'join', { group: group('worker', { labels: own }) }), {
      infra: infraOutputs,
      group: groupOutputs,
      slot: null,
    }).parameters;

  it('has a zone of its own, or that of the cluster', () => {
    expect(workerOf({ availability_zone: 'az-3' }, { availability_zone: 'az-1' })).toMatchObject({ availability_zone: 'az-3' });
    expect(workerOf({}, { availability_zone: 'az-1' })).toMatchObject({ availability_zone: 'az-1' });
  });

  it.each([
    { own: {}, field: true, then: true },
    { own: {}, field: false, then: false },
    { own: { worker_floating_ip_enabled: 'False' }, field: true, then: false },
    { own: { worker_floating_ip_enabled: 'yes' }, field: false, then: true },
    { own: { master_floating_ip_enabled: 'false' }, field: true, then: true },
  ])('floats: $then when floating_ip_enabled is $field and its labels are $own', ({ own, field, then }) => {
    expect(workerOf(own, {}, field)).toMatchObject({ floating_ip_enabled: then });
  });

  it('has security groups besides those of the cluster, each once', () => {
    expect(workerOf({ extra_security_groups: 'sg-a, sg-b,sg-node' })).toMatchObject({ security_groups: ['sg-node', 'sg-a', 'sg-b'] });
    const groups = [group('control-plane', { labels: { extra_security_groups: 'sg-c' } }), group('worker')];
    expect(driver.renderSlot(clusterSpec({ groups }), { index: 0 }, infraOutputs).parameters).toMatchObject({ security_groups: ['sg-control-plane', 'sg-node', 'sg-c'] });
  });

  it.each([
    { cluster: 'affinity', own: {}, override: {}, then: 'affinity' },
    { cluster: 'affinity', own: { server_group_policies: 'anti-affinity' }, override: {}, then: 'anti-affinity' },
    { cluster: 'affinity', own: {}, override: { serverGroupPolicy: 'none' as const }, then: 'none' },
  ])('is spread by $then', ({ cluster, own, override, then }) => {
    expect(driver.renderGroup(labelled({ server_group_policies: cluster }), group('worker', { labels: own, ...override }), infraOutputs, []).parameters).toMatchObject({ policy: then });
  });
});

describe('a control-plane slot', () => {
  const zoned = clusterSpec({ labels: { ...spec.labels, availability_zone: 'az-9', control_plane_availability_zones: 'az-1, az-2' } });
  const zonesOf = (slotIndex: number) => [
    driver.renderSlot(zoned, { index: slotIndex }, infraOutputs).parameters['availability_zone'],
    driver.renderNode(zoned, nodeSpec('control-plane', 'join', { slotIndex }), { infra: infraOutputs, group: groupOutputs, slot: slotOutputs }).parameters['availability_zone'],
  ];

  it('takes the zones in turn, volume and machine alike', () => {
    expect([0, 1, 2].map(zonesOf)).toEqual([['az-1', 'az-1'], ['az-2', 'az-2'], ['az-1', 'az-1']]);
  });

  it('floats as its label says, whatever the workers do', () => {
    const labels = { ...spec.labels, master_floating_ip_enabled: 'false' };
    expect(driver.renderSlot(clusterSpec({ labels }), { index: 0 }, infraOutputs).parameters).toMatchObject({ floating_ip_enabled: false });
  });

  it('joins the pool of the load balancer', () => {
    expect(driver.renderSlot(clusterSpec({ masterLbEnabled: true, apiPort: 8443 }), { index: 2 }, balancedInfraOutputs).parameters).toMatchObject({ api_pool: 'pool-1', api_port: 8443 });
    expect(() => driver.renderSlot(balanced, { index: 0 }, { ...infraOutputs, api_pool_id: null })).toThrow(/no output api_pool_id/);
  });
});

it('renders the same from the same, as a restart must', () => {
  expect(driver.renderNode(spec, nodeSpec('worker', 'join'), { infra: infraOutputs, group: groupOutputs, slot: null })).toEqual(worker);
  expect(driver.renderPayload(spec, nodeSpec('worker', 'join'), bootMaterial)).toEqual(driver.renderPayload(spec, nodeSpec('worker', 'join'), bootMaterial));
});
