import type { Item } from './coe-client.js';
import { progressLine, type OperationView } from './follow-operation.js';

export interface ClusterPicture {
  readonly cluster: Item;
  readonly groups: readonly Item[];
  readonly nodes: readonly Item[];
  readonly operation: OperationView | undefined;
}

/** A cluster as a tree of lines: the cluster, what is being done to it, its groups and their nodes with phase and reason. */
export function clusterTree({ cluster, groups, nodes, operation }: ClusterPicture): string[] {
  const lines = [`${text(cluster['name'])}  ${text(cluster['status'])}${suffix(cluster['api_address'])}`];
  if (operation) lines.push(`│  ${progressLine(operation)}`);
  groups.forEach((group, index) => {
    const isLast = index === groups.length - 1;
    const members = nodes.filter((node) => node['nodegroup'] === group['name']);
    const ready = members.filter((node) => node['phase'] === 'ready').length;
    lines.push(`${isLast ? '└─' : '├─'} ${text(group['name'])}  ${ready}/${text(group['node_count'])} ready`);
    members.forEach((node, position) => {
      const branch = position === members.length - 1 ? '└─' : '├─';
      lines.push(`${isLast ? '   ' : '│  '}${branch} ${nodeLine(node)}`);
    });
  });
  return lines;
}

/** One node: its name, phase, and while it boots how far it has come. */
function nodeLine(node: Item): string {
  const boot = node['phase'] === 'booting' && typeof node['boot_phase'] === 'string' ? `: ${node['boot_phase']}` : '';
  const reason = typeof node['phase_reason'] === 'string' && node['phase_reason'] !== '' ? ` (${node['phase_reason']})` : '';
  const address = node['floating_address'] ?? node['address'];
  return `${text(node['name'])}  ${text(node['phase'])}${boot}${reason}${suffix(address)}${suffix(node['coe_version'])}`;
}

const text = (value: unknown): string => (typeof value === 'string' || typeof value === 'number' ? String(value) : '–');
const suffix = (value: unknown): string => (typeof value === 'string' && value !== '' ? `  ${value}` : '');
