import { describe, expect, it } from '@jest/globals';
import { InvalidParameterError } from '../../domain/domain-error.js';
import { changedNodeFields } from '../../driver-contract/changed-node-fields.js';
import type { ClusterSpec, GroupSpec, LabelDefinition } from '../../driver-contract/index.js';
import { withDefaults } from '../cluster-templates/cluster-template.rules.js';
import { buildGroupUpgradeSpec, buildUpgradeSpec, type UpgradeSpecInput } from './build-upgrade-spec.js';
import { refuseFixedFields } from './fixed-template-fields.js';
import { inheritForUpgrade } from './inherit-for-upgrade.js';

const group = (groupId: string, role: GroupSpec['role']): GroupSpec => ({
  groupId, name: groupId, role, imageId: 'old-image', flavorId: role === 'worker' ? 'small' : 'large',
  bootVolumeSizeGib: 0, bootVolumeType: null, dockerVolumeSizeGib: 0, dockerVolumeType: null, nodeLabels: {},
});
const current: ClusterSpec = {
  clusterId: 'c', clusterName: 'c', projectId: 'p', driver: 'd', kubernetesVersion: 'v1.32.4', externalNetworkId: 'e', fixedNetworkId: null,
  fixedSubnetId: null, subnetCidr: '10.0.0.0/24', podCidr: '10.100.0.0/16', serviceCidr: '10.254.0.0/16', clusterDomain: 'cluster.local',
  dnsNameservers: [], floatingIpEnabled: true, masterLbEnabled: false, apiPort: 6443, sshPublicKey: null, networkDriver: 'flannel',
  etcdVolumeSizeGib: 10, etcdVolumeType: null, httpProxy: null, httpsProxy: null, noProxy: null, insecureRegistry: null,
  labels: { zone: 'a', range: '10.0.0.0/24' }, templates: {}, groups: [group('masters', 'control-plane'), group('workers', 'worker'), group('extra', 'worker')],
};
const label = (name: string, mutability: LabelDefinition['mutability'], fallback?: string): LabelDefinition => ({ name, mutability, type: 'string', scope: 'cluster', text: name, ...(fallback === undefined ? {} : { default: fallback }) });
const driver = { labels: [label('zone', 'roll'), label('range', 'none', '10.0.0.0/24'), label('tag', 'metadata'), label('kube_tag', 'roll')] };
const template = withDefaults({ coe: 'kubernetes', image_id: 'image', external_network_id: 'public', flavor_id: 'small' });

const inputWith = (changes: Partial<UpgradeSpecInput>): UpgradeSpecInput => ({
  current,
  template,
  wanted: { labels: {}, flavorId: 'small', masterFlavorId: 'large', dockerVolumeSize: null },
  image: { id: 'old-image', name: 'image', properties: { kube_version: 'v1.32.4' } },
  flavor: { id: 'small' },
  masterFlavor: { id: 'large' },
  labels: current.labels,
  driver,
  defaultGroupIds: new Set(['masters', 'workers']),
  hasVolumes: true,
  defaultBootVolumeSizeGib: 0,
  ...changes,
});
const changes = (spec: ClusterSpec): Record<string, readonly string[]> =>
  Object.fromEntries(spec.groups.map(({ groupId }) => [groupId, changedNodeFields(driver, current, spec, groupId)]));

