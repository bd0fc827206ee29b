import { z } from 'zod';
import type { NodeTaintSpec } from '../../driver-contract/index.js';
import { compareLabels } from '../clusters/cluster.row.js';
import { linkSchema, linksTo } from '../http/links.js';
import type { ListSource } from '../http/list-query.js';
import { timestamp, timestampOrNull } from '../http/timestamp.js';

type Texts = Readonly<Record<string, string>>;

/** A row of node_groups with the addresses of its nodes and the labels of its cluster. */
export interface NodeGroupRow {
  readonly id: string;
  readonly row_id: number;
  readonly cluster_id: string;
  readonly project_id: string;
  readonly name: string;
  readonly role: string;
  readonly is_default: boolean;
  readonly node_count: number;
  readonly min_node_count: number;
  readonly max_node_count: number | null;
  readonly flavor_id: string | null;
  readonly image_id: string;
  readonly docker_volume_size: number | null;
  readonly labels: Texts;
  readonly node_labels: Texts | null;
  readonly node_taints: readonly NodeTaintSpec[] | null;
  readonly status: string;
  readonly status_reason: string | null;
  readonly stack_id: string | null;
  readonly version: string | null;
  readonly created_at: Date;
  readonly updated_at: Date | null;
  readonly cluster_labels: Texts;
  readonly node_addresses: readonly string[];
}

const columns = [
  'id', 'row_id', 'cluster_id', 'project_id', 'name', 'role', 'is_default', 'node_count', 'min_node_count', 'max_node_count', 'flavor_id', 'image_id',
  'docker_volume_size', 'labels', 'node_labels', 'node_taints', 'status', 'status_reason', 'stack_id', 'version', 'created_at', 'updated_at',
] as const;

/** Selects NodeGroupRow of groups aliased `g`. */
export const selectNodeGroups = `SELECT ${columns.map((column) => `g.${column}`).join(', ')}, c.labels AS cluster_labels, n.node_addresses
  FROM node_groups g
  JOIN clusters c ON c.id = g.cluster_id
  CROSS JOIN LATERAL (
    SELECT coalesce(array_agg(coalesce(floating_address, address) ORDER BY row_id), '{}') AS node_addresses
    FROM nodes WHERE node_group_id = g.id AND phase <> 'gone' AND coalesce(floating_address, address) IS NOT NULL
  ) n`;

export const nodeGroupSource: ListSource = {
  table: 'node_groups',
  what: 'node group',
  columns: { uuid: 'id', ...Object.fromEntries(columns.map((column) => [column, column])), id: 'row_id' },
};

const nullableText = z.string().nullable();
const texts = z.record(z.string(), z.string());

export const shortNodeGroupSchema = z
  .object({
    uuid: z.string(),
    name: z.string(),
    role: z.string(),
    is_default: z.boolean(),
    node_count: z.int(),
    min_node_count: z.int(),
    max_node_count: z.int().nullable(),
    flavor_id: nullableText,
    image_id: z.string(),
    stack_id: nullableText,
    status: z.string(),
    merge_labels: z.boolean(),
  })
  .meta({ id: 'NodeGroupSummary' });
export type ShortNodeGroup = z.infer<typeof shortNodeGroupSchema>;

export const nodeGroupSchema = shortNodeGroupSchema
  .extend({
    id: z.int(),
    cluster_id: z.string(),
    project_id: z.string(),
    docker_volume_size: z.int().nullable(),
    labels: texts,
    labels_overridden: texts,
    labels_added: texts,
    labels_skipped: texts,
    node_labels: texts.nullable(),
    node_taints: z.array(texts).nullable(),
    node_addresses: z.array(z.string()),
    status_reason: nullableText,
    version: nullableText,
    links: z.array(linkSchema),
    created_at: z.string().meta({ format: 'date-time' }),
    updated_at: nullableText.meta({ format: 'date-time' }),
  })
  .meta({ id: 'NodeGroup' });
export type NodeGroupView = z.infer<typeof nodeGroupSchema>;

export const nodeGroupListSchema = z.object({ nodegroups: z.array(shortNodeGroupSchema), next: z.string().optional() }).meta({ id: 'NodeGroupList' });

export function viewShortNodeGroup(row: NodeGroupRow): ShortNodeGroup {
  const { id, name, role, is_default, node_count, min_node_count, max_node_count, flavor_id, image_id, stack_id, status } = row;
  return { uuid: id, name, role, is_default, node_count, min_node_count, max_node_count, flavor_id, image_id, stack_id, status, merge_labels: false };
}

/** Labels are compared with the cluster's, as theirs are with the template's. */
export function viewNodeGroup(row: NodeGroupRow, base: string): NodeGroupView {
  return {
    ...viewShortNodeGroup(row),
    id: row.row_id,
    cluster_id: row.cluster_id,
    project_id: row.project_id,
    docker_volume_size: row.docker_volume_size,
    labels: row.labels,
    ...compareLabels(row.labels, row.cluster_labels),
    node_labels: row.node_labels,
    node_taints: row.node_taints?.map(({ key, value = '', effect }) => ({ key, value, effect })) ?? null,
    node_addresses: [...row.node_addresses],
    status_reason: row.status_reason,
    version: row.version,
    links: linksTo(base, `clusters/${row.cluster_id}/nodegroups/${row.id}`),
    created_at: timestamp(row.created_at),
    updated_at: timestampOrNull(row.updated_at),
  };
}
