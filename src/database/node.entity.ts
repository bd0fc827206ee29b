import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { NodePhase } from '../domain/node-phase.js';

/** A machine of a cluster, from the drawing of its name to the end of its server; the name is never used again. */
@Entity({ name: 'nodes' })
@Index('uq_nodes_group_member_index', ['nodeGroupId', 'memberIndex'], { unique: true })
export class ClusterNode {
  @PrimaryColumn('uuid') id!: string;
  @Column({ type: 'int', name: 'row_id', insert: false, update: false }) rowId!: number;
  @Column('uuid', { name: 'cluster_id' }) clusterId!: string;
  @Column('uuid', { name: 'node_group_id' }) nodeGroupId!: string;
  @Column('uuid', { name: 'slot_id', nullable: true }) slotId!: string | null;
  @Column('text') name!: string;
  /** Number in its group, from 0; never used again, not even when the node is gone. */
  @Column('int', { name: 'member_index' }) memberIndex!: number;
  @Column('text') role!: 'control-plane' | 'worker';
  /** The cluster's revision that it was rendered from. */
  @Column('int') revision!: number;
  @Column('text', { name: 'boot_mode' }) bootMode!: 'init' | 'join' | 'resume';
  @Column('text') phase!: NodePhase;
  @Column('text', { name: 'phase_reason', nullable: true }) phaseReason!: string | null;
  /** SHA-256 (hex) of the claim token; the token itself is sealed until the stack exists and then forgotten. */
  @Column('text', { name: 'claim_token_hash', nullable: true }) claimTokenHash!: string | null;
  /** SPKI DER in base64 of the key that claimed the node; bound once. */
  @Column('text', { name: 'claim_key', nullable: true }) claimKey!: string | null;
  @Column('timestamptz', { name: 'claimed_at', nullable: true }) claimedAt!: Date | null;
  /** Last word of the node about its boot (node-api), not a decision. */
  @Column('text', { name: 'boot_phase', nullable: true }) bootPhase!: string | null;
  @Column('text', { name: 'boot_status', nullable: true }) bootStatus!: 'running' | 'done' | 'failed' | null;
  @Column('text', { name: 'boot_message', nullable: true }) bootMessage!: string | null;
  @Column('timestamptz', { name: 'boot_reported_at', nullable: true }) bootReportedAt!: Date | null;
  @Column('timestamptz', { name: 'boot_deadline', nullable: true }) bootDeadline!: Date | null;
  @Column('text', { name: 'stack_id', nullable: true }) stackId!: string | null;
  @Column('text', { name: 'server_id', nullable: true }) serverId!: string | null;
  @Column('text', { nullable: true }) address!: string | null;
  @Column('text', { name: 'floating_address', nullable: true }) floatingAddress!: string | null;
  @Column('text', { name: 'image_id' }) imageId!: string;
  @Column('text', { name: 'flavor_id' }) flavorId!: string;
  /** Seen on the node. */
  @Column('text', { name: 'coe_version', nullable: true }) coeVersion!: string | null;
  /** When it was last seen to become Ready. */
  @Column('timestamptz', { name: 'ready_at', nullable: true }) readyAt!: Date | null;
  /** Why it is to go although its group stays: a resize's victim, a node to be replaced. Null: it stays. */
  @Column('text', { name: 'doomed_because', nullable: true }) doomedBecause!: string | null;
  @Column('uuid', { name: 'replaces_node_id', nullable: true }) replacesNodeId!: string | null;
  /** When it was closed for new pods so that it can go. */
  @Column('timestamptz', { name: 'cordoned_at', nullable: true }) cordonedAt!: Date | null;
  @Column('timestamptz', { name: 'drain_deadline', nullable: true }) drainDeadline!: Date | null;
  /** The operation that leaves it as it is, because a person or the drain's policy said so. */
  @Column('uuid', { name: 'skipped_by', nullable: true }) skippedBy!: string | null;
  @Column('timestamptz', { name: 'created_at' }) createdAt!: Date;
  @Column('timestamptz', { name: 'updated_at', nullable: true }) updatedAt!: Date | null;
  @Column('timestamptz', { name: 'gone_at', nullable: true }) goneAt!: Date | null;
}
