import { z } from 'zod';
import { nodePhases, type NodePhase } from '../../domain/node-phase.js';
import { timestamp, timestampOrNull } from '../http/timestamp.js';

const nullableText = z.string().nullable();

/** A node as people ask about it: where it is in its life, and why. */
export const nodeSchema = z
  .object({
    uuid: z.string(),
    name: z.string().describe('Name of the server, of the host and of the Kubernetes node'),
    cluster_uuid: z.string(),
    nodegroup: z.string().describe('Name of the node group'),
    nodegroup_uuid: z.string(),
    role: z.enum(['control-plane', 'worker']),
    slot: z.int().nullable().describe('Control-plane slot'),
    phase: z.enum(nodePhases as [NodePhase, ...NodePhase[]]),
    phase_reason: nullableText,
    boot_phase: nullableText.describe("The machine's own last word about its boot"),
    boot_status: nullableText,
    boot_message: nullableText,
    boot_reported_at: nullableText.meta({ format: 'date-time' }),
    boot_deadline: nullableText.meta({ format: 'date-time' }),
    server_id: nullableText,
    stack_id: nullableText,
    address: nullableText,
    floating_address: nullableText,
    image_id: z.string(),
    flavor_id: z.string(),
    coe_version: nullableText.describe('Seen on the node'),
    revision: z.int().describe("Number of the cluster's specification that it was made from"),
    ready_at: nullableText.meta({ format: 'date-time' }).describe('When it was last seen to become Ready'),
    doomed_because: nullableText.describe('Why it is to go although its group stays; null: it stays'),
    replaces: nullableText.describe('Name of the node whose place it takes'),
    cordoned_at: nullableText.meta({ format: 'date-time' }).describe('Since when it takes no new pods because it is to go'),
    drain_deadline: nullableText.meta({ format: 'date-time' }).describe('Until when its pods have time to go'),
    skipped_by: nullableText.describe('uuid of the operation that leaves it as it is'),
    created_at: z.string().meta({ format: 'date-time' }),
    updated_at: nullableText.meta({ format: 'date-time' }),
  })
  .meta({ id: 'Node' });
export type NodeView = z.infer<typeof nodeSchema>;

export const nodeListSchema = z.object({ nodes: z.array(nodeSchema) }).meta({ id: 'NodeList' });

export interface NodeRow {
  readonly id: string;
  readonly name: string;
  readonly cluster_id: string;
  readonly node_group_id: string;
  readonly group_name: string;
  readonly slot_index: number | null;
  readonly role: 'control-plane' | 'worker';
  readonly phase: NodePhase;
  readonly phase_reason: string | null;
  readonly boot_phase: string | null;
  readonly boot_status: string | null;
  readonly boot_message: string | null;
  readonly boot_reported_at: Date | null;
  readonly boot_deadline: Date | null;
  readonly server_id: string | null;
  readonly stack_id: string | null;
  readonly address: string | null;
  readonly floating_address: string | null;
  readonly image_id: string;
  readonly flavor_id: string;
  readonly coe_version: string | null;
  readonly revision: number;
  readonly ready_at: Date | null;
  readonly doomed_because: string | null;
  readonly replaces: string | null;
  readonly cordoned_at: Date | null;
  readonly drain_deadline: Date | null;
  readonly skipped_by: string | null;
  readonly created_at: Date;
  readonly updated_at: Date | null;
}

/** Nodes that exist or are about to: those that are gone are history. */
export const selectNodes = `SELECT n.id, n.name, n.cluster_id, n.node_group_id, g.name AS group_name, s.index AS slot_index, n.role, n.phase, n.phase_reason,
    n.boot_phase, n.boot_status, n.boot_message, n.boot_reported_at, n.boot_deadline, n.server_id, n.stack_id, n.address, n.floating_address,
    n.image_id, n.flavor_id, n.coe_version, n.revision, n.ready_at, n.doomed_because, old.name AS replaces, n.cordoned_at, n.drain_deadline, n.skipped_by, n.created_at, n.updated_at
  FROM nodes n
  JOIN node_groups g ON g.id = n.node_group_id
  LEFT JOIN slots s ON s.id = n.slot_id
  LEFT JOIN nodes old ON old.id = n.replaces_node_id
  WHERE n.cluster_id = $1 AND n.phase <> 'gone'
  ORDER BY n.role, n.row_id`;

export function viewNode({ id, cluster_id, node_group_id, group_name, slot_index, ...row }: NodeRow): NodeView {
  return {
    ...row,
    uuid: id,
    cluster_uuid: cluster_id,
    nodegroup: group_name,
    nodegroup_uuid: node_group_id,
    slot: slot_index,
    boot_reported_at: timestampOrNull(row.boot_reported_at),
    boot_deadline: timestampOrNull(row.boot_deadline),
    ready_at: timestampOrNull(row.ready_at),
    cordoned_at: timestampOrNull(row.cordoned_at),
    drain_deadline: timestampOrNull(row.drain_deadline),
    created_at: timestamp(row.created_at),
    updated_at: timestampOrNull(row.updated_at),
  };
}
