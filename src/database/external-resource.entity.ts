import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The ledger: what we asked of OpenStack, written before it was asked. */
@Entity({ name: 'external_resources' })
export class ExternalResource {
  @PrimaryColumn('uuid') id!: string;
  @Column('uuid', { name: 'cluster_id' }) clusterId!: string;
  @Column('uuid', { name: 'node_id', nullable: true }) nodeId!: string | null;
  @Column('uuid', { name: 'operation_id' }) operationId!: string;
  @Column('text') step!: string;
  /** `heat-stack`, `keystone-user` or `keystone-grant`; for what a cluster made itself, see maker-cluster.ts. */
  @Column('text') type!: string;
  /** Exact name it has or will have. */
  @Column('text') name!: string;
  @Column('text', { nullable: true }) tag!: string | null;
  @Column('text', { name: 'external_id', nullable: true }) externalId!: string | null;
  @Column('text') state!: 'intended' | 'present' | 'deleting' | 'gone';
  /** Attempt of the operation that asked for it last. */
  @Column('int') attempt!: number;
  /** When it was last about to be asked for. */
  @Column({ type: 'timestamptz', name: 'intended_at', insert: false }) intendedAt!: Date;
  /** Until when requests for it may have been sent whose answers nobody heard, beside the one that was answered. */
  @Column('timestamptz', { name: 'unanswered_at', nullable: true }) unansweredAt!: Date | null;
  @Column('timestamptz', { name: 'gone_at', nullable: true }) goneAt!: Date | null;
}
