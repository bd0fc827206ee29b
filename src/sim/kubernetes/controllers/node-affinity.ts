import { listOf, valueAt } from '../objects/kube-object.js';
import { matchesRequirements } from '../objects/label-selector.js';
import type { KubeNode, PodSpec } from '../objects/workloads.js';

/** nodeSelector and the required node affinity of a pod; preferred affinity is ignored. */
export function isPlacedBySelector(spec: PodSpec, node: KubeNode): boolean {
  const selector = Object.entries(spec.nodeSelector ?? {});
  if (!selector.every(([key, value]) => node.metadata.labels?.[key] === value)) return false;
  const required = valueAt(spec.affinity, 'nodeAffinity', 'requiredDuringSchedulingIgnoredDuringExecution');
  if (required === undefined) return true;
  // One term must match; a term matches when all its expressions do.
  return listOf(valueAt(required, 'nodeSelectorTerms')).some(
    (term) => listOf(term['matchExpressions']).every((expression) => isMet(expression, node.metadata.labels)) && listOf(term['matchFields']).every((field) => isMet(field, { 'metadata.name': node.metadata.name })),
  );
}

function isMet(expression: Record<string, unknown>, labels: Record<string, string> | undefined): boolean {
  const { key, operator } = expression;
  const values = Array.isArray(expression['values']) ? expression['values'].map(String) : [];
  if (typeof key !== 'string') return false;
  if (operator === 'Gt') return Number(labels?.[key]) > Number(values[0]);
  if (operator === 'Lt') return Number(labels?.[key]) < Number(values[0]);
  if (operator !== 'In' && operator !== 'NotIn' && operator !== 'Exists' && operator !== 'DoesNotExist') return false;
  return matchesRequirements(labels, [{ key, operator, values }]);
}
