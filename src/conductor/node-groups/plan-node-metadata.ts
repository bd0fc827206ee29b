/** A node's Kubernetes labels and taints, as its cluster shows them. */
export interface SeenMetadata {
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly SeenTaint[];
}
export interface SeenTaint {
  readonly key: string;
  readonly value: string | null;
  readonly effect: string;
}

export interface WantedMetadata {
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly { readonly key: string; readonly value?: string; readonly effect: string }[];
}

/** Names of what the group wanted once: it may still stand on nodes. */
export interface FormerMetadata {
  readonly labels: readonly string[];
  readonly taints: readonly { readonly key: string; readonly effect: string }[];
}

export interface MetadataChange {
  /** Null: the label goes. */
  readonly labels: Readonly<Record<string, string | null>>;
  /** In place of those of the same key and effect. */
  readonly setTaints: readonly { readonly key: string; readonly value: string; readonly effect: string }[];
  readonly dropTaints: readonly { readonly key: string; readonly effect: string }[];
}

type TaintName = { readonly key: string; readonly effect: string };
export const sameTaint = (a: TaintName, b: TaintName): boolean => a.key === b.key && a.effect === b.effect;

/**
 * What must change on a node so that it has the group's labels and taints, and none that the group wanted once and does not
 * want any more; what others set is left alone. Undefined: nothing.
 */
export function planNodeMetadata(seen: SeenMetadata, wanted: WantedMetadata, former: FormerMetadata): MetadataChange | undefined {
  const set = Object.entries(wanted.labels).filter(([key, value]) => seen.labels[key] !== value);
  const dropped = former.labels.filter((key) => !Object.hasOwn(wanted.labels, key) && Object.hasOwn(seen.labels, key));
  const setTaints = wanted.taints
    .map(({ key, value = '', effect }) => ({ key, value, effect }))
    .filter((taint) => !seen.taints.some((other) => sameTaint(other, taint) && (other.value ?? '') === taint.value));
  const dropTaints = former.taints.filter((taint) => !wanted.taints.some((other) => sameTaint(other, taint)) && seen.taints.some((other) => sameTaint(other, taint)));
  if (set.length + dropped.length + setTaints.length + dropTaints.length === 0) return undefined;
  return { labels: { ...Object.fromEntries(set), ...Object.fromEntries(dropped.map((key) => [key, null])) }, setTaints, dropTaints: dropTaints.map(({ key, effect }) => ({ key, effect })) };
}

/** For a node's history: `label disk=ssd, without taint dedicated:NoSchedule`. */
export function describeChange({ labels, setTaints, dropTaints }: MetadataChange): string {
  return [
    ...Object.entries(labels).map(([key, value]) => (value === null ? `without label ${key}` : `label ${key}=${value}`)),
    ...setTaints.map(({ key, value, effect }) => `taint ${key}=${value}:${effect}`),
    ...dropTaints.map(({ key, effect }) => `without taint ${key}:${effect}`),
  ].join(', ');
}
