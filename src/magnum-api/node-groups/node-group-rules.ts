import { ConflictingValueError } from '../../domain/domain-error.js';
import { isLabelKey, isLabelValue, nodeGroupLabel, roleLabel } from '../../domain/kubernetes-label.js';
import type { NodeTaintSpec } from '../../driver-contract/index.js';

export interface GroupCounts {
  readonly name: string;
  readonly nodeCount: number;
  readonly minNodeCount: number;
  /** Null: none. */
  readonly maxNodeCount: number | null;
}

/** Throws ConflictingValueError for counts that contradict each other. */
export function checkGroupCounts({ name, nodeCount, minNodeCount, maxNodeCount }: GroupCounts): void {
  if (maxNodeCount !== null && minNodeCount > maxNodeCount) {
    throw new ConflictingValueError(`Field max_node_count: group ${name} cannot have at least ${minNodeCount} and at most ${maxNodeCount} nodes.`);
  }
  if (maxNodeCount !== null && nodeCount > maxNodeCount) {
    throw new ConflictingValueError(`Field max_node_count: group ${name} is to have ${nodeCount} nodes, which is more than ${maxNodeCount}.`);
  }
  if (nodeCount < minNodeCount) {
    throw new ConflictingValueError(`Field min_node_count: group ${name} is to have ${nodeCount} nodes, which is fewer than ${minNodeCount}.`);
  }
}

/** Magnum takes 0 for no maximum. */
export const maximumOf = (given: number | null | undefined): number | null => given || null;

/** Prefixes that a kubelet may use although they are Kubernetes' own, and single keys. */
const openPrefixes = new Set(['kubelet.kubernetes.io', 'node.kubernetes.io']);
const openKeys = new Set([
  ...['beta.kubernetes.io/arch', 'beta.kubernetes.io/instance-type', 'beta.kubernetes.io/os'],
  ...['failure-domain.beta.kubernetes.io/region', 'failure-domain.beta.kubernetes.io/zone', 'kubernetes.io/arch', 'kubernetes.io/hostname', 'kubernetes.io/os'],
  ...['node.kubernetes.io/instance-type', 'node.kubernetes.io/windows-build', 'topology.kubernetes.io/region', 'topology.kubernetes.io/zone'],
]);
const ownKeys = new Set([roleLabel, nodeGroupLabel]);

/** Throws ConflictingValueError for a label that a node may not be given. */
export function checkNodeLabels(labels: Readonly<Record<string, string>>): void {
  for (const [key, value] of Object.entries(labels)) {
    if (ownKeys.has(key)) throw new ConflictingValueError(`Field node_labels: ${key} is set by the service; use another key.`);
    if (isReserved(key)) throw new ConflictingValueError(`Field node_labels: the prefix of ${key} is Kubernetes' own; use another one.`);
    if (!isLabelKey(key)) throw new ConflictingValueError(`Field node_labels: ${key} is no key of a Kubernetes label.`);
    if (!isLabelValue(value)) throw new ConflictingValueError(`Field node_labels: '${value}' of ${key} is no value of a Kubernetes label (letters, digits, '-', '_', '.', at most 63).`);
  }
}

function isReserved(key: string): boolean {
  const slash = key.indexOf('/');
  if (slash < 0 || openKeys.has(key)) return false;
  const prefix = key.slice(0, slash);
  return !openPrefixes.has(prefix) && /(^|\.)(kubernetes|k8s)\.io$/.test(prefix);
}

const effects: readonly string[] = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'] satisfies NodeTaintSpec['effect'][];
const isEffect = (text: string): text is NodeTaintSpec['effect'] => effects.includes(text);

/** The taints as they are kept. Throws ConflictingValueError for one that is none, or that is there twice. */
export function readNodeTaints(given: readonly Readonly<Record<string, string>>[]): NodeTaintSpec[] {
  const taints = given.map(readNodeTaint);
  const seen = new Set<string>();
  for (const { key, effect } of taints) {
    const identity = `${key}:${effect}`;
    if (seen.has(identity)) throw new ConflictingValueError(`Field node_taints: ${identity} is there twice; a node has one value for it.`);
    seen.add(identity);
  }
  return taints;
}

function readNodeTaint({ key = '', value = '', effect = '', ...more }: Readonly<Record<string, string>>): NodeTaintSpec {
  const [unknown] = Object.keys(more);
  if (unknown !== undefined) throw new ConflictingValueError(`Field node_taints: a taint has key, value and effect, not ${unknown}.`);
  if (!isLabelKey(key)) throw new ConflictingValueError(`Field node_taints: '${key}' is no key of a Kubernetes taint.`);
  if (!isLabelValue(value)) throw new ConflictingValueError(`Field node_taints: '${value}' of ${key} is no value of a Kubernetes taint.`);
  if (!isEffect(effect)) throw new ConflictingValueError(`Field node_taints: the effect of ${key} is one of ${effects.join(', ')}, not '${effect}'.`);
  return { key, value, effect };
}
