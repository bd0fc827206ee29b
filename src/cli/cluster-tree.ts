import type { Schemas } from './coe-client.js';
import { progressLine, type Operation } from './follow-operation.js';

type Cluster = Pick<Schemas['Cluster'], 'name' | 'status' | 'api_address'>;
type Group = Pick<Schemas['NodeGroupSummary'], 'name' | 'node_count'>;
type Node = Pick<Schemas['Node'], 'name' | 'nodegroup' | 'phase' | 'phase_reason' | 'boot_phase' | 'address' | 'floating_address' | 'coe_version'>;

export interface ClusterPicture {
  readonly cluster: Cluster;
  readonly groups: readonly Group[];
  readonly nodes: readonly Node[];
  readonly operation: Operation | undefined;
}

/** A cluster as a tree of lines: the cluster, what is being done to it, its groups and their nodes with phase and reason. */
export function clusterTree({ cluster, groups, nodes, operation }: ClusterPicture): string[] {
  const lines = [words(cluster.name, cluster.status, cluster.api_address)];
  if (operation) lines.push(`│  ${progressLine(operation)}`);
  groups.forEach(({ name, node_count: wanted }, index) => {
    const isLast = index === groups.length - 1;
    const members = nodes.filter(({ nodegroup }) => nodegroup === name);
    const ready = members.filter(({ phase }) => phase === 'ready').length;
    lines.push(`${isLast ? '└─' : '├─'} ${words(name, `${ready}/${wanted} ready`)}`);
    members.forEach((node, position) => {
      const branch = position === members.length - 1 ? '└─' : '├─';
      lines.push(`${isLast ? '   ' : '│  '}${branch} ${nodeLine(node)}`);
    });
  });
  return lines;
}

/** One node: its name, phase, and while it boots how far it has come. */
function nodeLine({ name, phase, phase_reason: reason, boot_phase: bootPhase, floating_address: floating, address, coe_version: version }: Node): string {
  const boot = phase === 'booting' && bootPhase !== null ? `: ${bootPhase}` : '';
  const because = reason === null || reason === '' ? '' : ` (${reason})`;
  return words(name, `${phase}${boot}${because}`, floating ?? address, version);
}

const words = (...parts: readonly (string | null)[]): string => parts.filter((part) => part !== null).join('  ');
