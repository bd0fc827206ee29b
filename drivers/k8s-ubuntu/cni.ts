import type { ClusterSpec, KubernetesManifest } from '../../src/driver-contract/index.js';

const namespace = 'kube-flannel';
const name = 'flannel';
const publicRegistry = 'ghcr.io/flannel-io/';
const owned = { app: name, 'app.kubernetes.io/managed-by': 'jeroboam' };

/** flannel: a VXLAN between the nodes, each with the /24 of pods that the controller manager gave it. */
export const flannelManifests = (spec: ClusterSpec): readonly KubernetesManifest[] => [
  {
    apiVersion: 'v1',
    kind: 'Namespace',
    // Its pods change the node's network, which every other pod security level forbids.
    metadata: { name: namespace, labels: { ...owned, 'pod-security.kubernetes.io/enforce': 'privileged' } },
  },
  { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace, labels: owned } },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: { name, labels: owned },
    rules: [
      { apiGroups: [''], resources: ['pods'], verbs: ['get'] },
      { apiGroups: [''], resources: ['nodes'], verbs: ['get', 'list', 'watch'] },
      // Its own address goes into annotations of the node and the condition NetworkUnavailable.
      { apiGroups: [''], resources: ['nodes/status'], verbs: ['patch'] },
    ],
  },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name, labels: owned },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name },
    subjects: [{ kind: 'ServiceAccount', name, namespace }],
  },
  {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'kube-flannel-cfg', namespace, labels: owned },
    data: { 'cni-conf.json': asJson(cniConfiguration), 'net-conf.json': asJson({ Network: spec.podCidr, Backend: { Type: 'vxlan' } }) },
  },
  daemonSet(spec),
];

const asJson = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`;

/** What the container runtime calls for each pod: flannel hands over to the bridge plugin; portmap serves host ports. */
const cniConfiguration = {
  name: 'cbr0',
  cniVersion: '0.3.1',
  plugins: [
    { type: 'flannel', delegate: { hairpinMode: true, isDefaultGateway: true } },
    { type: 'portmap', capabilities: { portMappings: true } },
  ],
};

function daemonSet(spec: ClusterSpec): KubernetesManifest {
  const registry = spec.labels['container_infra_prefix'] || publicRegistry;
  const flannelImage = `${registry}flannel:${label(spec, 'flannel_tag')}`;
  const pluginImage = `${registry}flannel-cni-plugin:${label(spec, 'flannel_cni_tag')}`;
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'kube-flannel-ds', namespace, labels: { ...owned, tier: 'node' } },
    spec: {
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { ...owned, tier: 'node' } },
        spec: {
          serviceAccountName: name,
          hostNetwork: true,
          priorityClassName: 'system-node-critical',
          affinity: {
            nodeAffinity: {
              requiredDuringSchedulingIgnoredDuringExecution: {
                nodeSelectorTerms: [{ matchExpressions: [{ key: 'kubernetes.io/os', operator: 'In', values: ['linux'] }] }],
              },
            },
          },
          // It makes nodes Ready, so it must come before they are.
          tolerations: [{ operator: 'Exists', effect: 'NoSchedule' }, { operator: 'Exists', effect: 'NoExecute' }],
          initContainers: [
            copyTo('install-cni-plugin', pluginImage, '/flannel', '/opt/cni/bin/flannel', [{ name: 'cni-plugin', mountPath: '/opt/cni/bin' }]),
            copyTo('install-cni', flannelImage, '/etc/kube-flannel/cni-conf.json', '/etc/cni/net.d/10-flannel.conflist', [
              { name: 'cni', mountPath: '/etc/cni/net.d' },
              { name: 'flannel-cfg', mountPath: '/etc/kube-flannel/' },
            ]),
          ],
          containers: [
            {
              name: 'kube-flannel',
              image: flannelImage,
              command: ['/opt/bin/flanneld'],
              args: ['--ip-masq', '--kube-subnet-mgr'],
              resources: { requests: { cpu: '100m', memory: '50Mi' } },
              securityContext: { privileged: false, capabilities: { add: ['NET_ADMIN', 'NET_RAW'] } },
              env: [
                { name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
                { name: 'POD_NAMESPACE', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } },
              ],
              volumeMounts: [
                { name: 'run', mountPath: '/run/flannel' },
                { name: 'flannel-cfg', mountPath: '/etc/kube-flannel/' },
                { name: 'xtables-lock', mountPath: '/run/xtables.lock' },
              ],
            },
          ],
          volumes: [
            { name: 'run', hostPath: { path: '/run/flannel', type: 'DirectoryOrCreate' } },
            { name: 'cni-plugin', hostPath: { path: '/opt/cni/bin', type: 'DirectoryOrCreate' } },
            { name: 'cni', hostPath: { path: '/etc/cni/net.d', type: 'DirectoryOrCreate' } },
            { name: 'flannel-cfg', configMap: { name: 'kube-flannel-cfg' } },
            // iptables of node and pod take turns by this lock.
            { name: 'xtables-lock', hostPath: { path: '/run/xtables.lock', type: 'FileOrCreate' } },
          ],
        },
      },
    },
  };
}

const copyTo = (containerName: string, image: string, from: string, to: string, volumeMounts: { name: string; mountPath: string }[]) => ({
  name: containerName,
  image,
  command: ['cp', '-f', from, to],
  volumeMounts,
});

function label(spec: ClusterSpec, labelName: string): string {
  const value = spec.labels[labelName];
  if (value === undefined) throw new Error(`The spec of cluster ${spec.clusterId} has no label ${labelName}: defaults are filled in when it is accepted.`);
  return value;
}
