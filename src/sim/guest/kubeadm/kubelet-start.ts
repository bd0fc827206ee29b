import { stringify } from 'yaml';
import { readHostName } from '../small-commands.js';
import { KubeadmError, documentOfKind, type KubeadmDocument } from './documents.js';
import type { GuestContext } from './guest-context.js';
import type { NodeSettings, Taint } from './settings.js';

/** The default taint of a control-plane node; workers have none. */
export const controlPlaneTaint: Taint = { key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' };

/** KubeletConfiguration as kubeadm completes it, from the given documents or the cluster's ConfigMap. */
export function kubeletConfigText(documents: KubeadmDocument[], cluster: { dnsDomain: string; serviceSubnet: string; certificatesDir: string }): string {
  const given = documentOfKind(documents, 'KubeletConfiguration');
  const [network = '10.96.0.0'] = cluster.serviceSubnet.split(',')[0]?.split('/') ?? [];
  const octets = network.split('.').map(Number);
  return stringify({
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    authentication: { anonymous: { enabled: false }, webhook: { enabled: true }, x509: { clientCAFile: `${cluster.certificatesDir}/ca.crt` } },
    authorization: { mode: 'Webhook' },
    cgroupDriver: 'systemd',
    // kubeadm gives the cluster's DNS the tenth address of the service network.
    clusterDNS: [[...octets.slice(0, 3), (octets[3] ?? 0) + 10].join('.')],
    clusterDomain: cluster.dnsDomain,
    rotateCertificates: true,
    staticPodPath: '/etc/kubernetes/manifests',
    ...given,
  });
}

/** Writes the kubelet's files and starts its service, as `kubelet-start` does. */
export async function startKubeletService(guest: GuestContext, node: NodeSettings, nodeName: string, configText: string): Promise<void> {
  const { root, services } = guest;
  await services.stop('kubelet.service');
  root.write('/var/lib/kubelet/config.yaml', configText);
  const taints = node.taints ?? [];
  const flags = [
    ['container-runtime-endpoint', 'unix:///var/run/containerd/containerd.sock'],
    ...(nodeName === readHostName(root) ? [] : [['hostname-override', nodeName]]),
    ...(taints.length > 0 ? [['register-with-taints', taints.map(({ key, value, effect }) => `${key}=${value ?? ''}:${effect}`).join(',')]] : []),
    ...node.kubeletArguments.map(({ name, value }) => [name, value]),
  ];
  root.write('/var/lib/kubelet/kubeadm-flags.env', `KUBELET_KUBEADM_ARGS="${flags.map(([name, value]) => `--${name ?? ''}=${value ?? ''}`).join(' ')}"\n`);
  const started = await services.start('kubelet.service');
  if (started.kind !== 'done') throw new KubeadmError(`error execution phase kubelet-start: couldn't start the kubelet: ${'because' in started ? started.because : started.kind}`);
}
