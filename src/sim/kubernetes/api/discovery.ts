import type { ResourceCatalogue } from '../resources/resource-catalogue.js';
import type { ResourceType } from '../resources/resource-type.js';

const objectVerbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];
const statusVerbs = ['get', 'patch', 'update'];

/** Reviews exist only as answers to a POST: they are no stored resource. */
export const accessReviews = [
  { group: 'authorization.k8s.io', plural: 'selfsubjectaccessreviews', kind: 'SelfSubjectAccessReview' },
  { group: 'authorization.k8s.io', plural: 'subjectaccessreviews', kind: 'SubjectAccessReview' },
];

export function coreVersions(address: string): object {
  return { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: address }] };
}

export function groupList(catalogue: ResourceCatalogue): object {
  return { kind: 'APIGroupList', apiVersion: 'v1', groups: groupNames(catalogue).map((group) => groupOf(catalogue, group)) };
}

export function apiGroup(catalogue: ResourceCatalogue, group: string): object | undefined {
  return groupNames(catalogue).includes(group) ? { kind: 'APIGroup', apiVersion: 'v1', ...groupOf(catalogue, group) } : undefined;
}

export function resourceList(catalogue: ResourceCatalogue, group: string, version: string): object | undefined {
  const types = catalogue.all().filter((type) => type.group === group && type.versions.includes(version));
  const reviews = version === 'v1' ? accessReviews.filter((review) => review.group === group) : [];
  if (types.length === 0 && reviews.length === 0) return undefined;
  return {
    kind: 'APIResourceList',
    // The core list has said no apiVersion since the beginning, and clients do without.
    ...(group !== '' && { apiVersion: 'v1' }),
    groupVersion: group === '' ? version : `${group}/${version}`,
    resources: [
      ...types.flatMap(describe),
      ...reviews.map(({ plural, kind }) => ({ name: plural, singularName: '', namespaced: false, kind, verbs: ['create'] })),
    ].sort((a, b) => (a.name < b.name ? -1 : 1)),
  };
}

function groupNames(catalogue: ResourceCatalogue): string[] {
  return [...new Set([...catalogue.groups(), ...accessReviews.map(({ group }) => group)])];
}

function groupOf(catalogue: ResourceCatalogue, group: string): object {
  const known = catalogue.versionsOf(group);
  const versions = (known.length > 0 ? known : ['v1']).map((version) => ({ groupVersion: `${group}/${version}`, version }));
  return { name: group, versions, preferredVersion: versions[0] };
}

function describe(type: ResourceType): { name: string }[] {
  const { plural, namespaced, kind, shortNames, categories } = type;
  const main = {
    name: plural,
    singularName: '',
    namespaced,
    kind,
    verbs: objectVerbs,
    ...(shortNames.length > 0 && { shortNames }),
    ...(categories.length > 0 && { categories }),
  };
  return [main, ...type.subresources.map((subresource) => ({ name: `${plural}/${subresource}`, singularName: '', namespaced, ...subresourceOf(type, subresource) }))];
}

/** kubectl reads from `pods/eviction` which version of the Eviction the server wants. */
function subresourceOf(type: ResourceType, subresource: string): object {
  switch (subresource) {
    case 'eviction':
      return { group: 'policy', version: 'v1', kind: 'Eviction', verbs: ['create'] };
    case 'scale':
      return { group: 'autoscaling', version: 'v1', kind: 'Scale', verbs: statusVerbs };
    case 'token':
      return { group: 'authentication.k8s.io', version: 'v1', kind: 'TokenRequest', verbs: ['create'] };
    case 'binding':
      return { kind: 'Binding', verbs: ['create'] };
    case 'portforward':
      return { kind: 'PodPortForwardOptions', verbs: ['create', 'get'] };
    case 'finalize':
      return { kind: type.kind, verbs: ['update'] };
    default:
      return { kind: type.kind, verbs: statusVerbs };
  }
}