describe('the spec after an upgrade', () => {
  it('is the same when the template says the same', () => {
    expect(buildUpgradeSpec(inputWith({}))).toEqual(current);
  });

  it.each<{ of: string; change: Partial<UpgradeSpecInput>; masters: string[]; workers: string[] }>([
    { of: 'a flavor of workers', change: { flavor: { id: 'medium' } }, masters: [], workers: ['flavor small → medium'] },
    { of: 'a flavor of the control plane', change: { masterFlavor: { id: 'huge' } }, masters: ['flavor large → huge'], workers: [] },
    { of: 'a label that is metadata', change: { labels: { ...current.labels, tag: '2' } }, masters: [], workers: [] },
    { of: 'a label that rolls', change: { labels: { ...current.labels, zone: 'b' } }, masters: ['label zone a → b'], workers: ['label zone a → b'] },
    { of: 'a tag that says what is installed', change: { labels: { ...current.labels, kube_tag: 'v1.32.4' }, wanted: { labels: { kube_tag: 'v1.32.4' }, flavorId: null, masterFlavorId: null, dockerVolumeSize: null } }, masters: [], workers: [] },
    {
      of: 'an image of another version', change: { image: { id: 'new-image', name: 'image', properties: { kube_version: 'v1.33.1' } } },
      masters: ['Kubernetes version v1.32.4 → v1.33.1', 'image old-image → new-image'], workers: ['Kubernetes version v1.32.4 → v1.33.1', 'image old-image → new-image'],
    },
    {
      of: 'a docker volume', change: { wanted: { labels: {}, flavorId: null, masterFlavorId: null, dockerVolumeSize: 20 } },
      masters: ['docker volume size 0 → 20'], workers: ['docker volume size 0 → 20'],
    },
  ])('replaces the right nodes for $of', ({ change, masters, workers }) => {
    expect(changes(buildUpgradeSpec(inputWith(change)))).toMatchObject({ masters, workers });
  });

  it('leaves groups of the user alone', () => {
    const spec = buildUpgradeSpec(inputWith({ flavor: { id: 'medium' }, image: { id: 'new-image', name: 'image', properties: { kube_version: 'v1.33.1' } } }));
    expect(spec.groups[2]).toEqual(current.groups[2]);
  });

  it.each<{ of: string; change: Partial<UpgradeSpecInput>; message: RegExp }>([
    { of: 'a label that nothing can change', change: { labels: { ...current.labels, range: '10.1.0.0/24' } }, message: /Label range: an upgrade cannot change it from 10\.0\.0\.0\/24 to 10\.1\.0\.0\/24/ },
    { of: 'a kube_tag that the image does not have', change: { wanted: { labels: { kube_tag: 'v1.33.1' }, flavorId: null, masterFlavorId: null, dockerVolumeSize: null } }, message: /Label kube_tag: v1\.33\.1 is not what image image has installed \(v1\.32\.4\)/ },
    { of: 'an image without a version', change: { image: { id: 'i', name: 'image', properties: {} } }, message: /no property kube_version/ },
    { of: 'volumes where there are none', change: { hasVolumes: false, labels: { ...current.labels, boot_volume_size: '20' } }, message: /no volume service/ },
  ])('is refused for $of', ({ change, message }) => {
    expect(() => buildUpgradeSpec(inputWith(change))).toThrow(InvalidParameterError);
    expect(() => buildUpgradeSpec(inputWith(change))).toThrow(message);
  });
});

describe('the spec after the upgrade of one group', () => {
  it("takes the template's image for that group alone", () => {
    const spec = buildGroupUpgradeSpec(current, 'extra', inputWith({ image: { id: 'new-image', name: 'image', properties: { kube_version: 'v1.32.4' } } }));
    expect(changes(spec)).toEqual({ masters: [], workers: [], extra: ['image old-image → new-image'] });
  });

  it('is refused when the image would be ahead of the control plane', () => {
    const ahead = inputWith({ image: { id: 'new-image', name: 'image', properties: { kube_version: 'v1.33.1' } } });
    expect(() => buildGroupUpgradeSpec(current, 'extra', ahead)).toThrow(/upgrade group default-worker first/);
  });
});

describe('what a cluster takes from its new template', () => {
  const old = withDefaults({ coe: 'kubernetes', image_id: 'image', external_network_id: 'public', flavor_id: 'small', labels: { a: '1', gone: 'x' } });
  const wanted = withDefaults({ coe: 'kubernetes', image_id: 'image', external_network_id: 'public', flavor_id: 'medium', labels: { a: '2', b: '3' } });
  const own = { labels: { a: '1', gone: 'x', mine: 'y' }, flavor_id: 'small', master_flavor_id: null, docker_volume_size: null };

  it('is everything that it had from the old one', () => {
    expect(inheritForUpgrade(own, old, wanted)).toEqual({ labels: { a: '2', b: '3', mine: 'y' }, flavorId: 'medium', masterFlavorId: null, dockerVolumeSize: null });
  });

  it('is nothing that it was given of its own, but the version', () => {
    const given = { ...own, labels: { a: '9', kube_tag: 'v1.32.4' }, flavor_id: 'huge' };
    expect(inheritForUpgrade(given, old, wanted)).toMatchObject({ labels: { a: '9', b: '3' }, flavorId: 'huge' });
    expect(inheritForUpgrade(given, old, wanted).labels).not.toHaveProperty('kube_tag');
  });
});

describe('fields that an upgrade cannot change', () => {
  const ownNothing = { fixed_network: null, fixed_subnet: null, master_lb_enabled: false, floating_ip_enabled: true };

  it.each([
    { field: 'external_network_id', value: 'other' },
    { field: 'fixed_network', value: 'net' },
    { field: 'dns_nameserver', value: '1.1.1.1' },
    { field: 'apiserver_port', value: 443 },
    { field: 'master_lb_enabled', value: true },
    { field: 'coe', value: 'swarm' },
  ])('are refused by name: $field', ({ field, value }) => {
    expect(() => refuseFixedFields(ownNothing, template, { ...template, [field]: value })).toThrow(new RegExp(`Field ${field}: an upgrade cannot change it from .* to ${value}`));
  });

  it("may differ where the cluster's own value counts anyway, and where only the default is spelled out", () => {
    expect(() => refuseFixedFields({ ...ownNothing, master_lb_enabled: true }, template, { ...template, master_lb_enabled: true, dns_nameserver: '8.8.8.8' })).not.toThrow();
  });
});
