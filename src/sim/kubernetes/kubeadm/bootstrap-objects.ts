import { stringify } from 'yaml';
import type { Fields } from '../objects/kube-object.js';
import { timestamp } from '../objects/kube-object.js';
import { bootstrapSecretName, bootstrapTokenType, parseBootstrapToken } from '../auth/bootstrap-token.js';
import { addressInSubnet, type ClusterSettings } from './cluster-configuration.js';
import { configMap, kubeadmAddons } from './addons.js';
import { bootstrapRoles } from './bootstrap-roles.js';

export const systemNamespaces = ['default', 'kube-system', 'kube-public', 'kube-node-lease'];

/** kubeadm's tokens live a day unless they say otherwise. */
const defaultTokenTtlMs = 24 * 3_600_000;

/** Everything that a cluster has when `kubeadm init` is done, in an order in which it can be created. */
export function bootstrapObjects(settings: ClusterSettings, kubernetesVersion: string, caPem: string): Fields[] {
  return [
    ...systemNamespaces.map((name) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })),
    ...bootstrapRoles,
    priorityClass('system-cluster-critical', 2_000_000_000),
    priorityClass('system-node-critical', 2_000_001_000),
    kubernetesService(settings),
    configMap('kubeadm-config', { ClusterConfiguration: stringify({ ...settings.document, kubernetesVersion }) }),
    configMap('kubelet-config', { kubelet: kubeletConfiguration(settings) }),
    clusterInfo(settings, caPem),
    ...settings.bootstrapTokens.map((token) => tokenSecret(token, new Date())),
    ...kubeadmAddons(settings, kubernetesVersion),
  ];
}

const priorityClass = (name: string, value: number): Fields => ({ apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name }, value });

function kubernetesService({ serviceSubnet, bindPort }: ClusterSettings): Fields {
  const ports = [{ name: 'https', port: 443, protocol: 'TCP', targetPort: bindPort }];
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'kubernetes', namespace: 'default', labels: { component: 'apiserver', provider: 'kubernetes' } },
    spec: { clusterIP: addressInSubnet(serviceSubnet, 1), ports },
  };
}

const kubeletConfiguration = ({ serviceSubnet, dnsDomain }: ClusterSettings): string =>
  stringify({
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    clusterDNS: [addressInSubnet(serviceSubnet, 10)],
    clusterDomain: dnsDomain,
    cgroupDriver: 'systemd',
    rotateCertificates: true,
  });

/** What a joining node may read without credentials, to check it against its token. */
function clusterInfo({ endpoint }: ClusterSettings, caPem: string): Fields {
  const cluster = { 'certificate-authority-data': Buffer.from(caPem).toString('base64'), server: `https://${endpoint}` };
  const kubeconfig = { apiVersion: 'v1', kind: 'Config', clusters: [{ name: '', cluster }], contexts: [], users: [], preferences: {}, 'current-context': '' };
  return configMap('cluster-info', { kubeconfig: stringify(kubeconfig) }, 'kube-public');
}

function tokenSecret(entry: ClusterSettings['bootstrapTokens'][number], now: Date): Fields {
  const token = parseBootstrapToken(entry.token);
  if (!token) throw new Error('a bootstrap token has the form [a-z0-9]{6}.[a-z0-9]{16}');
  const usages = entry.usages ?? ['signing', 'authentication'];
  const expires = entry.expires ?? expiryOf(entry.ttl, now);
  const stringData = {
    'token-id': token.id,
    'token-secret': token.secret,
    ...(expires !== undefined && { expiration: expires }),
    ...Object.fromEntries(usages.map((usage) => [`usage-bootstrap-${usage}`, 'true'])),
    'auth-extra-groups': (entry.groups ?? ['system:bootstrappers:kubeadm:default-node-token']).join(','),
    ...(entry.description !== undefined && { description: entry.description }),
  };
  return { apiVersion: 'v1', kind: 'Secret', type: bootstrapTokenType, metadata: { name: bootstrapSecretName(token.id), namespace: 'kube-system' }, stringData };
}

/** Go durations: `24h0m0s`, `15m`; `0s` never ends. */
function expiryOf(ttl: string | undefined, now: Date): string | undefined {
  const units: Record<string, number> = { h: 3_600_000, m: 60_000, s: 1_000 };
  const parts = [...(ttl ?? '').matchAll(/(\d+)([hms])/g)];
  const ms = ttl === undefined ? defaultTokenTtlMs : parts.reduce((sum, [, count, unit]) => sum + Number(count) * (units[unit ?? ''] ?? 0), 0);
  return ms === 0 ? undefined : timestamp(new Date(now.getTime() + ms));
}
