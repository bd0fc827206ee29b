import type { ClusterSpec, GroupSpec } from '../../src/driver-contract/index.js';

/** Entries of a list such as `a, b`; none in an empty text. */
export const listEntries = (text: string): string[] => text.split(',').map((entry) => entry.trim()).filter((entry) => entry !== '');

/** A label of the cluster; empty where a cluster that was accepted before the label existed has none. */
export const clusterLabel = (spec: ClusterSpec, name: string): string => spec.labels[name] ?? '';

/** A label that a group may have of its own. */
export const groupLabel = (spec: ClusterSpec, group: GroupSpec, name: string): string => group.labels?.[name] ?? clusterLabel(spec, name);

/** A boolean label that, empty, leaves it to a field. */
export const switched = (text: string, otherwise: boolean): boolean => (text === '' ? otherwise : /^(true|yes|on|1)$/i.test(text));
