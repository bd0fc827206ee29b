import type { Command } from 'commander';
import { segment } from '../coe-client.js';
import { withClient, withFormat } from '../run-command.js';
import { addNodeChangeCommands } from './change.commands.js';

const nodeColumns = ['uuid', 'name', 'nodegroup', 'role', 'phase', 'phase_reason', 'address', 'floating_address', 'server_id', 'coe_version'];

/** `coe node …` */
export function addNodeCommands(program: Command): void {
  const node = program.command('node').description('machines of clusters');
  addNodeChangeCommands(node);
  withFormat(node.command('list'))
    .description("list a cluster's machines and what each is doing")
    .argument('<cluster>', 'name or id')
    .action((cluster: string, _: unknown, command: Command) =>
      withClient(command, async ({ client, printList }) => printList(await client.list(`/clusters/${segment(cluster)}/nodes`, 'nodes'), nodeColumns)),
    );
}
