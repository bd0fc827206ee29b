import { z } from 'zod';
import { InvalidParameterError } from '../../domain/domain-error.js';
import { applyPatch, internalPaths, type Patch, type PatchRules } from '../http/json-patch.js';
import { integer, isStorable } from '../http/lenient-scalars.js';
import { describeIssues } from '../http/schema.pipe.js';
import { requireZeroNodesAllowed } from './cluster-counts.js';
import type { ClusterRow } from './cluster.row.js';

const rules: PatchRules = {
  internal: internalPaths('/api_address', '/node_addresses', '/master_addresses', '/stack_id', '/cluster_id'),
  mandatory: new Set(['/cluster_template_id']),
  defaults: { node_count: 1 },
};

/** Attributes that a patch may reach at all; of these only node_count and health may really change. */
function attributesOf(row: ClusterRow): Record<string, unknown> {
  const { name, cluster_template_id, keypair, master_count, docker_volume_size, labels, flavor_id, master_flavor_id, create_timeout } = row;
  const { discovery_url, fixed_network, fixed_subnet, floating_ip_enabled, master_lb_enabled, status, status_reason, coe_version, container_version } = row;
  return {
    name, cluster_template_id, keypair, master_count, docker_volume_size, labels, flavor_id, master_flavor_id, create_timeout,
    discovery_url, fixed_network, fixed_subnet, floating_ip_enabled, master_lb_enabled, status, status_reason, coe_version, container_version,
    merge_labels: false,
    // The count that a patch means is that of group default-worker, although the sum is shown.
    node_count: row.default_worker_count,
    health_status: row.health_status,
    health_status_reason: row.health_status_reason ?? {},
  };
}

const storableText = z.string().refine(isStorable, { error: 'expected texts without U+0000 and without halves of surrogate pairs' });

const changeableSchema = z.object({
  node_count: integer({ min: 0 }),
  health_status: z.enum(['HEALTHY', 'UNHEALTHY', 'UNKNOWN']).nullable(),
  health_status_reason: z.record(storableText, z.union([z.string(), z.number(), z.boolean(), z.null()]).transform(String).pipe(storableText)).nullable(),
});

export interface ClusterPatchPlan {
  /** Wanted of the default group of workers; null: as it is. */
  readonly nodeCount: number | null;
  /** Whether health is reported anew. */
  readonly isChanged: boolean;
  readonly healthStatus: string | null;
  readonly healthStatusReason: Readonly<Record<string, string>> | null;
}

/** What a patch of a cluster changes; throws InvalidParameterError for everything that it must not. */
export function planClusterPatch(row: ClusterRow, patch: Patch, minor: number): ClusterPatchPlan {
  const before = attributesOf(row);
  const after = applyPatch(before, patch, rules);
  const forbidden = Object.keys(after).filter((name) => !(name in changeableSchema.shape) && JSON.stringify(after[name]) !== JSON.stringify(before[name]));
  if (forbidden.length > 0) {
    throw new InvalidParameterError(`Field ${forbidden.join(', ')} of a cluster cannot be changed; only node_count, health_status and health_status_reason can.`);
  }
  const parsed = changeableSchema.safeParse(after);
  if (!parsed.success) throw new InvalidParameterError(describeIssues(parsed.error.issues, 'body'));
  const { node_count, health_status, health_status_reason } = parsed.data;
  const nodeCount = node_count === before['node_count'] ? null : node_count;
  if (nodeCount !== null) requireZeroNodesAllowed(nodeCount, minor);
  const isChanged = JSON.stringify([health_status, health_status_reason ?? {}]) !== JSON.stringify([row.health_status, row.health_status_reason ?? {}]);
  return { nodeCount, isChanged, healthStatus: health_status, healthStatusReason: health_status_reason };
}
