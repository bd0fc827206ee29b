import { Option, type Command } from 'commander';
import { segment, type Schemas } from '../coe-client.js';
import { followNewest } from '../follow-operation.js';
import { integer } from '../number-argument.js';
import { withClient, withFormat } from '../run-command.js';
import { upgradeBody, type UpgradeOptions } from '../upgrade-body.js';

/** `coe cluster upgrade` */
export function addClusterUpgradeCommand(cluster: Command): void {
  withFormat(cluster.command('upgrade'))
    .description('let a cluster follow another template: only what has changed is replaced, the control plane first')
    .argument('<cluster>', 'name or id')
    .argument('<cluster-template>', 'name or id of the template to follow')
    .option('--max-batch-size <count>', 'nodes that are replaced at the same time, 1 without it', integer(1))
    .option('--nodegroup <group>', 'a group of your own, which follows the present template; both default groups without it')
    .option('--max-surge <nodes>', 'nodes that a group may have beyond its count at one moment: a number, or a percentage such as 25%')
    .option('--max-unavailable <nodes>', 'nodes that a group may be short of at one moment: a number, or a percentage; 0 without it')
    .option('--canary', 'the first new node alone, before any other is made')
    .option('--soak-seconds <seconds>', 'how long a new node must have been Ready before it counts as good', integer(0))
    .option('--drain-timeout <seconds>', "how long a node's pods have to go", integer(0))
    .addOption(new Option('--drain-timeout-policy <policy>', 'what happens then').choices(['fail', 'force', 'skip-node']))
    .addOption(new Option('--on-failure <way>', 'when a new node is no good: rest until you decide (pause, as without it), or take the workers back').choices(['pause', 'rollback']))
    .option('--wait', 'wait for its end, telling what happens')
    .addHelpText('after', '\nExamples:\n  coe cluster upgrade blue kubernetes-1.33 --wait\n  coe cluster upgrade blue kubernetes-1.33 --max-surge 25% --canary --soak-seconds 120 --on-failure rollback\n')
    .action((name: string, template: string, options: UpgradeOptions & { readonly wait?: boolean }, command: Command) =>
      withClient(command, async ({ client, print, tell }) => {
        const { uuid } = await client.post<Schemas['Accepted']>(`/clusters/${segment(name)}/actions/upgrade`, upgradeBody(template, options));
        print(`Request to upgrade cluster ${name} has been accepted.\n`);
        if (options.wait === true) await followNewest(client, uuid, 'cluster-upgrade', tell);
      }),
    );
}
