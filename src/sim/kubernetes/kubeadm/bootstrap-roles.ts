import type { Fields } from '../objects/kube-object.js';

const rbac = 'rbac.authorization.k8s.io';
const apiVersion = `${rbac}/v1`;

const rule = (apiGroups: string[], resources: string[], verbs: string[], resourceNames?: string[]): Fields => ({ apiGroups, resources, verbs, ...(resourceNames && { resourceNames }) });
const urls = (nonResourceURLs: string[]): Fields => ({ nonResourceURLs, verbs: ['get'] });
const clusterRole = (name: string, rules: Fields[]): Fields => ({ apiVersion, kind: 'ClusterRole', metadata: { name }, rules });
const role = (namespace: string, name: string, rules: Fields[]): Fields => ({ apiVersion, kind: 'Role', metadata: { name, namespace }, rules });
const group = (name: string): Fields => ({ apiGroup: rbac, kind: 'Group', name });

function binding(name: string, roleKind: 'Role' | 'ClusterRole', roleName: string, subjects: Fields[], namespace?: string): Fields {
  const kind = namespace === undefined ? 'ClusterRoleBinding' : 'RoleBinding';
  return { apiVersion, kind, metadata: { name, ...(namespace !== undefined && { namespace }) }, roleRef: { apiGroup: rbac, kind: roleKind, name: roleName }, subjects };
}

const publicUrls = ['/healthz', '/livez', '/readyz', '/version', '/version/'];
const discoveryUrls = ['/api', '/api/*', '/apis', '/apis/*', '/openapi', '/openapi/*'];
const read = ['get', 'list', 'watch'];
const joinGroup = 'system:bootstrappers:kubeadm:default-node-token';

/** Roles of the API server's own making and of `kubeadm init`, so far as anybody in a simulated cluster uses them. */
export const bootstrapRoles: readonly Fields[] = [
  clusterRole('cluster-admin', [rule(['*'], ['*'], ['*']), { nonResourceURLs: ['*'], verbs: ['*'] }]),
  clusterRole('view', [rule(['', 'apps', 'batch', 'policy', 'networking.k8s.io', 'discovery.k8s.io'], ['configmaps', 'endpoints', 'events', 'pods', 'services', 'serviceaccounts', 'namespaces', 'daemonsets', 'deployments', 'replicasets', 'statefulsets', 'jobs', 'cronjobs', 'poddisruptionbudgets', 'ingresses', 'networkpolicies', 'endpointslices'], read)]),
  clusterRole('edit', [rule(['', 'apps', 'batch', 'policy', 'networking.k8s.io'], ['*'], [...read, 'create', 'update', 'patch', 'delete', 'deletecollection'])]),
  clusterRole('admin', [rule(['', 'apps', 'batch', 'policy', 'networking.k8s.io', rbac], ['*'], ['*'])]),
  clusterRole('system:public-info-viewer', [urls(publicUrls)]),
  clusterRole('system:discovery', [urls([...publicUrls, ...discoveryUrls])]),
  clusterRole('system:basic-user', [rule(['authorization.k8s.io'], ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'], ['create'])]),
  clusterRole('system:node-bootstrapper', [rule(['certificates.k8s.io'], ['certificatesigningrequests'], ['create', ...read])]),
  clusterRole('kubeadm:get-nodes', [rule([''], ['nodes'], ['get'])]),
  binding('cluster-admin', 'ClusterRole', 'cluster-admin', [group('system:masters')]),
  // Since 1.29 admin.conf is in this group and only super-admin.conf in system:masters.
  binding('kubeadm:cluster-admins', 'ClusterRole', 'cluster-admin', [group('kubeadm:cluster-admins')]),
  binding('system:public-info-viewer', 'ClusterRole', 'system:public-info-viewer', [group('system:authenticated'), group('system:unauthenticated')]),
  binding('system:discovery', 'ClusterRole', 'system:discovery', [group('system:authenticated')]),
  binding('system:basic-user', 'ClusterRole', 'system:basic-user', [group('system:authenticated')]),
  binding('kubeadm:kubelet-bootstrap', 'ClusterRole', 'system:node-bootstrapper', [group(joinGroup)]),
  binding('kubeadm:get-nodes', 'ClusterRole', 'kubeadm:get-nodes', [group(joinGroup)]),
  role('kube-public', 'kubeadm:bootstrap-signer-clusterinfo', [rule([''], ['configmaps'], ['get'], ['cluster-info'])]),
  binding('kubeadm:bootstrap-signer-clusterinfo', 'Role', 'kubeadm:bootstrap-signer-clusterinfo', [{ apiGroup: rbac, kind: 'User', name: 'system:anonymous' }, group('system:unauthenticated')], 'kube-public'),
  role('kube-system', 'kubeadm:nodes-kubeadm-config', [rule([''], ['configmaps'], ['get'], ['kubeadm-config'])]),
  binding('kubeadm:nodes-kubeadm-config', 'Role', 'kubeadm:nodes-kubeadm-config', [group(joinGroup), group('system:nodes')], 'kube-system'),
  role('kube-system', 'kubeadm:kubelet-config', [rule([''], ['configmaps'], ['get'], ['kubelet-config'])]),
  binding('kubeadm:kubelet-config', 'Role', 'kubeadm:kubelet-config', [group(joinGroup), group('system:nodes')], 'kube-system'),
  role('kube-system', 'kube-proxy', [rule([''], ['configmaps'], ['get'], ['kube-proxy'])]),
  binding('kube-proxy', 'Role', 'kube-proxy', [group(joinGroup)], 'kube-system'),
];
