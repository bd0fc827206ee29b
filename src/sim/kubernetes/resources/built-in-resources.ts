import type { ResourceType } from './resource-type.js';

type Options = Partial<Pick<ResourceType, 'shortNames' | 'categories' | 'subresources' | 'versions' | 'generational'>>;

const type = (group: string, plural: string, kind: string, namespaced: boolean, options: Options = {}): ResourceType => ({
  group,
  versions: ['v1'],
  plural,
  singular: kind.toLowerCase(),
  kind,
  namespaced,
  shortNames: [],
  categories: [],
  subresources: [],
  generational: false,
  ...options,
});

const namespaced = (group: string, plural: string, kind: string, options?: Options): ResourceType => type(group, plural, kind, true, options);
const clusterWide = (group: string, plural: string, kind: string, options?: Options): ResourceType => type(group, plural, kind, false, options);

const workload = (plural: string, kind: string, shortName: string, subresources = ['status', 'scale']): ResourceType =>
  namespaced('apps', plural, kind, { shortNames: [shortName], categories: ['all'], subresources, generational: true });

/** What every API server serves without a CustomResourceDefinition; short names as kubectl's users know them. */
export const builtInResources: readonly ResourceType[] = [
  namespaced('', 'configmaps', 'ConfigMap', { shortNames: ['cm'] }),
  namespaced('', 'endpoints', 'Endpoints', { shortNames: ['ep'] }),
  namespaced('', 'events', 'Event', { shortNames: ['ev'] }),
  namespaced('', 'limitranges', 'LimitRange', { shortNames: ['limits'] }),
  clusterWide('', 'namespaces', 'Namespace', { shortNames: ['ns'], subresources: ['status', 'finalize'] }),
  clusterWide('', 'nodes', 'Node', { shortNames: ['no'], subresources: ['status'] }),
  namespaced('', 'persistentvolumeclaims', 'PersistentVolumeClaim', { shortNames: ['pvc'], subresources: ['status'] }),
  clusterWide('', 'persistentvolumes', 'PersistentVolume', { shortNames: ['pv'], subresources: ['status'] }),
  namespaced('', 'pods', 'Pod', { shortNames: ['po'], categories: ['all'], subresources: ['status', 'eviction', 'binding', 'portforward'] }),
  namespaced('', 'podtemplates', 'PodTemplate'),
  namespaced('', 'resourcequotas', 'ResourceQuota', { shortNames: ['quota'], subresources: ['status'] }),
  namespaced('', 'secrets', 'Secret'),
  namespaced('', 'serviceaccounts', 'ServiceAccount', { shortNames: ['sa'], subresources: ['token'] }),
  namespaced('', 'services', 'Service', { shortNames: ['svc'], categories: ['all'], subresources: ['status'] }),
  workload('daemonsets', 'DaemonSet', 'ds', ['status']),
  workload('deployments', 'Deployment', 'deploy'),
  workload('replicasets', 'ReplicaSet', 'rs'),
  workload('statefulsets', 'StatefulSet', 'sts'),
  namespaced('apps', 'controllerrevisions', 'ControllerRevision'),
  namespaced('batch', 'jobs', 'Job', { categories: ['all'], subresources: ['status'], generational: true }),
  namespaced('batch', 'cronjobs', 'CronJob', { shortNames: ['cj'], categories: ['all'], subresources: ['status'], generational: true }),
  namespaced('policy', 'poddisruptionbudgets', 'PodDisruptionBudget', {
    shortNames: ['pdb'],
    versions: ['v1', 'v1beta1'],
    subresources: ['status'],
    generational: true,
  }),
  namespaced('coordination.k8s.io', 'leases', 'Lease'),
  namespaced('discovery.k8s.io', 'endpointslices', 'EndpointSlice'),
  namespaced('networking.k8s.io', 'networkpolicies', 'NetworkPolicy', { shortNames: ['netpol'], generational: true }),
  namespaced('networking.k8s.io', 'ingresses', 'Ingress', { shortNames: ['ing'], subresources: ['status'], generational: true }),
  clusterWide('networking.k8s.io', 'ingressclasses', 'IngressClass', { generational: true }),
  namespaced('rbac.authorization.k8s.io', 'roles', 'Role'),
  namespaced('rbac.authorization.k8s.io', 'rolebindings', 'RoleBinding'),
  clusterWide('rbac.authorization.k8s.io', 'clusterroles', 'ClusterRole'),
  clusterWide('rbac.authorization.k8s.io', 'clusterrolebindings', 'ClusterRoleBinding'),
  clusterWide('storage.k8s.io', 'storageclasses', 'StorageClass', { shortNames: ['sc'] }),
  clusterWide('storage.k8s.io', 'csidrivers', 'CSIDriver'),
  clusterWide('storage.k8s.io', 'csinodes', 'CSINode'),
  clusterWide('storage.k8s.io', 'volumeattachments', 'VolumeAttachment', { subresources: ['status'] }),
  clusterWide('scheduling.k8s.io', 'priorityclasses', 'PriorityClass', { shortNames: ['pc'] }),
  clusterWide('certificates.k8s.io', 'certificatesigningrequests', 'CertificateSigningRequest', {
    shortNames: ['csr'],
    subresources: ['status', 'approval'],
  }),
  clusterWide('apiextensions.k8s.io', 'customresourcedefinitions', 'CustomResourceDefinition', {
    shortNames: ['crd', 'crds'],
    categories: ['api-extensions'],
    subresources: ['status'],
    generational: true,
  }),
  clusterWide('apiregistration.k8s.io', 'apiservices', 'APIService', { subresources: ['status'] }),
  clusterWide('admissionregistration.k8s.io', 'mutatingwebhookconfigurations', 'MutatingWebhookConfiguration', { generational: true }),
  clusterWide('admissionregistration.k8s.io', 'validatingwebhookconfigurations', 'ValidatingWebhookConfiguration', { generational: true }),
];

/** policy/v1beta1 was dropped in 1.25; before that old clients may still read budgets by it. */
export function resourcesOfRelease(minor: number): ResourceType[] {
  return builtInResources.map((resource) =>
    resource.group === 'policy' && minor >= 25 ? { ...resource, versions: ['v1'] } : resource,
  );
}
