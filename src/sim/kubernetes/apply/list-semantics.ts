/** How a list merges: as one value, as a set of scalars, or element by element with these fields as the element's key. */
export type ListSemantics = { kind: 'atomic' } | { kind: 'set' } | { kind: 'map'; keys: readonly string[] };

const atomic: ListSemantics = { kind: 'atomic' };
const keyed = (...keys: string[]): ListSemantics => ({ kind: 'map', keys });

/** From the `+listType` and `+listMapKey` markers of the published API, by field name; names are unambiguous but for `ports`. */
const byField: Record<string, ListSemantics> = {
  containers: keyed('name'),
  initContainers: keyed('name'),
  ephemeralContainers: keyed('name'),
  volumes: keyed('name'),
  env: keyed('name'),
  imagePullSecrets: keyed('name'),
  volumeMounts: keyed('mountPath'),
  volumeDevices: keyed('devicePath'),
  hostAliases: keyed('ip'),
  topologySpreadConstraints: keyed('topologyKey', 'whenUnsatisfiable'),
  resourceClaims: keyed('name'),
  podIPs: keyed('ip'),
  webhooks: keyed('name'),
  podCIDRs: { kind: 'set' },
};
const inMetadata: Record<string, ListSemantics> = { ownerReferences: keyed('uid'), finalizers: { kind: 'set' } };

/**
 * Semantics of the list at a path of field names (list elements leave no trace in it). `kind` is the object's kind, or
 * undefined for a custom resource, whose lists are all atomic.
 */
export function listSemantics(kind: string | undefined, path: readonly string[]): ListSemantics {
  const field = path.at(-1) ?? '';
  const parent = path.at(-2);
  if (parent === 'metadata') return inMetadata[field] ?? atomic;
  if (kind === undefined) return atomic;
  if (field === 'conditions' && parent === 'status') return keyed('type');
  if (field === 'addresses' && kind === 'Node') return keyed('type');
  if (field === 'secrets' && kind === 'ServiceAccount') return keyed('name');
  if (field === 'ports') return portSemantics(kind, parent);
  return byField[field] ?? atomic;
}

function portSemantics(kind: string, parent: string | undefined): ListSemantics {
  if (parent === 'containers' || parent === 'initContainers' || parent === 'ephemeralContainers') return keyed('containerPort', 'protocol');
  return kind === 'Service' && parent === 'spec' ? keyed('port', 'protocol') : atomic;
}

/** The key of an element; a port without a protocol is a TCP port. */
export function keyOfElement(element: Record<string, unknown>, keys: readonly string[]): string {
  const values = keys.map((key): [string, unknown] => [key, element[key] ?? (key === 'protocol' ? 'TCP' : undefined)]);
  return JSON.stringify(Object.fromEntries(values));
}
