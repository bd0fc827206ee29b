import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A sealed secret of a cluster (AES-256-GCM; see src/secrets): CA keys, the cluster user's password, node payloads. */
@Entity({ name: 'secrets' })
export class Secret {
  @PrimaryColumn('uuid', { name: 'cluster_id' }) clusterId!: string;
  /** Unique within the cluster, for example `kubernetes-ca` or `payload/<node id>`. */
  @PrimaryColumn('text') name!: string;
  /** src/secrets' text form; sealed for the context `<cluster id>/<name>`. */
  @Column('text') sealed!: string;
  @Column({ type: 'timestamptz', name: 'created_at', insert: false }) createdAt!: Date;
}
