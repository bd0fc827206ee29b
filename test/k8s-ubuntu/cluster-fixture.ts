import { loadK8sUbuntuDriver } from '../../drivers/k8s-ubuntu/k8s-ubuntu.driver.js';
import type { BootMaterial, BootMode, ClusterSpec, GroupSpec, KeyPairPem, NodeRole, NodeSpec, RenderedStack, StackOutputs } from '../../src/driver-contract/index.js';

export const driver = loadK8sUbuntuDriver();

export const group = (role: NodeRole, changes: Partial<GroupSpec> = {}): GroupSpec => ({
  groupId: '3f0d4d52-6d5c-4f4e-9a1c-0d3b8f0a7c11',
  name: role === 'control-plane' ? 'default-master' : 'default-worker',
  role,
  imageId: 'image-1',
  flavorId: 'flavor-1',
  bootVolumeSizeGib: 0,
  bootVolumeType: null,
  dockerVolumeSizeGib: 0,
  dockerVolumeType: null,
  nodeLabels: {},
  ...changes,
});

export const clusterSpec = (changes: Partial<ClusterSpec> = {}): ClusterSpec => ({
  clusterId: '6c1f7b0e-8e0e-4d2f-bb43-5a3d3f1b2c10',
  clusterName: 'demo',
  projectId: 'project-1',
  driver: driver.name,
  kubernetesVersion: 'v1.32.4',
  externalNetworkId: 'public-1',
  fixedNetworkId: null,
  fixedSubnetId: null,
  subnetCidr: '10.0.0.0/24',
  podCidr: '10.100.0.0/16',
  serviceCidr: '10.254.0.0/16',
  clusterDomain: 'cluster.local',
  dnsNameservers: ['8.8.8.8'],
  floatingIpEnabled: true,
  masterLbEnabled: false,
  apiPort: 6443,
  sshPublicKey: 'ssh-ed25519 AAAAC3Nz somebody@somewhere',
  networkDriver: 'flannel',
  etcdVolumeSizeGib: 10,
  etcdVolumeType: null,
  httpProxy: null,
  httpsProxy: null,
  noProxy: null,
  insecureRegistry: null,
  labels: driver.resolveLabels({}).values,
  templates: driver.templates,
  groups: [group('control-plane'), group('worker')],
  ...changes,
});

export const nodeSpec = (role: NodeRole, bootMode: BootMode, changes: Partial<NodeSpec> = {}): NodeSpec => ({
  nodeId: '0b9a5c7e-4f4a-4d6b-a2a4-3f8e0c1d2e3f',
  nodeName: `demo-${role}-x1y2z`,
  group: group(role),
  slotIndex: role === 'control-plane' ? 0 : null,
  bootMode,
  claimToken: 'claim-token-1',
  nodeApiUrl: 'https://127.0.0.1:9512',
  nodeApiCaPem: '-----BEGIN CERTIFICATE-----\nnone\n-----END CERTIFICATE-----\n',
  bootDeadlineSeconds: 900,
  ...changes,
});

export const infraOutputs: StackOutputs = {
  network_id: 'network-1',
  subnet_id: 'subnet-1',
  subnet_cidr: '10.0.0.0/24',
  router_id: 'router-1',
  control_plane_security_group_id: 'sg-control-plane',
  worker_security_group_id: 'sg-node',
};
export const balancedInfraOutputs: StackOutputs = { ...infraOutputs, api_pool_id: 'pool-1', api_address: '10.0.0.8', api_floating_address: '203.0.113.8' };
export const groupOutputs: StackOutputs = { server_group_id: 'server-group-1' };
export const etcdVolumeId = 'c0ffee00-1111-4222-8333-444455556666';
export const slotOutputs: StackOutputs = { port_id: 'port-1', address: '10.0.0.5', floating_address: '203.0.113.5', etcd_volume_id: etcdVolumeId };

const keyPair = (name: string): KeyPairPem => ({ certificatePem: `certificate of ${name}\n`, privateKeyPem: `key of ${name}\n` });

/** Not real keys: neither rendering nor the boot scripts look into them. */
export const bootMaterial: BootMaterial = {
  controlPlaneEndpoint: '203.0.113.5:6443',
  apiServerNames: ['203.0.113.5', '10.0.0.5'],
  kubernetesCa: keyPair('ca'),
  etcdCa: keyPair('etcd'),
  frontProxyCa: keyPair('front-proxy'),
  serviceAccountKey: { publicKeyPem: 'public sa\n', privateKeyPem: 'private sa\n' },
  caCertHash: `sha256:${'ab'.repeat(32)}`,
  bootstrapTokens: [{ token: 'abcdef.0123456789abcdef', description: 'node demo-worker-x1y2z', expiresAt: '2026-11-21T00:00:00.000Z' }],
  nodeAddress: '10.0.0.5',
};

/** The user-data among a node stack's parameters. */
export function userDataOf({ parameters }: RenderedStack): string {
  const text = parameters['user_data'];
  if (typeof text !== 'string') throw new Error('this stack has no user-data');
  return text;
}
