import type { Command } from 'commander';
import { segment, type CoeClient, type Schemas } from '../coe-client.js';
import { followNewest } from '../follow-operation.js';
import { nodeGroupBody, nodeGroupPatch, type NodeGroupChanges, type NodeGroupOptions } from '../node-group-body.js';
import { integer } from '../number-argument.js';
import { collect, sortDirection, withClient, withFormat } from '../run-command.js';

const groupColumns = ['uuid', 'name', 'flavor_id', 'image_id', 'node_count', 'status', 'role'];
const groupFields = [
  ...['uuid', 'name', 'cluster_id', 'project_id', 'docker_volume_size', 'labels', 'labels_overridden', 'labels_skipped', 'labels_added'],
  ...['flavor_id', 'image_id', 'node_addresses', 'node_count', 'role', 'max_node_count', 'min_node_count', 'is_default', 'stack_id', 'status'],
  ...['status_reason', 'node_labels', 'node_taints'],
];

const groupsOf = (cluster: string): string => `/clusters/${segment(cluster)}/nodegroups`;
const groupOf = (cluster: string, name: string): string => `${groupsOf(cluster)}/${segment(name)}`;
const collectGiven = (value: string, previous: string[] | null): string[] => [...(previous ?? []), value];

/** `coe nodegroup …` */
export function addNodeGroupCommands(program: Command): void {
  const group = program.command('nodegroup').description('node groups of clusters');

  group
    .command('create')
    .description('add a group of workers to a cluster; answers as soon as it is accepted')
    .argument('<cluster>', 'name or id')
    .argument('<name>', 'unique in the cluster')
    .option('--node-count <n>', 'nodes', integer(0), 1)
    .option('--min-nodes <n>', 'fewest nodes that the group may be resized to', integer(0))
    .option('--max-nodes <n>', 'most nodes', integer(1))
    .option('--role <role>', 'any text but master', 'worker')
    .option('--image <image>', "name or id; that of the cluster's template by default")
    .option('--flavor <flavor>', "name or id; the cluster's by default")
    .option('--docker-volume-size <GiB>', 'volume for containers on each node', integer(1))
    .option('--labels <key=value>', 'labels (repeatable, or one comma list)', collect, [])
    .option('--merge-labels', "lay the labels over the cluster's instead of replacing them")
    .option('--node-labels <key=value>', 'Kubernetes labels of the nodes (repeatable, or one comma list)', collect, [])
    .option('--node-taints <key=value:effect>', 'Kubernetes taints of the nodes (repeatable, or a comma list)', collect, [])
    .option('--wait', 'wait until its nodes are ready, telling what happens')
    .addHelpText('after', '\nExample:\n  coe nodegroup create blue gpu --flavor gpu.large --node-labels accelerator=a100 --node-taints dedicated=gpu:NoSchedule --wait\n')
    .action((cluster: string, name: string, options: NodeGroupOptions & { wait?: boolean }, command: Command) =>
      withClient(command, async ({ client, tell, print }) => {
        const { uuid } = await client.post<Schemas['NodeGroup']>(groupsOf(cluster), nodeGroupBody(name, options));
        print(`Request to create node group ${uuid} accepted.\n`);
        if (options.wait === true) await followNewest(client, cluster, 'nodegroup-create', tell);
      }),
    );

  withFormat(group.command('list'))
    .description("list a cluster's node groups")
    .argument('<cluster>', 'name or id')
    .option('--limit <n>', 'at most so many', integer(1))
    .option('--sort-key <column>', 'sort by this column')
    .addOption(sortDirection())
    .option('--role <role>', 'only this role')
    .action((cluster: string, options: { limit?: number; sortKey?: string; sortDir?: string; role?: string }, command: Command) =>
      withClient(command, async ({ client, printList }) => {
        const query = { limit: options.limit, sort_key: options.sortKey, sort_dir: options.sortDir, role: options.role };
        printList(await client.list(groupsOf(cluster), 'nodegroups', query), groupColumns);
      }),
    );

  withFormat(group.command('show'))
    .description('show a node group')
    .argument('<cluster>', 'name or id')
    .argument('<nodegroup>', 'name or id')
    .action((cluster: string, name: string, _: unknown, command: Command) =>
      withClient(command, async ({ client, printRecord }) => printRecord(await client.get(groupOf(cluster, name)), groupFields)),
    );

  group
    .command('update')
    .description("change a node group's limits, Kubernetes labels and taints; each set is replaced as a whole")
    .argument('<cluster>', 'name or id')
    .argument('<nodegroup>', 'name or id')
    .option('--min-nodes <n>', 'fewest nodes', integer(0))
    .option('--max-nodes <n>', 'most nodes; 0: no limit', integer(0))
    .option('--node-labels <key=value>', "Kubernetes labels (repeatable, or one comma list); '' removes all", collectGiven, null)
    .option('--node-taints <key=value:effect>', "Kubernetes taints (repeatable, or a comma list); '' removes all", collectGiven, null)
    .option('--wait', 'wait until the nodes have them, telling what happens')
    .addHelpText('after', "\nExample:\n  coe nodegroup update blue gpu --max-nodes 5 --node-taints ''\n")
    .action((cluster: string, name: string, options: NodeGroupChanges & { wait?: boolean }, command: Command) =>
      withClient(command, async ({ client, tell, print }) => {
        await client.patch(groupOf(cluster, name), nodeGroupPatch(options));
        print(`Request to update node group ${name} has been accepted.\n`);
        if (options.wait === true) await followNewest(client, cluster, 'nodegroup-update', tell);
      }),
    );

  group
    .command('delete')
    .description('drain and remove the nodes of groups, then the groups')
    .argument('<cluster>', 'name or id')
    .argument('<nodegroup...>', 'names or ids')
    .option('--wait', 'wait until nothing of them is left, telling what happens')
    .action((cluster: string, names: string[], options: { wait?: boolean }, command: Command) =>
      withClient(command, async ({ client, tell, print }) => {
        for (const name of names) await deleteGroup(client, cluster, name, print);
        if (options.wait === true) await followNewest(client, cluster, 'nodegroup-delete', tell);
      }),
    );
}

async function deleteGroup(client: CoeClient, cluster: string, name: string, print: (text: string) => void): Promise<void> {
  await client.delete(groupOf(cluster, name));
  print(`Request to delete node group ${name} has been accepted.\n`);
}
