import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import type { RenderedStack } from '../../src/driver-contract/index.js';
import { bootMaterial, clusterSpec, driver, group, groupOutputs, infraOutputs, nodeSpec, slotOutputs } from '../../test/k8s-ubuntu/cluster-fixture.js';

interface Template {
  readonly parameters: Record<string, { type: string; hidden?: boolean }>;
  readonly outputs: Record<string, unknown>;
}
const templateOf = (name: string): Template => parse(driver.templates[name] ?? '', { version: '1.1' }) as Template;

const spec = clusterSpec();
const controlPlane = driver.renderNode(spec, nodeSpec('control-plane', 'init'), { infra: infraOutputs, group: groupOutputs, slot: slotOutputs });
const worker = driver.renderNode(spec, nodeSpec('worker', 'join'), { infra: infraOutputs, group: groupOutputs, slot: null });
const stacks: readonly (RenderedStack & { outputs: readonly string[] })[] = [
  { ...driver.renderInfra(spec), outputs: ['network_id', 'subnet_id', 'router_id', 'control_plane_security_group_id', 'worker_security_group_id', 'subnet_cidr'] },
  { ...driver.renderGroup(spec, group('worker'), infraOutputs), outputs: ['server_group_id'] },
  { ...driver.renderSlot(spec, { index: 0 }, infraOutputs), outputs: ['port_id', 'address', 'floating_address', 'etcd_volume_id'] },
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

it('renders the same from the same, as a restart must', () => {
  expect(driver.renderNode(spec, nodeSpec('worker', 'join'), { infra: infraOutputs, group: groupOutputs, slot: null })).toEqual(worker);
  expect(driver.renderPayload(spec, nodeSpec('worker', 'join'), bootMaterial)).toEqual(driver.renderPayload(spec, nodeSpec('worker', 'join'), bootMaterial));
});
