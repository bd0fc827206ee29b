import type { EntityManager } from 'typeorm';
import { identifyNode } from './node-id.js';
import type { NodePhase } from '../domain/node-phase.js';

/** A node as far as its boot is concerned. */
export interface BootingNode {
  readonly id: string;
  readonly cluster_id: string;
  readonly name: string;
  readonly role: string;
  readonly phase: NodePhase;
  readonly claim_token_hash: string | null;
  readonly claim_key: string | null;
  readonly boot_phase: string | null;
  readonly boot_status: string | null;
  /** By the database's clock. */
  readonly is_late: boolean;
}

export async function findNode(manager: EntityManager, id: string): Promise<BootingNode | undefined> {
  if (!identifyNode(id)) return undefined;
  const rows: BootingNode[] = await manager.query(
    `SELECT id, cluster_id, name, role, phase, claim_token_hash, claim_key, boot_phase, boot_status,
       coalesce(boot_deadline <= clock_timestamp(), false) AS is_late
     FROM nodes WHERE id = $1`,
    [id],
  );
  return rows[0];
}

/** Why a node's boot is over, as the end of a sentence; undefined while it goes on. */
export function endOfBoot(node: Pick<BootingNode, 'phase' | 'is_late'>): string | undefined {
  switch (node.phase) {
    case 'planned':
    case 'building':
    case 'booting':
      return node.is_late ? 'its deadline has passed' : undefined;
    case 'joined':
    case 'ready':
      return 'it has joined';
    case 'failed':
      return 'it has failed';
    case 'draining':
    case 'deleting':
    case 'gone':
      return 'it is being removed';
  }
}

/** Appends to the cluster's history. */
export async function noteOfNode(
  manager: EntityManager,
  node: Pick<BootingNode, 'id' | 'cluster_id'>,
  { type, message, because }: { type: 'node' | 'incident'; message: string; because: string | null },
): Promise<void> {
  await manager.query(
    `INSERT INTO operation_events (cluster_id, operation_id, node_id, node_phase, type, step, message, because)
     VALUES ($1, (SELECT id FROM operations WHERE cluster_id = $1 AND state IN ('running', 'waiting')), $2, (SELECT phase FROM nodes WHERE id = $2), $3,
             (SELECT step FROM operations WHERE cluster_id = $1 AND state IN ('running', 'waiting')), $4, $5)`,
    [node.cluster_id, node.id, type, message, because],
  );
}

/** The operation that may be waiting for this node, if any. */
export async function findActiveOperation(manager: EntityManager, clusterId: string): Promise<string | undefined> {
  const rows: { id: string }[] = await manager.query(`SELECT id FROM operations WHERE cluster_id = $1 AND state IN ('running', 'waiting')`, [clusterId]);
  return rows[0]?.id;
}
