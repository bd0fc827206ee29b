import type { Command } from 'commander';
import { segment } from '../coe-client.js';
import { followOperation, getOperation, listOperations } from '../follow-operation.js';
import { historyLines } from '../operation-history.js';
import { withClient, withFormat } from '../run-command.js';

const listColumns = ['uuid', 'kind', 'state', 'step', 'waiting_for', 'attempt', 'created_at', 'finished_at'];
const fields = ['uuid', 'cluster_uuid', 'kind', 'state', 'step', 'waiting_for', 'failure', 'advice', 'attempt', 'created_at', 'started_at', 'finished_at', 'deadline_at'];
/** A cell of a table is no place for a history; other formats have it in the object. */
const longFields = [...fields, 'steps', 'events'];

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
        if (format === 'table' && columns.length === 0) for (const line of historyLines(found.events)) print(`${line}\n`);
      }),
    );

  operation
    .command('retry')
    .description('try a failed operation again, after its cause was removed')
    .argument('<operation>', 'id')
    .option('--wait', 'wait for its end, telling what happens')
    .action((id: string, options: { wait?: boolean }, command: Command) =>
      withClient(command, async ({ client, print, tell }) => {
        await client.post(`/operations/${segment(id)}/actions/retry`, {});
        print(`Request to retry operation ${id} accepted.\n`);
        if (options.wait === true) await followOperation(client, id, tell);
      }),
    );
}
