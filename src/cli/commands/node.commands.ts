import type { Command } from 'commander';
import { segment } from '../coe-client.js';
import { withClient, withFormat } from '../run-command.js';
import { addNodeChangeCommands } from './change.commands.js';

const nodeColumns = ['uuid', 'name', 'nodegroup', 'role', 'phase', 'phase_reason', 'address', 'floating_address', 'server_id', 'coe_version'];
const groupColumns = ['uuid', 'name', 'flavor_id', 'image_id', 'node_count', 'status', 'role'];
const groupFields = [
  ...['uuid', 'name', 'cluster_id', 'project_id', 'docker_volume_size', 'labels', 'labels_overridden', 'labels_skipped', 'labels_added'],
  ...['flavor_id', 'image_id', 'node_addresses', 'node_count', 'role', 'max_node_count', 'min_node_count', 'is_default', 'stack_id', 'status'],
  ...['status_reason', 'node_labels', 'node_taints'],
];

/** `coe node …` and `coe nodegroup …` */
export function addNodeCommands(program: Command): void {
  const node = program.command('node').description('machines of clusters');
  addNodeChangeCommands(node);
  withFormat(node.command('list'))
    .description("list a cluster's machines and what each is doing")
    .argument('<cluster>', 'name or id')
    .action((cluster: string, _: unknown, command: Command) =>
      withClient(command, async ({ client, printList }) => printList(await client.list(`/clusters/${segment(cluster)}/nodes`, 'nodes'), nodeColumns)),
    );

  const group = program.command('nodegroup').description('node groups of clusters');
  withFormat(group.command('list'))
    .description("list a cluster's node groups")
    .argument('<cluster>', 'name or id')
    .option('--role <role>', 'only this role')
    .action((cluster: string, options: { role?: string }, command: Command) =>
      withClient(command, async ({ client, printList }) =>
        printList(await client.list(`/clusters/${segment(cluster)}/nodegroups`, 'nodegroups', { role: options.role }), groupColumns),
      ),
    );
  withFormat(group.command('show'))
    .description('show a node group')
    .argument('<cluster>', 'name or id')
    .argument('<nodegroup>', 'name or id')
    .action((cluster: string, name: string, _: unknown, command: Command) =>
      withClient(command, async ({ client, printRecord }) =>
        printRecord(await client.get(`/clusters/${segment(cluster)}/nodegroups/${segment(name)}`), groupFields),
      ),
    );
}
