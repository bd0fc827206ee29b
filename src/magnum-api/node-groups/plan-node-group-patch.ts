import { ConflictingValueError, InvalidParameterError } from '../../domain/domain-error.js';
import type { NodeTaintSpec } from '../../driver-contract/index.js';
import { applyPatch, internalPaths, type Patch, type PatchRules } from '../http/json-patch.js';
import { describeIssues } from '../http/schema.pipe.js';
import { checkGroupCounts, checkNodeLabels, maximumOf, readNodeTaints } from './node-group-rules.js';
import type { NodeGroupRow } from './node-group.row.js';
import { changeableNodeGroupSchema } from './node-group.schema.js';

const rules: PatchRules = {
  internal: internalPaths(
    ...['/name', '/cluster_id', '/docker_volume_size', '/labels', '/flavor_id', '/image_id', '/node_addresses', '/node_count', '/role'],
    ...['/is_default', '/stack_id', '/status', '/status_reason', '/version'],
  ),
  mandatory: new Set(),
  defaults: { min_node_count: 0 },
};

export interface NodeGroupPatchPlan {
  readonly minNodeCount: number;
  readonly maxNodeCount: number | null;
  readonly nodeLabels: Readonly<Record<string, string>> | null;
  readonly nodeTaints: readonly NodeTaintSpec[] | null;
}

type PatchedRow = Pick<NodeGroupRow, 'name' | 'role' | 'node_count' | 'min_node_count' | 'max_node_count' | 'node_labels' | 'node_taints'>;

/** What a patch of a node group leaves; throws InvalidParameterError or, as Magnum does, ConflictingValueError for what it must not. */
export function planNodeGroupPatch(row: PatchedRow, patch: Patch): NodeGroupPatchPlan {
  const { min_node_count, max_node_count, node_labels, node_taints } = row;
  const after = applyPatch({ min_node_count, max_node_count, node_labels, node_taints }, patch, rules);
  const unknown = Object.keys(after).find((name) => !(name in changeableNodeGroupSchema.shape));
  if (unknown !== undefined) throw new InvalidParameterError(`Field ${unknown}: a node group has no such field.`);
  const parsed = changeableNodeGroupSchema.safeParse(after);
  if (!parsed.success) throw new InvalidParameterError(describeIssues(parsed.error.issues, 'body'));
  const { min_node_count: minNodeCount, node_labels: nodeLabels, node_taints: given } = parsed.data;
  const maxNodeCount = maximumOf(parsed.data.max_node_count);
  checkGroupCounts({ name: row.name, nodeCount: row.node_count, minNodeCount, maxNodeCount });
  if (row.role === 'master' && (Object.keys(nodeLabels ?? {}).length > 0 || (given ?? []).length > 0)) {
    throw new ConflictingValueError('Fields node_labels and node_taints are for worker groups only.');
  }
  checkNodeLabels(nodeLabels ?? {});
  return { minNodeCount, maxNodeCount, nodeLabels, nodeTaints: given && readNodeTaints(given) };
}
