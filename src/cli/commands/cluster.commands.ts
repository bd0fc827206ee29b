import type { Command } from 'commander';
import { clusterBody, type ClusterOptions } from '../cluster-body.js';
import { segment, type CoeClient, type Schemas } from '../coe-client.js';
import { deletePlanText } from '../delete-plan.js';
import { Flag } from '../flag.js';
import { followNewest } from '../follow-operation.js';
import { integer } from '../number-argument.js';
import { collect, sortDirection, withClient, withFormat } from '../run-command.js';
import { addClusterChangeCommands } from './change.commands.js';
import { addClusterUpgradeCommand } from './upgrade.command.js';

const clusterFields = [
  ...['status', 'health_status', 'cluster_template_id', 'node_addresses', 'uuid', 'cluster_id', 'status_reason', 'created_at', 'updated_at'],
  ...['coe_version', 'labels', 'labels_overridden', 'labels_skipped', 'labels_added', 'fixed_network', 'fixed_subnet', 'floating_ip_enabled'],
  ...['faults', 'keypair', 'api_address', 'master_addresses', 'master_lb_enabled', 'create_timeout', 'node_count', 'discovery_url'],
  ...['docker_volume_size', 'master_count', 'container_version', 'name', 'master_flavor_id', 'flavor_id', 'health_status_reason', 'project_id'],
];

/** `coe cluster …`; answers the command that the sub-groups hang on. */
export function addClusterCommands(program: Command): Command {
  const cluster = program.command('cluster').description('clusters, and the templates they are made from');

  cluster
    .command('create')
    .description('make a cluster; answers as soon as it is accepted')
    .argument('<name>')
    .requiredOption('--cluster-template <template>', 'name or id')
    .option('--discovery-url <url>', 'stored only')
    .option('--docker-volume-size <GiB>', 'volume for containers on each node', integer(1))
    .option('--labels <key=value>', 'labels (repeatable, or one comma list)', collect, [])
    .option('--keypair <keypair>', 'Nova keypair whose public key is put on the nodes')
    .option('--master-count <n>', 'control-plane nodes', integer(1), 1)
    .option('--node-count <n>', 'workers', integer(0), 1)
    .option('--timeout <minutes>', 'time until the cluster must be ready; 0: the default of the service', integer(0), 60)
    .option('--master-flavor <flavor>', 'flavor of the control plane')
    .option('--flavor <flavor>', 'flavor of the workers')
    .option('--fixed-network <network>', 'existing network')
    .option('--fixed-subnet <subnet>', 'existing subnet')
    .addOption(new Flag('--floating-ip-enabled', 'nodes get floating addresses', { sets: 'floatingIpEnabled', to: true, once: true }))
    .addOption(new Flag('--floating-ip-disabled', 'nodes get no floating addresses', { sets: 'floatingIpEnabled', to: false, once: true }))
    .option('--merge-labels', "lay the labels over the template's instead of replacing them")
    .addOption(new Flag('--master-lb-enabled', 'load balancer in front of the control plane', { sets: 'masterLbEnabled', to: true, once: true }))
    .addOption(new Flag('--master-lb-disabled', 'no load balancer', { sets: 'masterLbEnabled', to: false, once: true }))
    .option('--wait', 'wait until the cluster is ready, telling what happens')
    .addHelpText('after', '\nExample:\n  coe cluster create blue --cluster-template k8s --node-count 2 --wait\n')
    .action((name: string, options: ClusterOptions & { wait?: boolean }, command: Command) =>
      withClient(command, async ({ client, tell, print }) => {
        const { uuid } = await client.post<Schemas['Accepted']>('/clusters', clusterBody(name, options));
        print(`Request to create cluster ${uuid} accepted.\n`);
        if (options.wait === true) await followNewest(client, uuid, 'cluster-create', tell);
      }),
    );

  withFormat(cluster.command('list'))
    .description('list clusters')
    .option('--limit <n>', 'at most so many', integer(1))
    .option('--sort-key <column>', 'sort by this column')
    .addOption(sortDirection())
    .action((options: { limit?: number; sortKey?: string; sortDir?: string }, command: Command) =>
      withClient(command, async ({ client, printList }) => {
        const query = { limit: options.limit, sort_key: options.sortKey, sort_dir: options.sortDir };
        const columns = ['uuid', 'name', 'keypair', 'node_count', 'master_count', 'status', 'health_status'];
        printList(await client.list('/clusters', 'clusters', query), columns);
      }),
    );

  withFormat(cluster.command('show'))
    .description('show a cluster')
    .argument('<cluster>', 'name or id')
    .action((name: string, _: unknown, command: Command) =>
      withClient(command, async ({ client, printRecord }) => printRecord(await client.get(`/clusters/${segment(name)}`), clusterFields)),
    );

  cluster
    .command('delete')
    .description('delete clusters and everything they have in the cloud')
    .argument('<cluster...>', 'names or ids')
    .option('--keep-volumes', 'volumes of PersistentVolumes stay')
    .option('--force', 'leave behind, and name, what the cluster made and cannot be removed')
    .option('--plan', 'only show what would go')
    .option('--wait', 'wait until nothing is left, telling what happens')
    .action((names: string[], options: DeleteOptions, command: Command) =>
      withClient(command, async ({ client, tell, print }) => {
        const query = deleteQuery(options);
        for (const name of names) {
          if (options.plan === true) {
            print(deletePlanText(name, await client.get<Schemas['ClusterDeletePlan']>(`/clusters/${segment(name)}/plan/delete`, query)));
            continue;
          }
          const id = options.wait === true ? await clusterId(client, name) : name;
          await client.delete(`/clusters/${segment(id)}`, query);
          print(`Request to delete cluster ${name} has been accepted.\n`);
          if (options.wait === true) await followNewest(client, id, 'cluster-delete', tell);
        }
      }),
    );
  addClusterChangeCommands(cluster);
  addClusterUpgradeCommand(cluster);
  return cluster;
}

interface DeleteOptions {
  readonly keepVolumes?: boolean;
  readonly force?: boolean;
  readonly plan?: boolean;
  readonly wait?: boolean;
}

const deleteQuery = ({ keepVolumes, force }: DeleteOptions): Record<string, string> => ({
  ...(keepVolumes === true && { keep_volumes: 'true' }),
  ...(force === true && { force: 'true' }),
});

/** A name is looked up once: while a cluster goes away it may stop being found by its name. */
async function clusterId(client: CoeClient, name: string): Promise<string> {
  return (await client.get<Schemas['Cluster']>(`/clusters/${segment(name)}`)).uuid;
}
