import { parseOptions, optionValue, UsageError } from './command-options.js';
import { KubeadmError } from './kubeadm/documents.js';
import type { ScratchRoot } from './scratch-root.js';
import { readHostName } from './small-commands.js';

export interface KubeletFlags {
  config: string;
  kubeconfig: string;
  bootstrapKubeconfig: string;
  providerId: string;
  labels: Record<string, string>;
  taints: { key: string; value?: string; effect: string }[];
  nodeName: (root: ScratchRoot) => string;
}

const known = [
  'config', 'kubeconfig', 'bootstrap-kubeconfig', 'hostname-override', 'node-ip', 'node-labels', 'register-with-taints', 'provider-id', 'cloud-provider', 'container-runtime-endpoint', 'pod-infra-container-image', 'cgroup-driver',
  'v', 'root-dir', 'cert-dir', 'max-pods', 'feature-gates', 'image-credential-provider-config', 'image-credential-provider-bin-dir', 'resolv-conf', 'volume-plugin-dir', 'rotate-certificates', 'node-status-update-frequency',
];

/** Prefixes and names in Kubernetes' own domains that a kubelet may set on itself; others it refuses at start. */
const ownLabels = /^(kubelet\.kubernetes\.io|node\.kubernetes\.io)\/|^(.+\.)?(kubelet|node)\.kubernetes\.io\//u;
const ownNames = new Set([
  'beta.kubernetes.io/arch', 'beta.kubernetes.io/instance-type', 'beta.kubernetes.io/os', 'failure-domain.beta.kubernetes.io/region', 'failure-domain.beta.kubernetes.io/zone', 'kubernetes.io/arch', 'kubernetes.io/hostname',
  'kubernetes.io/os', 'node.kubernetes.io/instance-type', 'topology.kubernetes.io/region', 'topology.kubernetes.io/zone',
]);

/** Reads the kubelet's command line; throws a KubeadmError for what makes the kubelet exit at once. */
export function readKubeletFlags(args: string[]): KubeletFlags {
  let line;
  try {
    line = parseOptions([...args], Object.fromEntries(known.map((name) => [name, 'value' as const])));
  } catch (error) {
    if (error instanceof UsageError) throw new KubeadmError(`failed to parse kubelet flag: ${error.message}`);
    throw error;
  }
  const override = optionValue(line, 'hostname-override');
  return {
    config: optionValue(line, 'config') ?? '',
    kubeconfig: optionValue(line, 'kubeconfig') ?? '/etc/kubernetes/kubelet.conf',
    bootstrapKubeconfig: optionValue(line, 'bootstrap-kubeconfig') ?? '/etc/kubernetes/bootstrap-kubelet.conf',
    providerId: optionValue(line, 'provider-id') ?? '',
    labels: readLabels(optionValue(line, 'node-labels') ?? ''),
    taints: readTaints(optionValue(line, 'register-with-taints') ?? ''),
    nodeName: (root) => override ?? readHostName(root).toLowerCase(),
  };
}

function readLabels(text: string): Record<string, string> {
  const labels: Record<string, string> = {};
  for (const pair of text.split(',').filter((each) => each !== '')) {
    const [key = '', value = ''] = pair.split('=');
    const domain = key.includes('/') ? (key.split('/')[0] ?? '') : '';
    const isKubernetes = /(^|\.)(kubernetes|k8s)\.io$/u.test(domain);
    if (isKubernetes && !ownNames.has(key) && !ownLabels.test(key)) throw new KubeadmError(`unknown 'kubernetes.io' or 'k8s.io' labels specified with --node-labels: [${key}]`);
    if (!/^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/u.test(value)) throw new KubeadmError(`invalid value of label ${key} in --node-labels: "${value}"`);
    labels[key] = value;
  }
  return labels;
}

function readTaints(text: string): KubeletFlags['taints'] {
  return text
    .split(',')
    .filter((each) => each !== '')
    .map((each) => {
      const [, key = '', value, effect = ''] = /^([^=:]+)(?:=([^:]*))?:(NoSchedule|PreferNoSchedule|NoExecute)$/u.exec(each) ?? [];
      if (key === '') throw new KubeadmError(`invalid taint spec in --register-with-taints: ${each}`);
      return { key, effect, ...(value !== undefined && value !== '' && { value }) };
    });
}
