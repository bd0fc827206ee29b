import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { requestOperation } from '../../database/operation-requests.js';
import { NotFoundError } from '../../domain/domain-error.js';
import type { ClusterStatus } from '../../domain/cluster-status.js';
import { operationEffects } from '../../domain/operation-effects.js';
import type { Asking } from '../http/request-context.js';
import { RUNTIME, type Runtime } from '../runtime.js';
import { requireReplaceable } from './check-control-plane.js';
import { mergeInput } from './merge-input.js';
import type { ReplaceNodesRequest } from './node-change.schema.js';
import type { MemberNode } from './plan-resize.js';
import { readGroups, requireChangeable, type ChangeableGroup } from './read-groups.js';
import { readMembers } from './read-members.js';
import { resolveNodes } from './resolve-nodes.js';

export interface GroupReplacement {
  readonly group: ChangeableGroup;
  readonly nodes: readonly MemberNode[];
}

interface ClusterId {
  readonly id: string;
  readonly project_id: string;
}

/** Accepts replacements of named nodes: one operation a group, all in one transaction. */
@Injectable()
export class Replacing {
  constructor(@Inject(RUNTIME) private readonly runtime: Runtime) {}

  /** Answers the operations' ids. Throws NodeReferenceError; then nothing was changed. */
  async accept(asking: Asking, cluster: ClusterId, request: ReplaceNodesRequest): Promise<readonly string[]> {
    const { dataSource, queue } = this.runtime;
    const ids = await dataSource.transaction(async (manager) => {
      await manager.query(`SELECT 1 FROM clusters WHERE id = $1 FOR UPDATE`, [cluster.id]);
      const operations: string[] = [];
      for (const replacement of await this.decide(manager, cluster, request)) operations.push(await record(manager, asking, cluster, replacement, request));
      return operations;
    });
    for (const id of ids) await queue.wake(id);
    return ids;
  }

  /** Which nodes of which groups are to be replaced; those that are going already are left out. Nothing is locked or changed. */
  async decide(manager: EntityManager, cluster: ClusterId, { nodes: references, fenced }: Pick<ReplaceNodesRequest, 'nodes' | 'fenced'>): Promise<readonly GroupReplacement[]> {
    const [row]: { status: ClusterStatus }[] = await manager.query(`SELECT status FROM clusters WHERE id = $1 AND deleted_at IS NULL`, [cluster.id]);
    if (!row) throw new NotFoundError('cluster-not-found', `Cluster ${cluster.id} could not be found.`);
    const groups = await readGroups(manager, cluster.id);
    const { staying, going } = resolveNodes(references, await readMembers(manager, cluster.id, references), 'the cluster');
    requireChangeable('The cluster', row.status);
    return groups.flatMap((group): GroupReplacement[] => {
      // A person's word about a machine that goes already, and that nobody can see off, is what its slot waits for.
      const awaited = fenced === true && group.role === 'master' ? going.filter(({ phase }) => phase === 'deleting') : [];
      const nodes = [...staying, ...awaited].filter(({ groupId }) => groupId === group.id);
      if (nodes.length === 0) return [];
      if (group.role === 'master') requireReplaceable(group);
      requireChangeable(`Node group ${group.name}`, group.status);
      return [{ group, nodes }];
    });
  }
}

async function record(
  manager: EntityManager,
  { caller, requestId }: Asking,
  { id: clusterId, project_id: projectId }: ClusterId,
  { group, nodes }: GroupReplacement,
  { force, fenced }: ReplaceNodesRequest,
): Promise<string> {
  const { underWay } = operationEffects['node-replace'];
  const ids = nodes.map(({ id }) => id);
  await manager.query(`UPDATE nodes SET doomed_because = $2, updated_at = now() WHERE id = ANY($1) AND phase <> 'deleting'`, [ids, `request ${requestId} replaces it`]);
  await manager.query(`UPDATE node_groups SET status = $2, status_reason = NULL, updated_at = now() WHERE id = $1`, [group.id, underWay]);
  // What was confirmed for one request stays confirmed when another one joins it.
  const input = { node_ids: ids, ...(force === true ? { force } : {}), ...(fenced === true ? { fenced } : {}) };
  const { id, isNew } = await requestOperation(manager, { clusterId, projectId, kind: 'node-replace', nodeGroupId: group.id, input, timeoutMinutes: null, requestedBy: caller.userId, requestId });
  if (!isNew) await mergeInput(manager, id, input, 'node_ids');
  await manager.query(`UPDATE clusters SET status = $2, status_reason = NULL, updated_at = now() WHERE id = $1`, [clusterId, underWay]);
  await manager.query(`INSERT INTO operation_events (cluster_id, operation_id, type, message, because) VALUES ($1, $2, 'operation', $3, $4)`, [
    clusterId,
    id,
    `Nodes ${nodes.map(({ name }) => name).join(', ')} are to be replaced`,
    `request ${requestId}`,
  ]);
  return id;
}
