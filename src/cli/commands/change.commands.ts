import type { Command } from 'commander';
import { segment, type Schemas } from '../coe-client.js';
import { followNewest } from '../follow-operation.js';
import { integer } from '../number-argument.js';
import { planLines } from '../plan-lines.js';
import { collect, withClient, withFormat, type Cli } from '../run-command.js';

interface ChangeOptions {
  readonly plan?: boolean;
  readonly wait?: boolean;
}

interface Change {
  /** Its name in the API: the last part of the path, and what a plan is asked for by. */
  readonly action: string;
  /** The operation that --wait follows. */
  readonly kind: string;
  /** Whom people think they asked something of. */
  readonly what: string;
  readonly body: object;
}

/** `coe cluster resize` */
export function addClusterChangeCommands(cluster: Command): void {
  withPlan(cluster.command('resize'))
    .description('change how many nodes a group has; nodes are emptied before they go')
    .argument('<cluster>', 'name or id')
    .argument('<node-count>', 'nodes that the group is to have', integer(0))
    .option('--nodes-to-remove <node>', 'which nodes go: server id, name, index or address (repeatable); with the present count they are replaced', collect, [])
    .option('--nodegroup <group>', 'node group, default-worker without it')
    .addHelpText('after', '\nExamples:\n  coe cluster resize blue 5 --wait\n  coe cluster resize blue 2 --nodes-to-remove blue-default-worker-x2k4f --plan\n')
    .action((name: string, count: number, options: ChangeOptions & { nodesToRemove: string[]; nodegroup?: string }, command: Command) =>
      withClient(command, (cli) => {
        const body = {
          node_count: count,
          ...(options.nodesToRemove.length > 0 ? { nodes_to_remove: options.nodesToRemove } : {}),
          ...(options.nodegroup === undefined ? {} : { nodegroup: options.nodegroup }),
        };
        return change(cli, name, options, { action: 'resize', kind: 'cluster-resize', what: `resize cluster ${name}`, body });
      }),
    );
}

/** `coe node replace` */
export function addNodeChangeCommands(node: Command): void {
  withPlan(node.command('replace'))
    .description('put a new machine in the place of a node; the new one comes first where there is room')
    .argument('<cluster>', 'name or id')
    .argument('<node...>', 'name, id, server id or address')
    .option('--force', 'do not wait for pods that may not be evicted')
    .option('--fenced', 'you have seen to it that these machines are off: what they held may be used again')
    .addHelpText('after', '\nExample:\n  coe node replace blue blue-default-worker-x2k4f --wait\n')
    .action((cluster: string, nodes: string[], options: ChangeOptions & { force?: boolean; fenced?: boolean }, command: Command) =>
      withClient(command, (cli) => {
        const body = { nodes, ...(options.force === true ? { force: true } : {}), ...(options.fenced === true ? { fenced: true } : {}) };
        return change(cli, cluster, options, { action: 'replace-node', kind: 'node-replace', what: `replace ${nodes.join(', ')}`, body });
      }),
    );
}

/** --plan and --wait, which every change of a cluster has. */
const withPlan = (command: Command): Command =>
  withFormat(command)
    .option('--plan', 'only show what would be done, node by node and why; changes nothing')
    .option('--wait', 'wait for its end, telling what happens');

async function change({ client, format, print, tell, printRecord }: Cli, cluster: string, options: ChangeOptions, { action, kind, what, body }: Change): Promise<void> {
  if (options.plan === true) {
    const plan = await client.post<Schemas['ChangePlan']>(`/clusters/${segment(cluster)}/plan`, { action, ...body });
    if (format !== 'table') printRecord(plan, Object.keys(plan));
    else for (const line of planLines(plan)) print(`${line}\n`);
    return;
  }
  const { uuid } = await client.post<Schemas['Accepted']>(`/clusters/${segment(cluster)}/actions/${action}`, body);
  print(`Request to ${what} has been accepted.\n`);
  if (options.wait === true) await followNewest(client, uuid, kind, tell);
}
