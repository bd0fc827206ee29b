import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { OperationKind, OperationState } from '../domain/operation-state.js';

/** A wanted or running change of a cluster: the cursor, the lease and the reason of the present wait. */
@Entity({ name: 'operations' })
export class OperationRecord {
  @PrimaryColumn('uuid') id!: string;
  @Column({ type: 'int', name: 'row_id', insert: false, update: false }) rowId!: number;
  @Column('uuid', { name: 'cluster_id' }) clusterId!: string;
  @Column('text', { name: 'project_id' }) projectId!: string;
  @Column('uuid', { name: 'node_group_id', nullable: true }) nodeGroupId!: string | null;
  @Column('text') kind!: OperationKind;
  @Column('text') state!: OperationState;
  /** Name of the current step; null before the first turn. */
  @Column('text', { nullable: true }) step!: string | null;
  @Column('timestamptz', { name: 'step_entered_at', nullable: true }) stepEnteredAt!: Date | null;
  /** Turns of the current step so far: makes pauses grow, starts anew with each step. */
  @Column('int', { name: 'step_turns' }) stepTurns!: number;
  @Column('jsonb') input!: Record<string, unknown>;
  @Column('text', { name: 'waiting_for', nullable: true }) waitingFor!: string | null;
  /** When the sweep may start the next turn if no wake-up does. */
  @Column('timestamptz', { name: 'due_at' }) dueAt!: Date;
  /** End of the whole operation's time. */
  @Column('timestamptz', { name: 'deadline_at', nullable: true }) deadlineAt!: Date | null;
  @Column('int') attempt!: number;
  /** What somebody wants of it at the end of its turn. */
  @Column('text', { nullable: true }) wish!: 'pause' | 'cancel' | null;
  @Column('text', { nullable: true }) failure!: string | null;
  @Column('text', { name: 'requested_by', nullable: true }) requestedBy!: string | null;
  @Column('text', { name: 'request_id', nullable: true }) requestId!: string | null;
  @Column('text', { name: 'lease_owner', nullable: true }) leaseOwner!: string | null;
  @Column('timestamptz', { name: 'lease_until', nullable: true }) leaseUntil!: Date | null;
  /** Grows with every change of holder; every write of a turn names it. */
  @Column('int') fence!: number;
  /** A wake-up came while a turn was running: the next turn follows at once. */
  @Column('boolean', { name: 'wake_pending' }) wakePending!: boolean;
  @Column('timestamptz', { name: 'created_at' }) createdAt!: Date;
  @Column('timestamptz', { name: 'started_at', nullable: true }) startedAt!: Date | null;
  @Column('timestamptz', { name: 'finished_at', nullable: true }) finishedAt!: Date | null;
}
