import type { Command } from 'commander';
import { CloudNotFoundError } from '../../openstack/cloud-error.js';
import type { ClusterNews } from '../cluster-news.js';
import { clusterTree, type ClusterPicture } from '../cluster-tree.js';
import { segment, type CoeClient, type Schemas } from '../coe-client.js';
import { failureText, getOperation, listOperations, OperationFailedError, type Operation } from '../follow-operation.js';
import { Redrawing } from '../redrawing.js';
import { withClient } from '../run-command.js';

/** `coe watch`: a cluster as a live tree until nothing is being done to it any more. */
export function addWatchCommand(program: Command): void {
  program
    .command('watch')
    .description('show a cluster as a live tree until nothing is going on; exit status 1 when what went on failed')
    .argument('<cluster>', 'name or id')
    .action((name: string, _: unknown, command: Command) =>
      withClient(command, async ({ client, listen }) => {
        const { uuid: id } = await client.get<Schemas['Cluster']>(`/clusters/${segment(name)}`);
        const news = listen(id);
        try {
          await watch(client, news, { id, name });
        } finally {
          await news.close();
        }
      }),
    );
}

async function watch(client: CoeClient, news: ClusterNews, { id, name }: { id: string; name: string }): Promise<void> {
  const screen = new Redrawing(process.stdout);
  let followed: Operation | undefined;
  for (;;) {
    const picture = await look(client, id, followed);
    if (picture === 'gone') {
      const last = followed && (await getOperation(client, followed.uuid));
      screen.finish([`${name}  deleted`]);
      failWhenItFailed(last);
      return;
    }
    followed = picture.operation;
    const isOver = !followed || !['queued', 'running', 'waiting'].includes(followed.state);
    if (isOver) {
      screen.finish(clusterTree(picture));
      failWhenItFailed(followed);
      return;
    }
    screen.draw(clusterTree(picture));
    await news.next();
  }
}

/** The operation that holds the cluster now, else one that is queued, else the one that was followed, else the newest. */
async function look(client: CoeClient, id: string, followed: Operation | undefined): Promise<ClusterPicture | 'gone'> {
  const path = `/clusters/${segment(id)}`;
  try {
    const [cluster, groups, nodes, operations] = await Promise.all([
      client.get<Schemas['Cluster']>(path),
      client.list<Schemas['NodeGroupSummary']>(`${path}/nodegroups`, 'nodegroups'),
      client.list<Schemas['Node']>(`${path}/nodes`, 'nodes'),
      listOperations(client, id),
    ]);
    const active = operations.filter(({ state }) => state === 'running' || state === 'waiting').at(-1);
    const queued = operations.filter(({ state }) => state === 'queued').at(-1);
    const known = operations.find(({ uuid }) => uuid === followed?.uuid);
    return { cluster, groups, nodes, operation: active ?? queued ?? known ?? operations.at(-1) };
  } catch (error) {
    if (error instanceof CloudNotFoundError) return 'gone';
    throw error;
  }
}

function failWhenItFailed(operation: Operation | undefined): void {
  if (operation?.state === 'failed') throw new OperationFailedError(failureText(operation));
}
