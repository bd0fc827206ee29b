import { describe, expect, it } from '@jest/globals';
import { ConflictingValueError } from '../../domain/domain-error.js';
import { checkGroupCounts, checkNodeLabels, maximumOf, readNodeTaints } from './node-group-rules.js';

describe('checkGroupCounts', () => {
  it.each([
    { nodeCount: 2, minNodeCount: 0, maxNodeCount: null },
    { nodeCount: 2, minNodeCount: 2, maxNodeCount: 2 },
    { nodeCount: 0, minNodeCount: 0, maxNodeCount: 5 },
  ])('takes $nodeCount nodes from $minNodeCount to $maxNodeCount', (counts) => {
    expect(() => checkGroupCounts({ name: 'gpu', ...counts })).not.toThrow();
  });

  it.each([
    { nodeCount: 1, minNodeCount: 3, maxNodeCount: 2, says: 'at least 3 and at most 2' },
    { nodeCount: 4, minNodeCount: 0, maxNodeCount: 2, says: 'more than 2' },
    { nodeCount: 1, minNodeCount: 2, maxNodeCount: null, says: 'fewer than 2' },
  ])('refuses $nodeCount nodes from $minNodeCount to $maxNodeCount', ({ says, ...counts }) => {
    expect(() => checkGroupCounts({ name: 'gpu', ...counts })).toThrow(ConflictingValueError);
    expect(() => checkGroupCounts({ name: 'gpu', ...counts })).toThrow(says);
  });

  it('has no maximum of 0', () => {
    expect([maximumOf(0), maximumOf(null), maximumOf(undefined), maximumOf(3)]).toEqual([null, null, null, 3]);
  });
});

describe('checkNodeLabels', () => {
  it.each(['disk', 'example.org/disk', 'node.kubernetes.io/pool', 'kubelet.kubernetes.io/x', 'topology.kubernetes.io/zone', 'kubernetes.io/os', 'mykubernetes.io/x'])('takes %s', (key) => {
    expect(() => checkNodeLabels({ [key]: 'v-1.0_a' })).not.toThrow();
  });

  it.each([
    { key: 'kubernetes.io/role', says: "Kubernetes' own" },
    { key: 'node-role.kubernetes.io/worker', says: "Kubernetes' own" },
    { key: 'k8s.io/x', says: "Kubernetes' own" },
    { key: 'magnum.openstack.org/role', says: 'set by the service' },
    { key: 'magnum.openstack.org/nodegroup', says: 'set by the service' },
    { key: 'a b', says: 'no key' },
    { key: 'a,b=c', says: 'no key' },
  ])('refuses $key', ({ key, says }) => {
    expect(() => checkNodeLabels({ [key]: 'x' })).toThrow(ConflictingValueError);
    expect(() => checkNodeLabels({ [key]: 'x' })).toThrow(says);
  });

  it.each(['two words', 'a,b', 'x'.repeat(64), '-a'])('refuses the value %s', (value) => {
    expect(() => checkNodeLabels({ disk: value })).toThrow('no value of a Kubernetes label');
  });
});

describe('readNodeTaints', () => {
  it('fills in an empty value', () => {
    expect(readNodeTaints([{ key: 'dedicated', effect: 'NoExecute' }])).toEqual([{ key: 'dedicated', value: '', effect: 'NoExecute' }]);
  });

  it.each([
    { taints: [{ effect: 'NoSchedule' }], says: 'no key' },
    { taints: [{ key: 'k', effect: 'Never' }], says: 'NoSchedule, PreferNoSchedule, NoExecute' },
    { taints: [{ key: 'k' }], says: 'the effect of k' },
    { taints: [{ key: 'k', value: 'a b', effect: 'NoSchedule' }], says: 'no value' },
    { taints: [{ key: 'k', effect: 'NoSchedule', colour: 'red' }], says: 'not colour' },
    { taints: [{ key: 'k', value: 'a', effect: 'NoSchedule' }, { key: 'k', value: 'b', effect: 'NoSchedule' }], says: 'k:NoSchedule is there twice' },
  ])('refuses $taints', ({ taints, says }) => {
    expect(() => readNodeTaints(taints)).toThrow(ConflictingValueError);
    expect(() => readNodeTaints(taints)).toThrow(says);
  });
});
