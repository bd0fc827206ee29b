import type { GroupSpec } from '../../src/driver-contract/index.js';

const labelValuePattern = /^([A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?)?$/;
const labelKeyPattern = /^([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?\/)?[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$/;

/**
 * The kubelet's --node-labels: those by which Magnum's tools find groups, and the group's own. Throws on what is no
 * Kubernetes label, since a comma or an equals sign in it would become other labels.
 */
export function nodeLabelArgument(group: GroupSpec): string {
  const all: Record<string, string> = {
    ...group.nodeLabels,
    'magnum.openstack.org/role': group.role === 'control-plane' ? 'master' : 'worker',
    'magnum.openstack.org/nodegroup': asLabelValue(group.name),
  };
  return Object.entries(all)
    .map(([key, value]) => {
      if (!labelKeyPattern.test(key) || !labelValuePattern.test(value)) throw new Error(`"${key}=${value}" of node group ${group.name} is no Kubernetes label.`);
      return `${key}=${value}`;
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
