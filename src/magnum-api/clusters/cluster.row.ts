import type { ClusterStatus } from '../../domain/cluster-status.js';
import { linksTo } from '../http/links.js';
import type { ListSource } from '../http/list-query.js';
import { timestamp, timestampOrNull } from '../http/timestamp.js';
import type { ClusterView, ShortCluster } from './cluster.schema.js';

type Texts = Readonly<Record<string, string>>;

/** Columns of clusters that Magnum shows under the same names; the frozen spec is large and stays out of lists. */
const plainColumns = [
  'id',
  'row_id',
  'project_id',
  'user_id',
  'name',
  'cluster_template_id',
  'keypair',
  'docker_volume_size',
  'labels',
  'flavor_id',
  'master_flavor_id',
  'create_timeout',
  'discovery_url',
  'fixed_network',
  'fixed_subnet',
  'floating_ip_enabled',
  'master_lb_enabled',
  'status',
  'status_reason',
  'health_status',
  'health_status_reason',
  'stack_id',
  'api_address',
  'coe_version',
  'container_version',
  'created_at',
  'updated_at',
] as const;

/** A cluster with the sums over its node groups, as one select returns it. */
export interface ClusterRow {
  readonly id: string;
  readonly row_id: number;
  readonly project_id: string;
  readonly user_id: string;
  readonly name: string;
  readonly cluster_template_id: string;
  readonly keypair: string | null;
  readonly docker_volume_size: number | null;
  readonly labels: Texts;
  readonly flavor_id: string | null;
  readonly master_flavor_id: string | null;
  readonly create_timeout: number | null;
  readonly discovery_url: string | null;
  readonly fixed_network: string | null;
  readonly fixed_subnet: string | null;
  readonly floating_ip_enabled: boolean;
  readonly master_lb_enabled: boolean;
  readonly status: ClusterStatus;
  readonly status_reason: string | null;
  readonly health_status: string | null;
  readonly health_status_reason: Texts | null;
  readonly stack_id: string | null;
  readonly api_address: string | null;
  readonly coe_version: string | null;
  readonly container_version: string | null;
  readonly created_at: Date;
  readonly updated_at: Date | null;
  /** Sums of node_count over all groups of a role. */
  readonly master_count: number;
  readonly node_count: number;
  /** Count of group default-worker alone: what PATCH /node_count means. */
  readonly default_worker_count: number;
  readonly template_labels: Texts | null;
  readonly master_addresses: readonly string[];
  readonly node_addresses: readonly string[];
  /** Node group to reason. */
  readonly faults: Texts;
}

/** Selects ClusterRow of clusters aliased `c`; the template's labels are read whether or not the caller sees the template. */
export const selectClusters = `SELECT ${plainColumns.map((column) => `c.${column}`).join(', ')}, t.labels AS template_labels, g.*, n.*
  FROM clusters c
  LEFT JOIN cluster_templates t ON t.id = c.cluster_template_id
  CROSS JOIN LATERAL (
    SELECT coalesce(sum(node_count) FILTER (WHERE role = 'master'), 0)::int AS master_count,
           coalesce(sum(node_count) FILTER (WHERE role <> 'master'), 0)::int AS node_count,
           coalesce(sum(node_count) FILTER (WHERE is_default AND role <> 'master'), 0)::int AS default_worker_count,
           coalesce(jsonb_object_agg(name, status_reason) FILTER (WHERE status_reason IS NOT NULL), '{}') AS faults
    FROM node_groups WHERE cluster_id = c.id
  ) g
  CROSS JOIN LATERAL (
    SELECT coalesce(array_agg(coalesce(floating_address, address) ORDER BY row_id) FILTER (WHERE role = 'control-plane'), '{}') AS master_addresses,
           coalesce(array_agg(coalesce(floating_address, address) ORDER BY row_id) FILTER (WHERE role = 'worker'), '{}') AS node_addresses
    FROM nodes WHERE cluster_id = c.id AND phase <> 'gone' AND coalesce(floating_address, address) IS NOT NULL
  ) n`;

export const clusterSource: ListSource = {
  table: 'clusters',
  what: 'cluster',
  columns: { uuid: 'id', ...Object.fromEntries(plainColumns.map((column) => [column, column])), id: 'row_id' },
};

/** From this microversion on, answers name the stack `cluster_id`; `stack_id` stays, because magnum-auto-healer needs it. */
const clusterIdSince = 13;

export function viewShortCluster(row: ClusterRow, base: string, minor: number): ShortCluster {
  return {
    uuid: row.id,
    name: row.name,
    cluster_template_id: row.cluster_template_id,
    keypair: row.keypair,
    node_count: row.node_count,
    master_count: row.master_count,
    docker_volume_size: row.docker_volume_size,
    labels: row.labels,
    flavor_id: row.flavor_id,
    master_flavor_id: row.master_flavor_id,
    create_timeout: row.create_timeout,
    status: row.status,
    health_status: row.health_status,
    stack_id: row.stack_id,
    ...(minor >= clusterIdSince ? { cluster_id: row.stack_id } : {}),
    links: linksTo(base, `clusters/${row.id}`),
    merge_labels: false,
  };
}

export function viewCluster(row: ClusterRow, base: string, minor: number): ClusterView {
  return {
    ...viewShortCluster(row, base, minor),
    status_reason: row.status_reason,
    health_status_reason: row.health_status_reason ?? {},
    discovery_url: row.discovery_url,
    api_address: row.api_address,
    coe_version: row.coe_version,
    container_version: row.container_version,
    project_id: row.project_id,
    user_id: row.user_id,
    node_addresses: [...row.node_addresses],
    master_addresses: [...row.master_addresses],
    fixed_network: row.fixed_network,
    fixed_subnet: row.fixed_subnet,
    floating_ip_enabled: row.floating_ip_enabled,
    master_lb_enabled: row.master_lb_enabled,
    ...compareLabels(row.labels, row.template_labels ?? {}),
    created_at: timestamp(row.created_at),
    updated_at: timestampOrNull(row.updated_at),
  };
}

/** Show, but not lists, adds the reasons of a failure. */
export function viewShownCluster(row: ClusterRow, base: string, minor: number): ClusterView {
  const view = viewCluster(row, base, minor);
  return row.status.endsWith('_FAILED') ? { ...view, faults: row.faults } : view;
}

/** How an object's labels differ from those it inherits from; overridden and skipped ones show the inherited value. */
export function compareLabels(own: Texts, inherited: Texts): { labels_overridden: Texts; labels_added: Texts; labels_skipped: Texts } {
  const pick = (from: Texts, wanted: (key: string) => boolean): Texts => Object.fromEntries(Object.entries(from).filter(([key]) => wanted(key)));
  return {
    labels_overridden: pick(inherited, (key) => Object.hasOwn(own, key) && own[key] !== inherited[key]),
    labels_added: pick(own, (key) => !Object.hasOwn(inherited, key)),
    labels_skipped: pick(inherited, (key) => !Object.hasOwn(own, key)),
  };
}
