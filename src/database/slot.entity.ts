import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A place of the control plane: port, addresses and etcd volume that outlive the servers in it. */
@Entity({ name: 'slots' })
export class Slot {
  @PrimaryColumn('uuid') id!: string;
  @Column('uuid', { name: 'cluster_id' }) clusterId!: string;
  @Column('uuid', { name: 'node_group_id' }) nodeGroupId!: string;
  /** Never used again within the cluster. */
  @Column('int') index!: number;
  /** Set by compare-and-set when this slot's node was sent to bootstrap the cluster: happens once in a cluster's life. */
  @Column('boolean', { name: 'initialised' }) initialised!: boolean;
  @Column('text', { name: 'stack_id', nullable: true }) stackId!: string | null;
  @Column('jsonb', { name: 'stack_outputs', nullable: true }) stackOutputs!: Record<string, unknown> | null;
  /** Why it is taken out of the control plane; decided once and for good. Null: it stays. */
  @Column('text', { name: 'leaving_because', nullable: true }) leavingBecause!: string | null;
  /** Why nobody may use its port and volume: its machine is dead, and nothing proves that it does not run. Null: they may. */
  @Column('text', { name: 'quarantined_because', nullable: true }) quarantinedBecause!: string | null;
  /** When its stack was gone; the row keeps the number from being given again. */
  @Column('timestamptz', { name: 'removed_at', nullable: true }) removedAt!: Date | null;
  @Column('timestamptz', { name: 'created_at' }) createdAt!: Date;
}
