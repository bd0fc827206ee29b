import { isLabelKey, isLabelValue, nodeGroupLabel, roleLabel } from '../../src/domain/kubernetes-label.js';
import type { GroupSpec } from '../../src/driver-contract/index.js';

/**
 * The kubelet's --node-labels: those by which Magnum's tools find groups, and the group's own. Throws on what is no
 * Kubernetes label, since a comma or an equals sign in it would become other labels.
 */
export function nodeLabelArgument(group: GroupSpec): string {
  const all: Record<string, string> = {
    ...group.nodeLabels,
    [roleLabel]: group.role === 'control-plane' ? 'master' : 'worker',
    [nodeGroupLabel]: asLabelValue(group.name),
  };
  return Object.entries(all)
    .map(([key, value]) => {
      if (!isLabelKey(key) || !isLabelValue(value)) throw new Error(`"${key}=${value}" of node group ${group.name} is no Kubernetes label.`);
      return `${key}=${value}`;
    })
    .join(',');
}

/** The kubelet's --register-with-taints, empty for none. Throws on what is no taint, for the same reason. */
export function nodeTaintArgument(group: GroupSpec): string {
  return (group.nodeTaints ?? [])
    .map(({ key, value = '', effect }) => {
      if (!isLabelKey(key) || !isLabelValue(value)) throw new Error(`"${key}=${value}" of node group ${group.name} is no Kubernetes taint.`);
      return `${key}=${value}:${effect}`;
    })
    .join(',');
}

/** Names of groups are freer than values of labels. */
const asLabelValue = (name: string): string =>
  name
    .replace(/[^A-Za-z0-9_.-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, 63)
    .replace(/[^A-Za-z0-9]+$/, '');
