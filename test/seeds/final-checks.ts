import { clusterTag } from '../../src/domain/resource-names.js';
import type { Cloud } from '../../src/sim/cloud.js';
import type { Journal } from '../../src/sim/journal.js';
import type { PgliteSession } from './pglite-session.js';

type Fail = (because: string) => void;

/** A cluster that is called complete: as many ready nodes as asked for, each with its own server, every stack complete and in the ledger. */
export async function checkComplete(session: PgliteSession, journal: Journal, clusterId: string, nodeCount: number, fail: Fail): Promise<void> {
  const { rows: nodes } = await session.run(`SELECT name, phase, server_id FROM nodes WHERE cluster_id = $1 AND phase <> 'gone'`, [clusterId]);
  const ready = nodes.filter(({ phase }) => phase === 'ready');
  if (ready.length !== nodeCount || nodes.length !== nodeCount) fail(`cluster ${clusterId} has ${nodes.length} nodes, ${ready.length} of them ready, and ${nodeCount} were asked for`);
  const servers = journal.collection<{ id: string; name: string; status: string }>('nova.servers');
  for (const { name, server_id: id } of nodes) {
    const server = servers.get(String(id));
    if (server?.name !== name || server?.status !== 'ACTIVE') fail(`node ${String(name)} has no active server of its name`);
  }
  const stacks = journal
    .collection<{ id: string; name: string; tags: string[]; action: string; status: string; deletedAt: string | null }>('heat.stacks')
    .filter(({ tags, deletedAt }) => deletedAt === null && tags.includes(clusterTag(clusterId)));
  const { rows: ledger } = await session.run(`SELECT name, state, external_id FROM external_resources WHERE cluster_id = $1 AND type = 'heat-stack' AND state <> 'gone'`, [clusterId]);
  // Infra, two groups, one slot, and one stack a node.
  if (stacks.length !== nodeCount + 4) fail(`cluster ${clusterId} has ${stacks.length} stacks: ${stacks.map(({ name }) => name).join(', ')}`);
  for (const { name, id, status } of stacks) {
    if (status !== 'COMPLETE') fail(`stack ${name} is ${status}`);
    const line = ledger.find((row) => row['name'] === name);
    if (line?.['state'] !== 'present' || line['external_id'] !== id) fail(`the ledger says of stack ${name}: ${JSON.stringify(line)}`);
  }
  if (ledger.length !== stacks.length) fail(`the ledger of cluster ${clusterId} has ${ledger.length} stacks, the cloud ${stacks.length}`);
}

/** After everything was deleted: an empty cloud, and a ledger that says so. */
export async function checkNothingLeft(session: PgliteSession, cloud: Cloud, fail: Fail): Promise<void> {
  const left = Object.entries(cloud.leftovers()).flatMap(([kind, things]) => things.map(({ name, id }) => `${kind} ${name} ${id}`));
  if (left.length > 0) fail(`left in the cloud: ${left.join('; ')}`);
  const open = await session.run(`SELECT name, state FROM external_resources WHERE state <> 'gone'`);
  if (open.rows.length > 0) fail(`open in the ledger: ${JSON.stringify(open.rows)}`);
  const active = await session.run(`SELECT id, kind, state FROM operations WHERE state IN ('queued', 'running', 'waiting')`);
  if (active.rows.length > 0) fail(`operations that go on: ${JSON.stringify(active.rows)}`);
  for (const table of ['secrets', 'outbox']) {
    const { rows } = await session.run(`SELECT count(*)::int AS count FROM ${table}`);
    if (rows[0]?.['count'] !== 0) fail(`${String(rows[0]?.['count'])} rows are left in ${table}`);
  }
}
