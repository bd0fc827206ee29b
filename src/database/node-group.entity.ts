import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { ClusterStatus } from '../domain/cluster-status.js';
import type { GroupMember, NodeTaintSpec } from '../driver-contract/index.js';

export interface PublishedMembers {
  readonly stackId: string;
  readonly members: readonly GroupMember[];
}

/** Keys of Kubernetes labels, and keys and effects of taints: what may stand on nodes because the group wanted it once. */
export interface AppliedNodeMetadata {
  readonly labels: readonly string[];
  readonly taints: readonly { readonly key: string; readonly effect: string }[];
}

@Entity({ name: 'node_groups' })
export class NodeGroup {
  @PrimaryColumn('uuid') id!: string;
  @Column({ type: 'int', name: 'row_id', insert: false, update: false }) rowId!: number;
  @Column('uuid', { name: 'cluster_id' }) clusterId!: string;
  @Column('text', { name: 'project_id' }) projectId!: string;
  @Column('text') name!: string;
  /** Magnum's words: `master`, `worker` or any other worker-like text. */
  @Column('text') role!: string;
  @Column('boolean', { name: 'is_default' }) isDefault!: boolean;
  /** Desired. */
  @Column('int', { name: 'node_count' }) nodeCount!: number;
  @Column('int', { name: 'min_node_count' }) minNodeCount!: number;
  @Column('int', { name: 'max_node_count', nullable: true }) maxNodeCount!: number | null;
  @Column('text', { name: 'flavor_id', nullable: true }) flavorId!: string | null;
  @Column('text', { name: 'image_id' }) imageId!: string;
  @Column('int', { name: 'docker_volume_size', nullable: true }) dockerVolumeSize!: number | null;
  @Column('jsonb') labels!: Record<string, string>;
  /** Kubernetes labels and taints that the group's nodes are to have; they never make a node outdated. */
  @Column('jsonb', { name: 'node_labels', nullable: true }) nodeLabels!: Record<string, string> | null;
  @Column('jsonb', { name: 'node_taints', nullable: true }) nodeTaints!: NodeTaintSpec[] | null;
  @Column('jsonb', { name: 'applied_node_metadata', nullable: true }) appliedNodeMetadata!: AppliedNodeMetadata | null;
  /** The cluster's revision that the group's nodes are to have. */
  @Column('int') revision!: number;
  @Column('text') status!: ClusterStatus;
  @Column('text', { name: 'status_reason', nullable: true }) statusReason!: string | null;
  @Column('text', { name: 'stack_id', nullable: true }) stackId!: string | null;
  @Column('jsonb', { name: 'stack_outputs', nullable: true }) stackOutputs!: Record<string, unknown> | null;
  /** What the group's stack was last told to show of its members, and the stack that was told; null: nothing yet. */
  @Column('jsonb', { name: 'published_members', nullable: true }) publishedMembers!: PublishedMembers | null;
  /** Kubernetes version seen on all of the group's nodes. */
  @Column('text', { nullable: true }) version!: string | null;
  @Column('timestamptz', { name: 'created_at' }) createdAt!: Date;
  @Column('timestamptz', { name: 'updated_at', nullable: true }) updatedAt!: Date | null;
}
