import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { QuotaDemand } from '../domain/quota.js';
import type { UnitLevel } from '../driver-contract/quota-units.js';

/** What one stack that an accepted operation is to make will take of its project's quotas; see reservations.ts. */
@Entity({ name: 'reservations' })
export class Reservation {
  @PrimaryColumn('uuid') id!: string;
  @Column('text', { name: 'project_id' }) projectId!: string;
  @Column('uuid', { name: 'cluster_id' }) clusterId!: string;
  @Column('uuid', { name: 'operation_id' }) operationId!: string;
  @Column('text') level!: UnitLevel;
  /** Null for the infra stack. */
  @Column('uuid', { name: 'group_id', nullable: true }) groupId!: string | null;
  /** The unit has become real when more than so many stacks of its level and group stand. */
  @Column('int') ordinal!: number;
  @Column('jsonb') demand!: QuotaDemand;
  /** When the stack was seen to stand; null again when it went. */
  @Column('timestamptz', { name: 'released_at', nullable: true }) releasedAt!: Date | null;
  @Column({ type: 'timestamptz', name: 'created_at', insert: false }) createdAt!: Date;
}
