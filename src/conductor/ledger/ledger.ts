import { randomUUID } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { ExternalResource } from '../../database/external-resource.entity.js';
import { clusterTag } from '../../domain/resource-names.js';
import type { ClusterContext } from '../cluster-context.js';

export type ResourceType = 'heat-stack' | 'keystone-user' | 'keystone-grant';

export interface Intent {
  readonly type: ResourceType;
  /** Exact name the thing will have. */
  readonly name: string;
  readonly nodeId?: string | null;
}

/**
 * Writes down what is about to be asked for, before it is asked; asking again after a failure renews the line. Over a line
 * that is still open it remembers besides that an earlier request has no answer: whoever sent it can send it no more.
 */
export async function intend(context: ClusterContext, manager: EntityManager, intents: readonly Intent[]): Promise<void> {
  const { cluster, operation } = context;
  for (const { type, name, nodeId } of intents) {
    await manager.query(
      `INSERT INTO external_resources (id, cluster_id, node_id, operation_id, step, type, name, tag, state, attempt)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'intended', $9)
       ON CONFLICT (cluster_id, type, name) DO UPDATE SET
         unanswered_at = CASE WHEN external_resources.state = 'intended' THEN clock_timestamp() ELSE external_resources.unanswered_at END,
         operation_id = excluded.operation_id, step = excluded.step, attempt = excluded.attempt,
         state = 'intended', external_id = NULL, intended_at = now(), gone_at = NULL`,
      [randomUUID(), cluster.id, nodeId ?? null, operation.id, operation.step, type, name, clusterTag(cluster.id), operation.attempt],
    );
  }
}

/** The same thing is asked for once more: the request before may be on its way still, and another one is from now on. */
export async function renewIntent(manager: EntityManager, clusterId: string, type: ResourceType, name: string): Promise<void> {
  await manager.query(
    `UPDATE external_resources SET intended_at = clock_timestamp(), unanswered_at = clock_timestamp() WHERE cluster_id = $1 AND type = $2 AND name = $3 AND state = 'intended'`,
    [clusterId, type, name],
  );
}

export async function markPresent(manager: EntityManager, clusterId: string, type: ResourceType, name: string, externalId: string): Promise<void> {
  await manager.query(
    `UPDATE external_resources SET state = 'present', external_id = $4 WHERE cluster_id = $1 AND type = $2 AND name = $3 AND state = 'intended'`,
    [clusterId, type, name, externalId],
  );
}

/** The same for all of a type that a list showed: whoever asked for them may have been cut off before the answer came. */
export async function markSeen(manager: EntityManager, clusterId: string, type: ResourceType, seen: readonly { name: string; id: string }[]): Promise<void> {
  await manager.query(
    `UPDATE external_resources r SET state = 'present', external_id = s.id FROM jsonb_to_recordset($3::jsonb) AS s(name text, id text)
     WHERE r.cluster_id = $1 AND r.type = $2 AND r.name = s.name AND r.state = 'intended'`,
    [clusterId, type, JSON.stringify(seen.map(({ name, id }) => ({ name, id })))],
  );
}

export async function markDeleting(manager: EntityManager, clusterId: string, type: ResourceType, names: readonly string[]): Promise<void> {
  await manager.query(
    `UPDATE external_resources SET state = 'deleting' WHERE cluster_id = $1 AND type = $2 AND name = ANY($3) AND state <> 'gone'`,
    [clusterId, type, names],
  );
}

export async function markGone(manager: EntityManager, clusterId: string, type: ResourceType, names: readonly string[]): Promise<void> {
  await manager.query(
    `UPDATE external_resources SET state = 'gone', gone_at = now() WHERE cluster_id = $1 AND type = $2 AND name = ANY($3) AND state <> 'gone'`,
    [clusterId, type, names],
  );
}

/** No list shows it, and nobody waits for it any more; a request for it that was never answered may still arrive. */
export async function giveUp(manager: EntityManager, clusterId: string, type: ResourceType, names: readonly string[]): Promise<void> {
  await manager.query(
    `UPDATE external_resources SET unanswered_at = clock_timestamp() WHERE cluster_id = $1 AND type = $2 AND name = ANY($3) AND state = 'intended'`,
    [clusterId, type, names],
  );
  await markGone(manager, clusterId, type, names);
}

/** Since when no request of this type is left without an answer (the database's clock); undefined when each one had its answer. */
export async function lastUnanswered(manager: EntityManager, clusterId: string, type: ResourceType): Promise<Date | undefined> {
  const [row] = await manager.query<[{ at: Date | null }]>(
    `SELECT greatest(max(unanswered_at), max(intended_at) FILTER (WHERE external_id IS NULL AND state <> 'gone')) AS at
     FROM external_resources WHERE cluster_id = $1 AND type = $2`,
    [clusterId, type],
  );
  return row.at ?? undefined;
}

/** What the ledger still holds of one type: everything that may exist. */
export function findLedger(manager: EntityManager, clusterId: string, type: ResourceType): Promise<ExternalResource[]> {
  return manager
    .createQueryBuilder(ExternalResource, 'resource')
    .where('resource.clusterId = :clusterId AND resource.type = :type', { clusterId, type })
    .andWhere(`resource.state <> 'gone'`)
    .getMany();
}
