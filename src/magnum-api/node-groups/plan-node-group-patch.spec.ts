import { describe, expect, it } from '@jest/globals';
import { ConflictingValueError, InvalidParameterError } from '../../domain/domain-error.js';
import type { Patch } from '../http/json-patch.js';
import { planNodeGroupPatch } from './plan-node-group-patch.js';

const gpu = { name: 'gpu', role: 'worker', node_count: 2, min_node_count: 1, max_node_count: null, node_labels: { disk: 'ssd' }, node_taints: null };
const before = { minNodeCount: 1, maxNodeCount: null, nodeLabels: { disk: 'ssd' }, nodeTaints: null };
const plan = (...patch: Patch): ReturnType<typeof planNodeGroupPatch> => planNodeGroupPatch(gpu, patch);

describe('planNodeGroupPatch', () => {
  it.each<{ patch: Patch; then: object }>([
    { patch: [], then: {} },
    { patch: [{ op: 'replace', path: '/max_node_count', value: 5 }], then: { maxNodeCount: 5 } },
    { patch: [{ op: 'replace', path: '/max_node_count', value: '5' }], then: { maxNodeCount: 5 } },
    { patch: [{ op: 'add', path: '/max_node_count', value: 0 }], then: { maxNodeCount: null } },
    { patch: [{ op: 'remove', path: '/min_node_count' }], then: { minNodeCount: 0 } },
    { patch: [{ op: 'replace', path: '/node_labels', value: "{'disk': 'hdd', 'example.org/a': 'b'}" }], then: { nodeLabels: { disk: 'hdd', 'example.org/a': 'b' } } },
    { patch: [{ op: 'replace', path: '/node_labels', value: '{}' }], then: { nodeLabels: {} } },
    { patch: [{ op: 'remove', path: '/node_labels' }], then: { nodeLabels: null } },
    { patch: [{ op: 'remove', path: '/node_labels/disk' }], then: { nodeLabels: {} } },
    {
      patch: [{ op: 'replace', path: '/node_taints', value: "[{'key': 'k', 'value': '', 'effect': 'NoExecute'}]" }],
      then: { nodeTaints: [{ key: 'k', value: '', effect: 'NoExecute' }] },
    },
  ])('makes of $patch', ({ patch, then }) => {
    expect(plan(...patch)).toEqual({ ...before, ...then });
  });

  it.each<{ patch: Patch[number]; error: new (message: string) => Error; says: string }>([
    { patch: { op: 'replace', path: '/node_count', value: 3 }, error: InvalidParameterError, says: 'cannot be changed' },
    { patch: { op: 'replace', path: '/labels', value: '{}' }, error: InvalidParameterError, says: 'cannot be changed' },
    { patch: { op: 'add', path: '/colour', value: 'red' }, error: InvalidParameterError, says: 'no such attribute' },
    { patch: { op: 'add', path: '/min_node_count', value: 2 }, error: InvalidParameterError, says: 'replace' },
    { patch: { op: 'replace', path: '/node_labels', value: 'disk' }, error: InvalidParameterError, says: 'Python literal' },
    { patch: { op: 'replace', path: '/node_labels', value: "{'disk': 1}" }, error: InvalidParameterError, says: 'node_labels' },
    { patch: { op: 'replace', path: '/node_labels', value: "{'kubernetes.io/x': 'y'}" }, error: ConflictingValueError, says: "Kubernetes' own" },
    { patch: { op: 'replace', path: '/node_taints', value: "[{'key': 'k'}]" }, error: ConflictingValueError, says: 'effect' },
    { patch: { op: 'replace', path: '/min_node_count', value: 3 }, error: ConflictingValueError, says: 'fewer than 3' },
    { patch: { op: 'replace', path: '/max_node_count', value: 1 }, error: ConflictingValueError, says: 'more than 1' },
  ])('refuses $patch', ({ patch, error, says }) => {
    expect(() => plan(patch)).toThrow(error);
    expect(() => plan(patch)).toThrow(says);
  });

  it('gives a control plane no labels', () => {
    expect(() => planNodeGroupPatch({ ...gpu, role: 'master', node_labels: null }, [{ op: 'replace', path: '/node_labels', value: "{'a': 'b'}" }])).toThrow(ConflictingValueError);
  });
});
