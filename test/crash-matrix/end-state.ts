import type { DataSource } from 'typeorm';

/** What a cluster's rows say after an operation, in a form that two clusters of one shape have in common. */
export type EndState = Readonly<Record<string, unknown>>;

const queries: Readonly<Record<string, string>> = {
  cluster: `SELECT * FROM clusters WHERE id = $1`,
  groups: `SELECT * FROM node_groups WHERE cluster_id = $1 ORDER BY name`,
  slots: `SELECT * FROM slots WHERE cluster_id = $1 ORDER BY index`,
  nodes: `SELECT * FROM nodes WHERE cluster_id = $1 ORDER BY role, row_id`,
  ledger: `SELECT type, name, state, external_id, tag FROM external_resources WHERE cluster_id = $1`,
  secrets: `SELECT name FROM secrets WHERE cluster_id = $1`,
  'open reservations': `SELECT level, ordinal FROM reservations WHERE cluster_id = $1 AND released_at IS NULL`,
  operations: `SELECT kind, state, step, attempt, failure, waiting_for, lease_owner FROM operations WHERE cluster_id = $1 ORDER BY row_id`,
};

/** Columns that say when, and in which order rows were made. */
const isTime = (column: string): boolean => /(_at|_until|_deadline)$/.test(column) || ['row_id', 'member_index'].includes(column);
/** Large, and never changed after the request; drawn by chance. */
const leftOut = new Set(['spec', 'claim_key', 'claim_token_hash', 'boot_message']);

export async function readEndState(database: DataSource, { clusterId, clusterName }: { clusterId: string; clusterName: string }): Promise<EndState> {
  const rows = await Promise.all(
    Object.entries(queries).map(async ([what, query]) => [what, await database.query<Record<string, unknown>[]>(query, [clusterId])] as const),
  );
  const general = generalise(clusterName);
  return Object.fromEntries(rows.map(([what, found]) => [what, sorted(found.map((row) => generalRow(row, general)))]));
}

/** Names of things in the cloud, and of secrets and rows, without what was drawn for this one cluster. */
export function generalise(clusterName: string): (text: string) => string {
  return (text) =>
    text
      .replaceAll(new RegExp(`${clusterName}-([a-z-]+)-[a-z0-9]{5}`, 'g'), '{node of $1}')
      .replaceAll(new RegExp(`${clusterName}\\b`, 'g'), '{cluster}')
      .replaceAll(/-(group|node)-[0-9a-f]{8}\b/g, '-$1-{part}')
      .replaceAll(/-kube_minions-[a-z0-9]{12}\b/g, '-kube_minions-{nested}')
      .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '{uuid}')
      .replaceAll(/\b[0-9a-f]{32}\b/g, '{id}')
      .replaceAll(/\b\d+\.\d+\.\d+\.\d+\b/g, '{address}');
}

function generalRow(row: Record<string, unknown>, general: (text: string) => string): Record<string, unknown> {
  const columns = Object.entries(row).filter(([column]) => !isTime(column) && !leftOut.has(column));
  return Object.fromEntries(columns.map(([column, value]) => [column, generalValue(value, general)]));
}

function generalValue(value: unknown, general: (text: string) => string): unknown {
  if (typeof value === 'string') return general(value);
  if (Array.isArray(value)) return value.map((each) => generalValue(each, general));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, generalValue(inner, general)]));
}

const sorted = (rows: readonly Record<string, unknown>[]): Record<string, unknown>[] =>
  [...rows].sort((one, other) => JSON.stringify(one).localeCompare(JSON.stringify(other)));

/** One line for each value that is not as expected, by its place. */
export function differences(expected: unknown, found: unknown, place = ''): string[] {
  if (JSON.stringify(expected) === JSON.stringify(found)) return [];
  if (isTree(expected) && isTree(found)) {
    const keys = [...new Set([...Object.keys(expected), ...Object.keys(found)])];
    return keys.flatMap((key) => differences(expected[key], found[key], place === '' ? key : `${place}.${key}`));
  }
  return [`${place}: ${show(found)} instead of ${show(expected)}`];
}

const isTree = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

const show = (value: unknown): string => (value === undefined ? 'nothing' : JSON.stringify(value));
