import type { EntityManager } from 'typeorm';
import { InvalidParameterError, NotFoundError } from '../../domain/domain-error.js';
import type { ClusterStatus } from '../../domain/cluster-status.js';
import { operationEffects } from '../../domain/operation-effects.js';
import type { ClusterSpec } from '../../driver-contract/index.js';
import { identify } from '../http/lookup.js';
import type { SizedGroup } from './plan-resize.js';

/** A node group with the spec that its new nodes are made from. */
export interface ChangeableGroup extends SizedGroup {
  readonly rowId: number;
  readonly isDefault: boolean;
  readonly status: ClusterStatus;
  readonly spec: ClusterSpec;
}

interface Row {
  readonly id: string;
  readonly row_id: number;
  readonly name: string;
  readonly role: string;
  readonly is_default: boolean;
  readonly node_count: number;
  readonly min_node_count: number;
  readonly max_node_count: number | null;
  readonly status: ClusterStatus;
  readonly spec: ClusterSpec;
}

export async function readGroups(manager: EntityManager, clusterId: string): Promise<readonly ChangeableGroup[]> {
  const rows: Row[] = await manager.query(
    `SELECT g.id, g.row_id, g.name, g.role, g.is_default, g.node_count, g.min_node_count, g.max_node_count, g.status, coalesce(r.spec, c.spec) AS spec
     FROM node_groups g JOIN clusters c ON c.id = g.cluster_id LEFT JOIN cluster_revisions r ON r.cluster_id = g.cluster_id AND r.revision = g.revision
     WHERE g.cluster_id = $1 ORDER BY g.row_id`,
    [clusterId],
  );
  return rows.map(({ row_id, is_default, node_count, min_node_count, max_node_count, ...row }) => ({
    ...row,
    rowId: row_id,
    isDefault: is_default,
    nodeCount: node_count,
    minNodeCount: min_node_count,
    maxNodeCount: max_node_count,
  }));
}

/** By uuid, name or row id; the default group of workers when nothing is named. */
export function findGroup(groups: readonly ChangeableGroup[], reference: string | null): ChangeableGroup {
  const found = reference === null ? groups.find(({ isDefault, role }) => isDefault && role !== 'master') : namedGroup(groups, reference);
  if (!found) throw new NotFoundError('not-found', `Node group ${reference ?? 'default-worker'} could not be found.`);
  return found;
}

function namedGroup(groups: readonly ChangeableGroup[], reference: string): ChangeableGroup | undefined {
  const identity = identify(reference);
  return groups.find(({ id, name, rowId }) => (identity.kind === 'id' ? id === identity.id : name === reference || String(rowId) === reference));
}

/** Magnum's rule: what is created, failed to be, or goes, is not changed. */
export function requireChangeable(what: string, status: ClusterStatus): void {
  if (operationEffects['cluster-resize'].acceptedIn.includes(status)) return;
  const remedy = status.endsWith('_IN_PROGRESS') ? 'wait until that has ended' : 'retry the operation that failed, or delete it';
  throw new InvalidParameterError(`${what} is ${status}, and its nodes cannot be changed in that state; ${remedy}.`);
}
