import { join, dirname } from 'node:path';
import { parse, stringify } from 'yaml';
import type { ScratchRoot } from '../scratch-root.js';
import { issue, readAuthority, type LeafRequest } from './certificates.js';
import { KubeadmError } from './documents.js';
import { apiEndpoint } from './settings.js';
import { ownAddress } from './guest-context.js';
import type { CertificateJob } from './certificate-phases.js';

/** Who talks to which API server with what. PEM texts, not base64. */
export interface ClusterAccess {
  /** https://host:port */
  server: string;
  caPem: string | undefined;
  certificatePem?: string | undefined;
  keyPem?: string | undefined;
  token?: string | undefined;
  /** Instead of the two PEM texts: a file of the guest with both, which the kubelet renews. */
  credentialFile?: string | undefined;
}

export function kubeconfigText(access: ClusterAccess, { user, clusterName }: { user: string; clusterName: string }): string {
  const encode = (pem: string): string => Buffer.from(pem).toString('base64');
  const credentials = {
    ...(access.certificatePem !== undefined && { 'client-certificate-data': encode(access.certificatePem) }),
    ...(access.keyPem !== undefined && { 'client-key-data': encode(access.keyPem) }),
    ...(access.credentialFile !== undefined && { 'client-certificate': access.credentialFile, 'client-key': access.credentialFile }),
    ...(access.token !== undefined && { token: access.token }),
  };
  const context = `${user}@${clusterName}`;
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: clusterName, cluster: { ...(access.caPem !== undefined && { 'certificate-authority-data': encode(access.caPem) }), server: access.server } }],
    contexts: [{ name: context, context: { cluster: clusterName, user } }],
    'current-context': context,
    preferences: {},
    users: [{ name: user, user: credentials }],
  });
}

/** Reads a kubeconfig of the guest; certificates may be inline or files. Throws a KubeadmError when it is no kubeconfig. */
export function readKubeconfig(root: ScratchRoot, path: string): ClusterAccess {
  const config = parse(root.read(path)) as { clusters?: { cluster?: Record<string, unknown> }[]; users?: { user?: Record<string, unknown> }[] } | null;
  const cluster = config?.clusters?.[0]?.cluster ?? {};
  const user = config?.users?.[0]?.user ?? {};
  if (typeof cluster.server !== 'string') throw new KubeadmError(`invalid kubeconfig ${path}: it names no server`);
  const pem = (from: Record<string, unknown>, key: string): string | undefined => {
    const data = from[`${key}-data`];
    if (typeof data === 'string') return Buffer.from(data, 'base64').toString('utf8');
    const file = from[key];
    return typeof file === 'string' ? root.readIfPresent(root.guestPath(file, dirname(path))) : undefined;
  };
  return {
    server: cluster.server,
    caPem: pem(cluster, 'certificate-authority'),
    certificatePem: pem(user, 'client-certificate'),
    keyPem: pem(user, 'client-key'),
    token: typeof user.token === 'string' ? user.token : undefined,
  };
}

interface KubeconfigPlan {
  file: string;
  user: string;
  request: LeafRequest;
}

/** `init phase kubeconfig <name>`: files that exist are checked against the CA and kept. */
export async function kubeconfigPhase(job: CertificateJob, name: string): Promise<void> {
  const { guest, settings, nodeName, print } = job;
  const plans: KubeconfigPlan[] = [
    { file: 'admin.conf', user: 'kubernetes-admin', request: { commonName: 'kubernetes-admin', organizations: ['kubeadm:cluster-admins'], usages: ['client'] } },
    { file: 'super-admin.conf', user: 'kubernetes-super-admin', request: { commonName: 'kubernetes-super-admin', organizations: ['system:masters'], usages: ['client'] } },
    { file: 'kubelet.conf', user: `system:node:${nodeName}`, request: { commonName: `system:node:${nodeName}`, organizations: ['system:nodes'], usages: ['client'] } },
    { file: 'controller-manager.conf', user: 'system:kube-controller-manager', request: { commonName: 'system:kube-controller-manager', usages: ['client'] } },
    { file: 'scheduler.conf', user: 'system:kube-scheduler', request: { commonName: 'system:kube-scheduler', usages: ['client'] } },
  ];
  const wanted = plans.filter(({ file }) => name === 'all' || file === `${name}.conf`);
  if (wanted.length === 0) throw new KubeadmError(`unknown phase "kubeconfig ${name}"`);
  const authority = readAuthority(guest.root, join(settings.cluster.certificatesDir, 'ca'));
  if (!authority) throw new KubeadmError(`couldn't load CA certificate ca: open ${settings.cluster.certificatesDir}/ca.crt: no such file or directory`);
  for (const { file, user, request } of wanted) {
    const path = `/etc/kubernetes/${file}`;
    if (guest.root.exists(path)) {
      if (readKubeconfig(guest.root, path).caPem?.trim() !== authority.certificatePem.trim()) throw new KubeadmError(`a kubeconfig file "${path}" exists already but has got the wrong CA cert`);
      print(`[kubeconfig] Using existing kubeconfig file: "${path}"`);
      continue;
    }
    const { certificatePem, keyPem } = await issue(authority, request);
    // The components of a control-plane node talk to their own API server, people to the shared endpoint.
    const local = file === 'controller-manager.conf' || file === 'scheduler.conf';
    const server = `https://${local ? `${settings.advertiseAddress ?? ownAddress(guest)}:${settings.bindPort}` : apiEndpoint(settings, ownAddress(guest))}`;
    const text = kubeconfigText({ server, caPem: authority.certificatePem, certificatePem, keyPem }, { user, clusterName: settings.cluster.clusterName });
    guest.root.write(path, text, { mode: 0o600 });
    print(`[kubeconfig] Writing "${file}" kubeconfig file`);
  }
}
