import { Option, type Command } from 'commander';
import { segment } from '../coe-client.js';
import { Flag } from '../flag.js';
import { integer } from '../number-argument.js';
import { collect, sortDirection, withClient, withFormat } from '../run-command.js';
import { templateBody, type TemplateOptions } from '../template-body.js';

/** Fields of a template record, in the order of OpenStack's client. */
const templateFields = [
  ...['insecure_registry', 'labels', 'updated_at', 'floating_ip_enabled', 'fixed_subnet', 'master_flavor_id', 'uuid', 'no_proxy', 'https_proxy'],
  ...['tls_disabled', 'keypair_id', 'public', 'http_proxy', 'docker_volume_size', 'server_type', 'external_network_id', 'cluster_distro'],
  ...['image_id', 'volume_driver', 'registry_enabled', 'docker_storage_driver', 'apiserver_port', 'name', 'created_at', 'network_driver'],
  ...['fixed_network', 'coe', 'flavor_id', 'master_lb_enabled', 'dns_nameserver', 'project_id', 'hidden', 'tags', 'driver'],
];

/** `coe cluster template …` */
export function addTemplateCommands(cluster: Command): void {
  const template = cluster.command('template').description('cluster templates: the recipes clusters are made from');

  withFormat(template.command('create'))
    .description('make a cluster template')
    .argument('<name>')
    .requiredOption('--coe <coe>', 'container orchestration engine: kubernetes')
    .requiredOption('--image <image>', 'name or id of the image; its property os_distro chooses the driver')
    .requiredOption('--external-network <network>', 'name or id of the network that floating addresses come from')
    .option('--keypair <keypair>', 'Nova keypair whose public key is put on the nodes')
    .option('--fixed-network <network>', 'existing network for the nodes')
    .option('--fixed-subnet <subnet>', 'existing subnet for the nodes')
    .option('--network-driver <driver>', 'container network, for example flannel')
    .option('--volume-driver <driver>', 'cinder')
    .option('--driver <driver>', 'driver of Jeroboam, when the image does not decide')
    .option('--dns-nameserver <address>', 'DNS server of the nodes', '8.8.8.8')
    .option('--flavor <flavor>', 'flavor of the workers', 'm1.medium')
    .option('--master-flavor <flavor>', 'flavor of the control plane')
    .option('--docker-volume-size <GiB>', 'volume for containers on each node', integer(1))
    .option('--docker-storage-driver <driver>', 'storage driver', 'overlay2')
    .option('--http-proxy <url>', 'proxy of the nodes')
    .option('--https-proxy <url>', 'proxy of the nodes')
    // commander reads a flag that begins with --no- as the negation of one; its value arrives as `proxy`.
    .addOption(new Option('--no-proxy <list>', 'what the nodes reach directly').default(null))
    .option('--labels <key=value>', 'labels (repeatable, or one comma list)', collect, [])
    .option('--tls-disabled', 'no TLS in the cluster')
    .option('--public', 'visible to all projects')
    .option('--registry-enabled', 'a registry in the cluster')
    .option('--insecure-registry <url>', 'registry without TLS')
    .option('--server-type <type>', 'vm or bm', 'vm')
    .option('--master-lb-enabled', 'load balancer in front of the control plane')
    .addOption(new Flag('--floating-ip-enabled', 'nodes get floating addresses', { sets: 'floatingIpEnabled', to: true, once: true }))
    .addOption(new Flag('--floating-ip-disabled', 'nodes get no floating addresses', { sets: 'floatingIpEnabled', to: false, once: true }))
    .addOption(new Flag('--hidden', 'not listed for other projects', { sets: 'hidden', to: true }))
    .addOption(new Flag('--visible', 'listed (the default)', { sets: 'hidden', to: false }))
    .option('--tags <tag>', 'tags (repeatable, or a comma list)', collect, [])
    .addHelpText('after', '\nExample:\n  coe cluster template create k8s --coe kubernetes --image ubuntu-2404-kube-v1.32.4 --external-network public\n')
    .action((name: string, options: TemplateOptions, command: Command) =>
      withClient(command, async ({ client, tell, printRecord }) => {
        const created = await client.post('/clustertemplates', templateBody(name, options));
        tell(`Cluster template ${name} was made.`);
        printRecord(created, templateFields, '-');
      }),
    );

  withFormat(template.command('list'))
    .description('list cluster templates')
    .option('--limit <n>', 'at most so many', integer(1))
    .option('--sort-key <column>', 'sort by this column')
    .addOption(sortDirection())
    .option('--fields <a,b>', 'further columns')
    .action((options: { limit?: number; sortKey?: string; sortDir?: string; fields?: string }, command: Command) =>
      withClient(command, async ({ client, printList }) => {
        const query = { limit: options.limit, sort_key: options.sortKey, sort_dir: options.sortDir };
        const further = options.fields === undefined ? [] : options.fields.split(',');
        printList(await client.list('/clustertemplates', 'clustertemplates', query), ['uuid', 'name', 'tags', ...further]);
      }),
    );

  withFormat(template.command('show'))
    .description('show a cluster template')
    .argument('<template>', 'name or id')
    .action((name: string, _: unknown, command: Command) =>
      withClient(command, async ({ client, printRecord }) => printRecord(await client.get(`/clustertemplates/${segment(name)}`), templateFields, '-')),
    );

  template
    .command('delete')
    .description('delete cluster templates that no cluster uses')
    .argument('<template...>', 'names or ids')
    .action((names: string[], _: unknown, command: Command) =>
      withClient(command, async ({ client, tell }) => {
        const failures: unknown[] = [];
        for (const name of names) {
          try {
            await client.delete(`/clustertemplates/${segment(name)}`);
            tell(`Cluster template ${name} was deleted.`);
          } catch (error) {
            failures.push(error);
            tell(`Cluster template ${name} was not deleted: ${error instanceof Error ? error.message : String(error)}`);
          }
        }
        if (failures.length > 0) throw failures[0];
      }),
    );
}
