import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { ClusterStatus } from '../domain/cluster-status.js';
import type { ClusterSpec } from '../driver-contract/index.js';

/** A cluster: what was asked for (Magnum's fields and the frozen spec) and, in columns of their own, what was seen. */
@Entity({ name: 'clusters' })
export class Cluster {
  @PrimaryColumn('uuid') id!: string;
  @Column({ type: 'int', name: 'row_id', insert: false, update: false }) rowId!: number;
  @Column('text', { name: 'project_id' }) projectId!: string;
  @Column('text', { name: 'user_id' }) userId!: string;
  @Column('text') name!: string;
  @Column('uuid', { name: 'cluster_template_id' }) clusterTemplateId!: string;
  @Column('text', { nullable: true }) keypair!: string | null;
  @Column('int', { name: 'docker_volume_size', nullable: true }) dockerVolumeSize!: number | null;
  @Column('jsonb') labels!: Record<string, string>;
  @Column('text', { name: 'flavor_id', nullable: true }) flavorId!: string | null;
  @Column('text', { name: 'master_flavor_id', nullable: true }) masterFlavorId!: string | null;
  /** Minutes; null and 0 mean no limit of its own. */
  @Column('int', { name: 'create_timeout', nullable: true }) createTimeout!: number | null;
  @Column('text', { name: 'discovery_url', nullable: true }) discoveryUrl!: string | null;
  @Column('text', { name: 'fixed_network', nullable: true }) fixedNetwork!: string | null;
  @Column('text', { name: 'fixed_subnet', nullable: true }) fixedSubnet!: string | null;
  @Column('boolean', { name: 'floating_ip_enabled' }) floatingIpEnabled!: boolean;
  @Column('boolean', { name: 'master_lb_enabled' }) masterLbEnabled!: boolean;
  @Column('text') status!: ClusterStatus;
  @Column('text', { name: 'status_reason', nullable: true }) statusReason!: string | null;
  @Column('text', { name: 'health_status', nullable: true }) healthStatus!: string | null;
  @Column('jsonb', { name: 'health_status_reason', nullable: true }) healthStatusReason!: Record<string, string> | null;
  /** Everything the cluster is rendered from, frozen when it was accepted: the newest revision. */
  @Column('jsonb') spec!: ClusterSpec;
  /** Number of that revision, see ClusterRevision. */
  @Column('int') revision!: number;
  /** Non-admin roles of the requester's token, to be granted to the cluster's own user. */
  @Column('text', { name: 'requester_roles', array: true }) requesterRoles!: string[];
  /** The cluster's own Keystone user, once it exists. */
  @Column('text', { name: 'keystone_user_id', nullable: true }) keystoneUserId!: string | null;
  /** Infra stack. */
  @Column('text', { name: 'stack_id', nullable: true }) stackId!: string | null;
  @Column('jsonb', { name: 'infra_outputs', nullable: true }) infraOutputs!: Record<string, unknown> | null;
  /** `https://host:port`: fixed for life once known. */
  @Column('text', { name: 'api_address', nullable: true }) apiAddress!: string | null;
  /** Seen on the running API server, never copied from what was asked. */
  @Column('text', { name: 'coe_version', nullable: true }) coeVersion!: string | null;
  @Column('text', { name: 'container_version', nullable: true }) containerVersion!: string | null;
  @Column('timestamptz', { name: 'created_at' }) createdAt!: Date;
  @Column('timestamptz', { name: 'updated_at', nullable: true }) updatedAt!: Date | null;
  /** Set when nothing is left: the row is a tombstone from then on, hidden from the API. */
  @Column('timestamptz', { name: 'deleted_at', nullable: true }) deletedAt!: Date | null;
}
