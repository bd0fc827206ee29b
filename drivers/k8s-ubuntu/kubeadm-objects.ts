import { parseKubernetesVersion } from '../../src/domain/kubernetes-version.js';
import type { ClusterEndpoint, ClusterSpec, ComponentImage, Json, KubernetesManifest } from '../../src/driver-contract/index.js';
import { parseCidr } from './cidr.js';
import { sharedClusterConfiguration } from './kubeadm-config.js';
import { clusterLabel } from './label-values.js';
import { plainYaml } from './plain-yaml.js';

const system = 'kube-system';
const rbac = 'rbac.authorization.k8s.io';
/** kubeadm's own, which our bootstrap tokens name. */
const joining = { apiGroup: rbac, kind: 'Group', name: 'system:bootstrappers:kubeadm:default-node-token' };
const nodes = { apiGroup: rbac, kind: 'Group', name: 'system:nodes' };
const anybody = { apiGroup: rbac, kind: 'Group', name: 'system:unauthenticated' };
const admins = { apiGroup: rbac, kind: 'Group', name: 'kubeadm:cluster-admins' };

/**
 * The objects that kubeadm keeps in a cluster for those that join later, by the names and with the rules that it uses itself
 * (https://kubernetes.io/docs/reference/setup-tools/kubeadm/implementation-details/): `kubeadm upgrade` would write them, and
 * here nobody runs it.
 */
export function joinObjects(spec: ClusterSpec, endpoint: ClusterEndpoint): readonly KubernetesManifest[] {
  return [
    configMap('kubeadm-config', { ClusterConfiguration: plainYaml(sharedClusterConfiguration(spec, endpoint)) }),
    configMap('kubelet-config', { kubelet: plainYaml(kubeletConfiguration(spec)) }),
    ...readable('kubeadm:nodes-kubeadm-config', system, 'kubeadm-config', [joining, nodes]),
    ...readable('kubeadm:kubelet-config', system, 'kubelet-config', [joining, nodes]),
    ...readable('kubeadm:bootstrap-signer-clusterinfo', 'kube-public', 'cluster-info', [{ apiGroup: rbac, kind: 'User', name: 'system:anonymous' }, anybody]),
    { apiVersion: `${rbac}/v1`, kind: 'ClusterRole', metadata: { name: 'kubeadm:get-nodes' }, rules: [{ apiGroups: [''], resources: ['nodes'], verbs: ['get'] }] },
    clusterBinding('kubeadm:get-nodes', 'kubeadm:get-nodes', joining),
    clusterBinding('kubeadm:kubelet-bootstrap', 'system:node-bootstrapper', joining),
    clusterBinding('kubeadm:node-autoapprove-bootstrap', 'system:certificates.k8s.io:certificatesigningrequests:nodeclient', joining),
    clusterBinding('kubeadm:node-autoapprove-certificate-rotation', 'system:certificates.k8s.io:certificatesigningrequests:selfnodeclient', nodes),
    clusterBinding('kubeadm:cluster-admins', 'cluster-admin', admins),
  ];
}

/** What kubeadm fills in itself is named as well: what joins must not depend on which release fills in what. */
const kubeletConfiguration = ({ serviceCidr, clusterDomain }: ClusterSpec): Json => ({
  apiVersion: 'kubelet.config.k8s.io/v1beta1',
  kind: 'KubeletConfiguration',
  authentication: { anonymous: { enabled: false }, webhook: { enabled: true }, x509: { clientCAFile: '/etc/kubernetes/pki/ca.crt' } },
  authorization: { mode: 'Webhook' },
  cgroupDriver: 'systemd',
  clusterDNS: [dnsAddress(serviceCidr)],
  clusterDomain,
  healthzBindAddress: '127.0.0.1',
  healthzPort: 10_248,
  rotateCertificates: true,
  staticPodPath: '/etc/kubernetes/manifests',
});

/** kubeadm gives the DNS service the tenth address of the services' range. */
function dnsAddress(serviceCidr: string): string {
  const range = parseCidr(serviceCidr);
  if (!range) throw new Error(`"${serviceCidr}" is no range of addresses.`);
  const number = range.first + 10;
  return [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join('.');
}

const configMap = (name: string, data: Readonly<Record<string, string>>): KubernetesManifest => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: system }, data });

/** A role to read one ConfigMap, and who has it. */
const readable = (name: string, namespace: string, configMapName: string, subjects: readonly Json[]): readonly KubernetesManifest[] => [
  { apiVersion: `${rbac}/v1`, kind: 'Role', metadata: { name, namespace }, rules: [{ apiGroups: [''], resources: ['configmaps'], resourceNames: [configMapName], verbs: ['get'] }] },
  { apiVersion: `${rbac}/v1`, kind: 'RoleBinding', metadata: { name, namespace }, roleRef: { apiGroup: rbac, kind: 'Role', name }, subjects },
];

const clusterBinding = (name: string, role: string, subject: Json): KubernetesManifest => ({
  apiVersion: `${rbac}/v1`,
  kind: 'ClusterRoleBinding',
  metadata: { name },
  roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: role },
  subjects: [subject],
});

/** By Kubernetes minor: the release of CoreDNS that kubeadm installs from it on (cmd/kubeadm/app/constants of each release). */
const coreDnsReleases: readonly { readonly fromMinor: number; readonly tag: string }[] = [
  { fromMinor: 34, tag: 'v1.12.1' },
  { fromMinor: 33, tag: 'v1.12.0' },
  { fromMinor: 31, tag: 'v1.11.3' },
  { fromMinor: 29, tag: 'v1.11.1' },
  { fromMinor: 27, tag: 'v1.10.1' },
];

/** kube-proxy goes with the API server's version; CoreDNS stays as it is where the minor is older than what is known. */
export function componentImages(spec: ClusterSpec): readonly ComponentImage[] {
  const prefix = clusterLabel(spec, 'container_infra_prefix').replace(/\/$/, '');
  const minor = parseKubernetesVersion(spec.kubernetesVersion)?.minor ?? 0;
  const coreDns = coreDnsReleases.find(({ fromMinor }) => minor >= fromMinor);
  // kubeadm's own registry has CoreDNS in a folder, others have it beside the rest.
  const [registry, dnsFolder] = prefix === '' ? ['registry.k8s.io', 'registry.k8s.io/coredns'] : [prefix, prefix];
  return [
    { kind: 'DaemonSet', namespace: system, name: 'kube-proxy', container: 'kube-proxy', image: `${registry}/kube-proxy:${spec.kubernetesVersion}` },
    ...(coreDns ? [{ kind: 'Deployment', namespace: system, name: 'coredns', container: 'coredns', image: `${dnsFolder}/coredns:${coreDns.tag}` } as const] : []),
  ];
}
