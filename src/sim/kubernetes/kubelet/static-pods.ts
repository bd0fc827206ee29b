import { createHash } from 'node:crypto';
import type { Fields } from '../objects/kube-object.js';

/** etcd's release per Kubernetes release matters to nobody here; its image only has to look like one. */
const etcdTag = '3.5.21-0';

/** What kubeadm puts into /etc/kubernetes/manifests of a control-plane machine, as the kubelet mirrors it. */
export function controlPlanePods(nodeName: string, address: string, kubernetesVersion: string, imageRepository: string): Fields[] {
  const release = (component: string): string => `${imageRepository}/${component}:${kubernetesVersion}`;
  const annotations = { 'kubeadm.kubernetes.io/etcd.advertise-client-urls': `https://${address}:2379` };
  return [
    mirrorPod(nodeName, 'etcd', `${imageRepository}/etcd:${etcdTag}`, annotations),
    mirrorPod(nodeName, 'kube-apiserver', release('kube-apiserver'), { 'kubeadm.kubernetes.io/kube-apiserver.advertise-address.endpoint': `${address}:6443` }),
    mirrorPod(nodeName, 'kube-controller-manager', release('kube-controller-manager')),
    mirrorPod(nodeName, 'kube-scheduler', release('kube-scheduler')),
  ];
}

function mirrorPod(nodeName: string, component: string, image: string, annotations: Record<string, string> = {}): Fields {
  const hash = createHash('md5').update(`${nodeName}/${component}/${image}`).digest('hex');
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: `${component}-${nodeName}`,
      namespace: 'kube-system',
      labels: { component, tier: 'control-plane' },
      annotations: {
        'kubernetes.io/config.hash': hash,
        'kubernetes.io/config.mirror': hash,
        'kubernetes.io/config.source': 'file',
        ...annotations,
      },
    },
    spec: {
      nodeName,
      hostNetwork: true,
      priorityClassName: 'system-node-critical',
      tolerations: [{ operator: 'Exists', effect: 'NoExecute' }],
      containers: [{ name: component, image }],
    },
  };
}
