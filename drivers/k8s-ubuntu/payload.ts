import { isRegistry } from '../../src/domain/network-settings.js';
import type { BootMaterial, ClusterSpec, KeyPairPem, NodeSpec, PayloadFile } from '../../src/driver-contract/index.js';
import { kubeadmDocuments } from './kubeadm-config.js';
import { plainYaml } from './plain-yaml.js';
import { proxyVariables, shellAssignments } from './proxy.js';

const pki = '/etc/kubernetes/pki';
const readable = (path: string, content: string): PayloadFile => ({ path, mode: '0644', content });
const secret = (path: string, content: string): PayloadFile => ({ path, mode: '0600', content });

/** The files that only this node may fetch. CA keys go to control-plane nodes only: kubeadm finds them at its own paths. */
export function payloadFiles(spec: ClusterSpec, node: NodeSpec, material: BootMaterial): readonly PayloadFile[] {
  const documents = kubeadmDocuments(spec, node, material);
  return [
    secret('/etc/jeroboam/kubeadm.yaml', documents.map(plainYaml).join('---\n')),
    ...(node.group.role === 'control-plane' ? authorityFiles(material) : []),
    ...proxyFiles(spec, material),
    ...registryFiles(spec),
    // Last: a node whose payload was cut off has no boot mode and stops.
    readable('/etc/jeroboam/boot-mode', `${node.bootMode}\n`),
  ];
}

const authorityFiles = (material: BootMaterial): PayloadFile[] => [
  ...keyPair(`${pki}/ca`, material.kubernetesCa),
  ...keyPair(`${pki}/etcd/ca`, material.etcdCa),
  ...keyPair(`${pki}/front-proxy-ca`, material.frontProxyCa),
  secret(`${pki}/sa.key`, material.serviceAccountKey.privateKeyPem),
  readable(`${pki}/sa.pub`, material.serviceAccountKey.publicKeyPem),
];

const keyPair = (path: string, { certificatePem, privateKeyPem }: KeyPairPem): PayloadFile[] => [
  readable(`${path}.crt`, certificatePem),
  secret(`${path}.key`, privateKeyPem),
];

/** Proxy settings for kubeadm and the container runtime; here, not in user-data, because only now the cluster's endpoint is known. */
function proxyFiles(spec: ClusterSpec, { controlPlaneEndpoint, apiServerNames }: BootMaterial): PayloadFile[] {
  const variables = proxyVariables(spec, [controlPlaneEndpoint.replace(/:\d+$/, ''), ...apiServerNames]);
  if (Object.keys(variables).length === 0) return [];
  return [
    secret('/etc/jeroboam/proxy.env', shellAssignments(variables)),
    readable('/etc/systemd/system/containerd.service.d/10-jeroboam-proxy.conf', '[Service]\nEnvironmentFile=/etc/jeroboam/proxy.env\n'),
  ];
}

/** containerd's settings for a registry without a trusted certificate. Throws when the name is no host with optional port. */
function registryFiles({ insecureRegistry }: ClusterSpec): PayloadFile[] {
  if (insecureRegistry === null || insecureRegistry === '') return [];
  if (!isRegistry(insecureRegistry)) throw new Error(`"${insecureRegistry}" is no registry: expected a host name with an optional port.`);
  const host = (url: string): string => `[host."${url}"]\ncapabilities = ["pull", "resolve"]\nskip_verify = true\n`;
  const content = `server = "https://${insecureRegistry}"\n\n${host(`https://${insecureRegistry}`)}\n${host(`http://${insecureRegistry}`)}`;
  return [readable(`/etc/containerd/certs.d/${insecureRegistry}/hosts.toml`, content)];
}
