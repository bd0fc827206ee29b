import { timestamp, type Fields } from '../objects/kube-object.js';
import type { Taint } from '../objects/workloads.js';

export interface NodeDescription {
  nodeName: string;
  serverId: string;
  kubernetesVersion: string;
  providerId: string;
  role: 'control-plane' | 'worker';
  labels: Record<string, string>;
  taints: Taint[];
  fixedAddress: string;
  floatingAddress: string | undefined;
  isNetworkReady: boolean;
  isRuntimeDown: boolean;
}

/** The Node that a kubelet (and, for its role, kubeadm) registers. */
export function nodeDocument(node: NodeDescription): Fields {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: node.nodeName, labels: nodeLabels(node), annotations: { 'kubeadm.alpha.kubernetes.io/cri-socket': 'unix:///run/containerd/containerd.sock' } },
    spec: {
      providerID: node.providerId,
      taints: [...node.taints, { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' }],
    },
    status: nodeStatus(node, undefined),
  };
}

export function nodeLabels({ nodeName, role, labels }: NodeDescription): Record<string, string> {
  return {
    'beta.kubernetes.io/arch': 'amd64',
    'beta.kubernetes.io/os': 'linux',
    'kubernetes.io/arch': 'amd64',
    'kubernetes.io/hostname': nodeName,
    'kubernetes.io/os': 'linux',
    ...(role === 'control-plane' && { 'node-role.kubernetes.io/control-plane': '', 'node.kubernetes.io/exclude-from-external-load-balancers': '' }),
    ...labels,
  };
}

/** One status report. `previous` are the conditions of the last one: unchanged ones keep their time of transition. */
export function nodeStatus(node: NodeDescription, previous: Fields[] | undefined): Fields {
  const resources = { cpu: '4', memory: '8Gi', 'ephemeral-storage': '40Gi', pods: '110' };
  return {
    capacity: resources,
    allocatable: { ...resources, memory: '7Gi', 'ephemeral-storage': '36Gi' },
    conditions: conditionsOf(node, previous),
    addresses: [
      { type: 'InternalIP', address: node.fixedAddress },
      ...(node.floatingAddress !== undefined ? [{ type: 'ExternalIP', address: node.floatingAddress }] : []),
      { type: 'Hostname', address: node.nodeName },
    ],
    daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
    nodeInfo: {
      machineID: node.serverId.replaceAll('-', ''),
      systemUUID: node.serverId,
      bootID: node.serverId,
      kernelVersion: '6.8.0-60-generic',
      osImage: 'Ubuntu 24.04.2 LTS',
      containerRuntimeVersion: 'containerd://1.7.27',
      kubeletVersion: node.kubernetesVersion,
      kubeProxyVersion: node.kubernetesVersion,
      operatingSystem: 'linux',
      architecture: 'amd64',
    },
  };
}

function conditionsOf(node: NodeDescription, previous: Fields[] | undefined): Fields[] {
  const now = timestamp();
  const condition = (type: string, status: string, reason: string, message: string): Fields => {
    const known = previous?.find((other) => other['type'] === type);
    return { type, status, lastHeartbeatTime: now, lastTransitionTime: known?.['status'] === status ? known['lastTransitionTime'] : now, reason, message };
  };
  return [
    condition('MemoryPressure', 'False', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'),
    condition('DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'),
    condition('PIDPressure', 'False', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'),
    readyCondition(),
  ];

  function readyCondition(): Fields {
    if (node.isRuntimeDown) return condition('Ready', 'False', 'KubeletNotReady', 'container runtime is down');
    if (node.isNetworkReady) return condition('Ready', 'True', 'KubeletReady', 'kubelet is posting ready status');
    return condition('Ready', 'False', 'KubeletNotReady', 'container runtime network is not ready: cni plugin not initialized, no network add-on runs on this node');
  }
}
