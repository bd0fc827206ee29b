import type { EntityManager } from 'typeorm';
import type { NodePhase } from '../../domain/node-phase.js';
import { identify } from '../http/lookup.js';
import type { MemberNode } from './plan-resize.js';

interface Row {
  readonly id: string;
  readonly name: string;
  readonly node_group_id: string;
  readonly member_index: number;
  readonly server_id: string | null;
  readonly address: string | null;
  readonly floating_address: string | null;
  readonly phase: NodePhase;
  readonly doomed_because: string | null;
  readonly is_in_quarantine: boolean;
}

/** Nodes of a cluster in the order they were made; of those that are gone only what `references` may mean. */
export async function readMembers(manager: EntityManager, clusterId: string, references: readonly string[]): Promise<readonly MemberNode[]> {
  const rows: Row[] = await manager.query(
    `SELECT id, name, node_group_id, member_index, server_id, address, floating_address, phase, doomed_because,
       EXISTS (SELECT 1 FROM slots s WHERE s.id = slot_id AND s.quarantined_because IS NOT NULL) AND phase <> 'gone' AS is_in_quarantine FROM nodes
     WHERE cluster_id = $1 AND (phase <> 'gone' OR lower(server_id) = ANY($2) OR id::text = ANY($2) OR name = ANY($2) OR member_index::text = ANY($2)) ORDER BY row_id`,
    [clusterId, references.map(asStored)],
  );
  return rows.map(({ node_group_id, member_index, server_id, floating_address, doomed_because, is_in_quarantine, ...row }) => ({
    ...row,
    groupId: node_group_id,
    memberIndex: member_index,
    serverId: server_id,
    floatingAddress: floating_address,
    doomedBecause: doomed_because,
    isInQuarantine: is_in_quarantine,
  }));
}

function asStored(reference: string): string {
  const identity = identify(reference.trim());
  return identity.kind === 'id' ? identity.id : reference.trim();
}
