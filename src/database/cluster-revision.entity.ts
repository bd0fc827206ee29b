import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { ClusterSpec } from '../driver-contract/index.js';

/** One frozen spec of a cluster; never changed. Revision 1 is what the cluster was made from. */
@Entity({ name: 'cluster_revisions' })
export class ClusterRevision {
  @PrimaryColumn('uuid', { name: 'cluster_id' }) clusterId!: string;
  @PrimaryColumn('int') revision!: number;
  @Column('jsonb') spec!: ClusterSpec;
  /** The template and the labels that the cluster shows once this revision was seen on its nodes. */
  @Column('uuid', { name: 'cluster_template_id' }) clusterTemplateId!: string;
  @Column('jsonb') labels!: Record<string, string>;
  /** The operation that brought it; null for the first one. */
  @Column('uuid', { name: 'operation_id', nullable: true }) operationId!: string | null;
  @Column('timestamptz', { name: 'created_at' }) createdAt!: Date;
}
