import { randomUUID } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { madeTypes, type MadeType } from '../../database/maker-cluster.js';
import type { ClusterContext } from '../cluster-context.js';

export interface MadeThing {
  /** Id in OpenStack. */
  readonly id: string;
  readonly name: string;
}

/**
 * Writes down what a cluster made in the cloud, before anybody is asked to remove it: afterwards the cluster may be gone that
 * knew of it. A line about the same thing takes the new type, so that what was to be kept may go after all, and the other way.
 */
export async function recordMade(context: ClusterContext, manager: EntityManager, type: MadeType, things: readonly MadeThing[]): Promise<void> {
  const { cluster, operation } = context;
  for (const { id, name } of things) {
    const [, known]: [unknown[], number] = await manager.query(
      `UPDATE external_resources SET type = $4, state = CASE WHEN type = $4 AND state <> 'gone' THEN state ELSE 'present' END, gone_at = NULL
       WHERE cluster_id = $1 AND external_id = $2 AND type = ANY($3)`,
      [cluster.id, id, madeTypes, type],
    );
    if (known > 0) continue;
    await manager.query(
      `INSERT INTO external_resources (id, cluster_id, operation_id, step, type, name, external_id, state, attempt)
       VALUES ($1, $2, $3, $4, $5, $6, $7, 'present', $8)`,
      [randomUUID(), cluster.id, operation.id, operation.step, type, ledgerName(id, name), id, operation.attempt],
    );
  }
}

/** Names of things that the cluster made need not be unique, and some have none. */
const ledgerName = (id: string, name: string): string => (name === '' ? id : `${name} (${id})`);

export async function markMade(manager: EntityManager, clusterId: string, ids: readonly string[], state: 'deleting' | 'gone'): Promise<void> {
  await manager.query(
    `UPDATE external_resources SET state = $4, gone_at = CASE WHEN $4 = 'gone' THEN now() END
     WHERE cluster_id = $1 AND external_id = ANY($2) AND type = ANY($3) AND state <> 'gone'`,
    [clusterId, ids, madeTypes, state],
  );
}
