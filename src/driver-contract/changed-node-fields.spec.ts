import { describe, expect, it } from '@jest/globals';
import { changedNodeFields } from './changed-node-fields.js';
import type { ClusterSpec, GroupSpec, LabelDefinition } from './index.js';

const group: GroupSpec = {
  groupId: 'g',
  name: 'default-worker',
  role: 'worker',
  imageId: 'ubuntu-31',
  flavorId: 'm1.small',
  bootVolumeSizeGib: 0,
  bootVolumeType: null,
  dockerVolumeSizeGib: 0,
  dockerVolumeType: null,
  nodeLabels: {},
};
const spec: ClusterSpec = {
  clusterId: 'c',
  clusterName: 'c',
  projectId: 'p',
  driver: 'd',
  kubernetesVersion: 'v1.31.1',
  externalNetworkId: 'e',
  fixedNetworkId: null,
  fixedSubnetId: null,
  subnetCidr: '10.0.0.0/24',
  podCidr: '10.100.0.0/16',
  serviceCidr: '10.254.0.0/16',
  clusterDomain: 'cluster.local',
  dnsNameservers: [],
  floatingIpEnabled: false,
  masterLbEnabled: false,
  apiPort: 6443,
  sshPublicKey: null,
  networkDriver: 'flannel',
  etcdVolumeSizeGib: 0,
  etcdVolumeType: null,
  httpProxy: null,
  httpsProxy: null,
  noProxy: null,
  insecureRegistry: null,
  labels: { rolls: 'a', stays: 'a' },
  templates: { 'worker-node.yaml': 'w', 'control-plane-node.yaml': 'c', 'infra.yaml': 'i' },
  groups: [group],
};
const label = (name: string, mutability: LabelDefinition['mutability']): LabelDefinition => ({ name, mutability, type: 'string', scope: 'nodegroup', text: name });
const driver = { labels: [label('rolls', 'roll'), label('stays', 'metadata')] };

describe('why a machine has to be replaced', () => {
  it.each<{ of: string; change: Partial<ClusterSpec>; fields: readonly string[] }>([
    { of: 'nothing', change: {}, fields: [] },
    { of: 'the version and the image', change: { kubernetesVersion: 'v1.32.4', groups: [{ ...group, imageId: 'ubuntu-32' }] }, fields: ['Kubernetes version v1.31.1 → v1.32.4', 'image ubuntu-31 → ubuntu-32'] },
    { of: 'a volume', change: { groups: [{ ...group, dockerVolumeSizeGib: 20 }] }, fields: ['docker volume size 0 → 20'] },
    { of: 'a label that rolls', change: { labels: { ...spec.labels, rolls: 'b' } }, fields: ['label rolls a → b'] },
    { of: "the group's own value of it", change: { groups: [{ ...group, labels: { rolls: 'c' } }] }, fields: ['label rolls a → c'] },
    { of: 'a label that is metadata', change: { labels: { ...spec.labels, stays: 'b' } }, fields: [] },
    { of: 'Kubernetes labels of its nodes', change: { groups: [{ ...group, nodeLabels: { team: 'blue' } }] }, fields: [] },
    { of: 'a proxy that comes', change: { httpProxy: 'http://proxy:3128' }, fields: ['HTTP proxy none → http://proxy:3128'] },
    { of: "its role's template", change: { templates: { ...spec.templates, 'worker-node.yaml': 'new' } }, fields: ['template worker-node.yaml'] },
    { of: "another role's template", change: { templates: { ...spec.templates, 'control-plane-node.yaml': 'new', 'infra.yaml': 'new' } }, fields: [] },
  ])('$of', ({ change, fields }) => {
    expect(changedNodeFields(driver, spec, { ...spec, ...change }, 'g')).toEqual(fields);
  });

  it('knows nothing of a group that is not there', () => {
    expect(() => changedNodeFields(driver, spec, { ...spec, groups: [] }, 'g')).toThrow('no group g');
  });
});
