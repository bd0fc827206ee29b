import { StatusError, qualified } from '../api/status-error.js';
import type { RequestInfo } from '../api/request-info.js';
import { listOf, textOf, valueAt, type Fields, type KubeObject } from '../objects/kube-object.js';
import type { ObjectStore } from '../store/object-store.js';
import type { User } from './user.js';

export type AccessAttributes = Pick<RequestInfo, 'verb' | 'group' | 'plural' | 'namespace' | 'name' | 'subresource' | 'isResource' | 'path'>;

/** system:masters may do everything, kubelets what their work needs, everybody else what RBAC objects say. */
export function isAllowed(store: ObjectStore, user: User, access: AccessAttributes): boolean {
  if (user.groups.includes('system:masters')) return true;
  if (user.groups.includes('system:nodes') && isAllowedForNode(user, access)) return true;
  return rulesOf(store, user, access.namespace).some((rule) => ruleAllows(rule, access));
}

/** The refusal as the API server words it. */
export function forbidden(user: User, access: AccessAttributes): StatusError {
  if (!access.isResource) return new StatusError(403, 'Forbidden', `forbidden: User "${user.name}" cannot ${access.verb} path "${access.path}"`, {});
  const type = { group: access.group, plural: access.plural };
  const what = access.subresource === undefined ? access.plural : `${access.plural}/${access.subresource}`;
  const where = access.namespace === undefined ? 'at the cluster scope' : `in the namespace "${access.namespace}"`;
  const subject = access.name === undefined ? qualified(type) : `${qualified(type)} "${access.name}"`;
  return new StatusError(
    403,
    'Forbidden',
    `${subject} is forbidden: User "${user.name}" cannot ${access.verb} resource "${what}" in API group "${access.group}" ${where}`,
    { ...(access.name !== undefined && { name: access.name }), ...(access.group !== '' && { group: access.group }), kind: access.plural },
  );
}

function rulesOf(store: ObjectStore, user: User, namespace: string | undefined): Fields[] {
  const wide = [...store.values('clusterrolebindings.rbac.authorization.k8s.io')];
  const inNamespace = namespace === undefined ? [] : store.list('rolebindings.rbac.authorization.k8s.io', namespace);
  return [...wide, ...inNamespace].filter((binding) => isBound(binding, user)).flatMap((binding) => roleRules(store, binding));
}

function isBound(binding: KubeObject, user: User): boolean {
  return listOf(binding['subjects']).some(({ kind, name, namespace }) => {
    if (kind === 'User') return name === user.name;
    if (kind === 'Group') return typeof name === 'string' && user.groups.includes(name);
    return user.name === `system:serviceaccount:${textOf(namespace) ?? binding.metadata.namespace ?? ''}:${textOf(name) ?? ''}`;
  });
}

function roleRules(store: ObjectStore, binding: KubeObject): Fields[] {
  const name = textOf(valueAt(binding, 'roleRef', 'name')) ?? '';
  const isRole = valueAt(binding, 'roleRef', 'kind') === 'Role';
  const role = isRole
    ? store.get('roles.rbac.authorization.k8s.io', binding.metadata.namespace, name)
    : store.get('clusterroles.rbac.authorization.k8s.io', undefined, name);
  return listOf(role?.['rules']);
}

function ruleAllows(rule: Fields, access: AccessAttributes): boolean {
  if (!has(rule['verbs'], access.verb)) return false;
  if (!access.isResource) return list(rule['nonResourceURLs']).some((url) => (url.endsWith('*') ? access.path.startsWith(url.slice(0, -1)) : url === access.path));
  const what = access.subresource === undefined ? access.plural : `${access.plural}/${access.subresource}`;
  const isNamed = rule['resourceNames'] === undefined || list(rule['resourceNames']).includes(access.name ?? '');
  return has(rule['apiGroups'], access.group) && (has(rule['resources'], what) || list(rule['resources']).includes(`*/${access.subresource ?? ''}`)) && isNamed;
}

const list = (value: unknown): string[] => (Array.isArray(value) ? value.filter((item) => typeof item === 'string') : []);
const has = (value: unknown, wanted: string): boolean => list(value).some((item) => item === '*' || item === wanted);

const readable = new Set(['nodes', 'pods', 'services', 'configmaps', 'secrets', 'endpoints', 'csinodes', 'csidrivers', 'leases', 'persistentvolumes', 'persistentvolumeclaims', 'volumeattachments', 'serviceaccounts']);
const reading = new Set(['get', 'list', 'watch']);

/** What the node authorizer and NodeRestriction leave a kubelet: to read what it runs, and to write itself. */
function isAllowedForNode(user: User, { verb, plural, name, subresource }: AccessAttributes): boolean {
  const nodeName = user.name.replace(/^system:node:/, '');
  if (reading.has(verb)) return readable.has(plural);
  switch (plural) {
    case 'nodes':
      return verb === 'create' || ((verb === 'patch' || verb === 'update') && name === nodeName);
    case 'leases':
    case 'csinodes':
      return verb === 'create' || name === nodeName;
    case 'pods':
      return subresource === 'status' || subresource === 'eviction' || verb === 'create' || verb === 'delete';
    case 'events':
      return verb === 'create' || verb === 'patch' || verb === 'update';
    case 'certificatesigningrequests':
    case 'subjectaccessreviews':
    case 'tokenreviews':
    case 'selfsubjectaccessreviews':
      return verb === 'create';
    default:
      return plural === 'serviceaccounts' && subresource === 'token' && verb === 'create';
  }
}

