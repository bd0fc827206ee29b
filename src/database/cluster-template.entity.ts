import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A tenant's recipe for clusters; the columns are Magnum's fields (names there, types in the migration). */
@Entity({ name: 'cluster_templates' })
export class ClusterTemplate {
  @PrimaryColumn('uuid') id!: string;
  /** Insertion order: Magnum's integer row id, default sort key of lists. */
  @Column({ type: 'int', name: 'row_id', insert: false, update: false }) rowId!: number;
  @Column('text', { name: 'project_id' }) projectId!: string;
  @Column('text', { name: 'user_id' }) userId!: string;
  @Column('text', { nullable: true }) name!: string | null;
  @Column('text') coe!: string;
  @Column('text', { name: 'image_id' }) imageId!: string;
  @Column('text', { name: 'flavor_id', nullable: true }) flavorId!: string | null;
  @Column('text', { name: 'master_flavor_id', nullable: true }) masterFlavorId!: string | null;
  @Column('text', { name: 'keypair_id', nullable: true }) keypairId!: string | null;
  @Column('text', { name: 'external_network_id', nullable: true }) externalNetworkId!: string | null;
  @Column('text', { name: 'fixed_network', nullable: true }) fixedNetwork!: string | null;
  @Column('text', { name: 'fixed_subnet', nullable: true }) fixedSubnet!: string | null;
  @Column('text', { name: 'dns_nameserver', nullable: true }) dnsNameserver!: string | null;
  @Column('text', { name: 'network_driver', nullable: true }) networkDriver!: string | null;
  @Column('text', { name: 'volume_driver', nullable: true }) volumeDriver!: string | null;
  @Column('text', { name: 'server_type' }) serverType!: string;
  @Column('int', { name: 'docker_volume_size', nullable: true }) dockerVolumeSize!: number | null;
  @Column('text', { name: 'docker_storage_driver', nullable: true }) dockerStorageDriver!: string | null;
  @Column('int', { name: 'apiserver_port', nullable: true }) apiserverPort!: number | null;
  @Column('text', { name: 'http_proxy', nullable: true }) httpProxy!: string | null;
  @Column('text', { name: 'https_proxy', nullable: true }) httpsProxy!: string | null;
  @Column('text', { name: 'no_proxy', nullable: true }) noProxy!: string | null;
  @Column('text', { name: 'insecure_registry', nullable: true }) insecureRegistry!: string | null;
  @Column('jsonb') labels!: Record<string, string>;
  @Column('text', { nullable: true }) tags!: string | null;
  @Column('boolean', { name: 'tls_disabled' }) tlsDisabled!: boolean;
  @Column('boolean', { name: 'registry_enabled' }) registryEnabled!: boolean;
  @Column('boolean') public!: boolean;
  @Column('boolean') hidden!: boolean;
  @Column('boolean', { name: 'master_lb_enabled' }) masterLbEnabled!: boolean;
  @Column('boolean', { name: 'floating_ip_enabled' }) floatingIpEnabled!: boolean;
  @Column('text', { name: 'cluster_distro', nullable: true }) clusterDistro!: string | null;
  @Column('text', { nullable: true }) driver!: string | null;
  @Column('timestamptz', { name: 'created_at' }) createdAt!: Date;
  @Column('timestamptz', { name: 'updated_at', nullable: true }) updatedAt!: Date | null;
}
