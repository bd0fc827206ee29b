import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import type { LifecycleEnvironment } from './lifecycle-environment.js';

/** A row of `operations`, as the tests of disturbances look at it. */
export interface OperationRow {
  readonly id: string;
  readonly cluster_id: string;
  readonly kind: string;
  readonly state: string;
  readonly step: string | null;
  readonly fence: number;
  readonly lease_owner: string | null;
  readonly failure: string | null;
  readonly waiting_for: string | null;
}

export async function operationOf(world: LifecycleEnvironment, clusterId: string, kind: string): Promise<OperationRow> {
  const [row]: OperationRow[] = await world.database.query(`SELECT * FROM operations WHERE cluster_id = $1 AND kind = $2 ORDER BY row_id DESC LIMIT 1`, [clusterId, kind]);
  if (!row) throw new Error(`cluster ${clusterId} has no ${kind}`);
  return row;
}

/** Process id of the conductor that holds the lease, from `host/pid/random`. */
export const holderPid = ({ lease_owner: owner }: Pick<OperationRow, 'lease_owner'>): number | undefined => {
  const pid = /\/(\d+)\//.exec(owner ?? '')?.[1];
  return pid === undefined ? undefined : Number(pid);
};

export interface LogLine {
  readonly level: number;
  readonly pid: number;
  readonly msg?: string;
  readonly message?: string;
  readonly operationId?: string;
  readonly err?: { readonly message?: string };
}

/** What a role's processes have logged so far; lines that are no JSON (a crash) throw. */
export function logOf(world: LifecycleEnvironment, role: string): LogLine[] {
  const text = readFileSync(join(world.environment.logFolder, `${role}.log`), 'utf8');
  return text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as LogLine);
}

/** The clusters' nodes are ready, and the cloud has one server for each and nothing but the stacks that the ledger names. */
export async function expectNothingTwice(world: LifecycleEnvironment, clusterIds: readonly string[]): Promise<void> {
  const nodes: { name: string; phase: string }[] = await world.database.query(`SELECT name, phase FROM nodes WHERE cluster_id = ANY($1) AND phase <> 'gone'`, [clusterIds]);
  expect(nodes.filter(({ phase }) => phase !== 'ready')).toEqual([]);
  const ledger: { name: string }[] = await world.database.query(`SELECT name FROM external_resources WHERE type = 'heat-stack' AND state = 'present'`);
  const { servers, stacks } = await world.existing();
  expect(servers.sort()).toEqual(nodes.map(({ name }) => name).sort());
  // What is nested in a group's stack has a line of its own in the simulator's list only.
  expect(stacks.filter((name) => !name.includes('kube_minions')).sort()).toEqual(ledger.map(({ name }) => name).sort());
}

/** Every operation of the clusters ended once, and well. */
export async function expectEndedOnce(world: LifecycleEnvironment, clusterIds: readonly string[]): Promise<void> {
  const ends: { kind: string; state: string; ends: number }[] = await world.database.query(
    `SELECT o.kind, o.state, (SELECT count(*)::int FROM operation_events e WHERE e.operation_id = o.id AND e.type = 'operation' AND e.message = o.kind || ' ' || o.state) AS ends
     FROM operations o WHERE o.cluster_id = ANY($1)`,
    [clusterIds],
  );
  expect(ends.filter((operation) => operation.state !== 'succeeded' || operation.ends !== 1)).toEqual([]);
}
