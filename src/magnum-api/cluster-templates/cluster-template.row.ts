import { linksTo } from '../http/links.js';
import type { ListSource } from '../http/list-query.js';
import { timestamp, timestampOrNull } from '../http/timestamp.js';
import type { ClusterTemplateView } from './cluster-template.schema.js';

/** What a person set, with every default in place: column names are Magnum's field names. */
export interface ClusterTemplateSettings {
  readonly name: string | null;
  readonly coe: string;
  readonly image_id: string;
  readonly flavor_id: string | null;
  readonly master_flavor_id: string | null;
  readonly keypair_id: string | null;
  readonly external_network_id: string | null;
  readonly fixed_network: string | null;
  readonly fixed_subnet: string | null;
  readonly dns_nameserver: string | null;
  readonly network_driver: string | null;
  readonly volume_driver: string | null;
  readonly server_type: string;
  readonly docker_volume_size: number | null;
  readonly docker_storage_driver: string | null;
  readonly apiserver_port: number | null;
  readonly http_proxy: string | null;
  readonly https_proxy: string | null;
  readonly no_proxy: string | null;
  readonly insecure_registry: string | null;
  readonly labels: Readonly<Record<string, string>>;
  readonly tags: string | null;
  readonly tls_disabled: boolean;
  readonly registry_enabled: boolean;
  readonly public: boolean;
  readonly hidden: boolean;
  readonly master_lb_enabled: boolean;
  readonly floating_ip_enabled: boolean;
  readonly cluster_distro: string | null;
  readonly driver: string | null;
}

/** A row of cluster_templates as a raw select returns it. */
export interface ClusterTemplateRow extends ClusterTemplateSettings {
  readonly id: string;
  readonly row_id: number;
  readonly project_id: string;
  readonly user_id: string;
  readonly created_at: Date;
  readonly updated_at: Date | null;
}

/** A row that is not yet in the database, which gives it its row id. */
export type NewClusterTemplateRow = Omit<ClusterTemplateRow, 'row_id'>;

const settingColumns: readonly (keyof ClusterTemplateSettings)[] = [
  'name',
  'coe',
  'image_id',
  'flavor_id',
  'master_flavor_id',
  'keypair_id',
  'external_network_id',
  'fixed_network',
  'fixed_subnet',
  'dns_nameserver',
  'network_driver',
  'volume_driver',
  'server_type',
  'docker_volume_size',
  'docker_storage_driver',
  'apiserver_port',
  'http_proxy',
  'https_proxy',
  'no_proxy',
  'insecure_registry',
  'labels',
  'tags',
  'tls_disabled',
  'registry_enabled',
  'public',
  'hidden',
  'master_lb_enabled',
  'floating_ip_enabled',
  'cluster_distro',
  'driver',
];

/** The settings of a row, alone. */
export const settingsOf = (row: NewClusterTemplateRow): ClusterTemplateSettings =>
  Object.fromEntries(settingColumns.map((column) => [column, row[column]])) as unknown as ClusterTemplateSettings;

export function viewClusterTemplate(row: NewClusterTemplateRow, base: string): ClusterTemplateView {
  const { id, project_id, user_id, created_at, updated_at } = row;
  return {
    uuid: id,
    ...settingsOf(row),
    project_id,
    user_id,
    links: linksTo(base, `clustertemplates/${id}`),
    created_at: timestamp(created_at),
    updated_at: timestampOrNull(updated_at),
  };
}


export const clusterTemplateSource: ListSource = {
  table: 'cluster_templates',
  what: 'cluster template',
  columns: { id: 'row_id', uuid: 'id', ...Object.fromEntries(['project_id', 'user_id', ...settingColumns, 'created_at', 'updated_at'].map((column) => [column, column])) },
};
