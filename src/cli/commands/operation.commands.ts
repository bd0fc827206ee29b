import type { Command } from 'commander';
import { segment } from '../coe-client.js';
import { followOperation, getOperation, listOperations } from '../follow-operation.js';
import { nodeGantt } from '../node-gantt.js';
import { historyLines } from '../operation-history.js';
import { withClient, withFormat } from '../run-command.js';

const listColumns = ['uuid', 'kind', 'state', 'step', 'waiting_for', 'attempt', 'created_at', 'finished_at'];
const fields = ['uuid', 'cluster_uuid', 'kind', 'state', 'step', 'waiting_for', 'failure', 'advice', 'attempt', 'created_at', 'started_at', 'finished_at', 'deadline_at'];
/** A cell of a table is no place for a history; other formats have it in the object. */
const longFields = [...fields, 'steps', 'nodes', 'events'];

/** Characters; with a name of a node before it a line still fits a usual terminal. */
const ganttWidth = 60;

/** `coe operation …`: what is done to a cluster, why, and what it waits for. */
export function addOperationCommands(program: Command): void {
  const operation = program.command('operation').description('what is being done to clusters, and why');

  withFormat(operation.command('list'))
    .description("list a cluster's operations, the newest last")
    .argument('<cluster>', 'name or id')
    .action((cluster: string, _: unknown, command: Command) =>
      withClient(command, async ({ client, printList }) => printList(await listOperations(client, cluster), listColumns)),
    );

  withFormat(operation.command('show'))
    .description('show an operation with its history')
    .argument('<operation>', 'id')
    .action((id: string, _: unknown, command: Command) =>
      withClient(command, async ({ client, format, columns, printRecord, print }) => {
        const found = await getOperation(client, id);
        printRecord(found, format === 'table' ? fields : longFields);
        if (format === 'table' && columns.length === 0) for (const line of [...historyLines(found.events), ...nodeGantt(found.nodes, new Date(), ganttWidth)]) print(`${line}\n`);
      }),
    );

  for (const verb of verbs) {
    const command = operation
      .command(verb.name)
      .description(verb.description)
      .argument('<operation>', 'id')
      .action((id: string, options: { wait?: boolean }, command: Command) =>
        withClient(command, async ({ client, print, tell }) => {
          await client.post(`/operations/${segment(id)}/actions/${verb.name}`, {});
          print(`Request to ${verb.name} operation ${id} accepted.\n`);
          if (options.wait === true) await followOperation(client, id, tell);
        }),
      );
    if (verb.goesOn) command.option('--wait', 'wait for its end, telling what happens');
  }

  operation
    .command('skip-node')
    .description('let an operation leave one node as it is')
    .argument('<operation>', 'id')
    .argument('<node>', 'name, id, server id or address')
    .action((id: string, node: string, _: unknown, command: Command) =>
      withClient(command, async ({ client, print }) => {
        await client.post(`/operations/${segment(id)}/actions/skip-node`, { node });
        print(`Request to skip node ${node} in operation ${id} accepted.\n`);
      }),
    );
}

/** `goesOn`: the operation has an end to wait for afterwards. */
const verbs: readonly { readonly name: string; readonly description: string; readonly goesOn: boolean }[] = [
  { name: 'pause', description: 'let an operation rest at the end of its turn; the cluster is free for others meanwhile', goesOn: false },
  { name: 'resume', description: 'go on with a paused operation', goesOn: true },
  { name: 'cancel', description: 'end an operation and keep what it has done; also accepts a failed one as it is', goesOn: false },
  { name: 'retry', description: 'try a failed operation again, after its cause was removed', goesOn: true },
];
