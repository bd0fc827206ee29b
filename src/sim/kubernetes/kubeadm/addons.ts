import type { Fields } from '../objects/kube-object.js';
import { addressInSubnet, type ClusterSettings } from './cluster-configuration.js';

const exists = { operator: 'Exists' };
const controlPlane = { key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' };
const linux = { 'kubernetes.io/os': 'linux' };
const mount = (name: string, mountPath: string): Fields => ({ name, mountPath });

/** CoreDNS' release per Kubernetes minor does not matter to anybody here; its image only has to look like one. */
const coreDnsTag = 'v1.11.3';

/** kube-proxy and CoreDNS as `kubeadm init` installs them: two replicas of DNS, a proxy on every node whatever its taints. */
export function kubeadmAddons(settings: ClusterSettings, kubernetesVersion: string): Fields[] {
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'kube-proxy', namespace: 'kube-system' } },
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'coredns', namespace: 'kube-system' } },
    configMap('kube-proxy', { 'config.conf': `apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\nclusterCIDR: ${settings.podSubnet ?? '""'}\n` }),
    configMap('coredns', { Corefile: `.:53 {\n    kubernetes ${settings.dnsDomain}\n    forward . /etc/resolv.conf\n}\n` }),
    kubeProxy(settings, kubernetesVersion),
    coreDns(settings),
    dnsService(settings),
  ];
}

export const configMap = (name: string, data: Record<string, string>, namespace = 'kube-system'): Fields => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace }, data });

function kubeProxy({ imageRepository }: ClusterSettings, version: string): Fields {
  const labels = { 'k8s-app': 'kube-proxy' };
  const container = { name: 'kube-proxy', image: `${imageRepository}/kube-proxy:${version}`, volumeMounts: [mount('kube-proxy', '/var/lib/kube-proxy')] };
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'kube-proxy', namespace: 'kube-system', labels },
    spec: {
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          ...{ hostNetwork: true, nodeSelector: linux, priorityClassName: 'system-node-critical', serviceAccountName: 'kube-proxy', tolerations: [exists] },
          containers: [container],
          volumes: [{ name: 'kube-proxy', configMap: { name: 'kube-proxy' } }],
        },
      },
    },
  };
}

function coreDns({ imageRepository }: ClusterSettings): Fields {
  const labels = { 'k8s-app': 'kube-dns' };
  const container = {
    name: 'coredns',
    image: `${imageRepository}/coredns/coredns:${coreDnsTag}`,
    resources: { requests: { cpu: '100m', memory: '70Mi' }, limits: { memory: '170Mi' } },
    volumeMounts: [mount('config-volume', '/etc/coredns')],
  };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'coredns', namespace: 'kube-system', labels },
    spec: {
      replicas: 2,
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1 } },
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          ...{ nodeSelector: linux, priorityClassName: 'system-cluster-critical', serviceAccountName: 'coredns', dnsPolicy: 'Default' },
          tolerations: [{ key: 'CriticalAddonsOnly', ...exists }, controlPlane],
          containers: [container],
          volumes: [{ name: 'config-volume', configMap: { name: 'coredns' } }],
        },
      },
    },
  };
}

function dnsService({ serviceSubnet }: ClusterSettings): Fields {
  const labels = { 'k8s-app': 'kube-dns', 'kubernetes.io/name': 'CoreDNS' };
  const port = (name: string, number: number, protocol: string): Fields => ({ name, port: number, targetPort: number, protocol });
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'kube-dns', namespace: 'kube-system', labels },
    spec: {
      clusterIP: addressInSubnet(serviceSubnet, 10),
      selector: { 'k8s-app': 'kube-dns' },
      ports: [port('dns', 53, 'UDP'), port('dns-tcp', 53, 'TCP'), port('metrics', 9153, 'TCP')],
    },
  };
}
