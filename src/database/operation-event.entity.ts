import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

/** One line of a cluster's history, append-only; also the feed of server-sent events (id = Last-Event-ID). */
@Entity({ name: 'operation_events' })
export class OperationEvent {
  @PrimaryGeneratedColumn('identity', { type: 'int', generatedIdentity: 'ALWAYS' }) id!: number;
  @Column('uuid', { name: 'cluster_id' }) clusterId!: string;
  @Column('uuid', { name: 'operation_id', nullable: true }) operationId!: string | null;
  @Column('uuid', { name: 'node_id', nullable: true }) nodeId!: string | null;
  @Column({ type: 'timestamptz', insert: false }) at!: Date;
  /** `operation`, `step`, `wait`, `action`, `node`, `status` or `incident`. */
  @Column('text') type!: string;
  @Column('text', { nullable: true }) step!: string | null;
  /** The phase that the node was in after what is told. */
  @Column('text', { name: 'node_phase', nullable: true }) nodePhase!: string | null;
  @Column('text') message!: string;
  @Column('text', { nullable: true }) because!: string | null;
}
