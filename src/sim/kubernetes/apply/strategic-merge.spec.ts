import { describe, expect, it } from '@jest/globals';
import { mergePatch, strategicMerge } from './strategic-merge.js';

const container = (name: string, image: string): object => ({ name, image });
const pod = (containers: object[], more: object = {}): Record<string, unknown> => ({ spec: { containers, ...more } });

describe('strategicMerge', () => {
  it.each([
    { what: 'merges containers by name', target: pod([container('a', '1'), container('b', '1')]), patch: pod([container('b', '2')]), result: pod([container('a', '1'), container('b', '2')]) },
    { what: 'adds a container', target: pod([container('a', '1')]), patch: pod([container('b', '1')]), result: pod([container('a', '1'), container('b', '1')]) },
    { what: 'deletes a container', target: pod([container('a', '1'), container('b', '1')]), patch: pod([{ name: 'a', $patch: 'delete' }]), result: pod([container('b', '1')]) },
    { what: 'replaces a list on demand', target: pod([container('a', '1')]), patch: pod([{ $patch: 'replace' }, container('c', '1')]), result: pod([container('c', '1')]) },
    { what: 'replaces atomic lists', target: pod([], { tolerations: [{ key: 'a' }] }), patch: pod([], { tolerations: [{ key: 'b' }] }), result: pod([], { tolerations: [{ key: 'b' }] }) },
    { what: 'removes what is null', target: { spec: { unschedulable: true, taints: [] } }, patch: { spec: { unschedulable: null } }, result: { spec: { taints: [] } } },
    { what: 'merges finalizers as a set', target: { metadata: { finalizers: ['a'] } }, patch: { metadata: { finalizers: ['b', 'a'] } }, result: { metadata: { finalizers: ['a', 'b'] } } },
    { what: 'takes items out of a set', target: { metadata: { finalizers: ['a', 'b'] } }, patch: { metadata: { '$deleteFromPrimitiveList/finalizers': ['a'] } }, result: { metadata: { finalizers: ['b'] } } },
    { what: 'orders elements', target: pod([container('a', '1'), container('b', '1')]), patch: { spec: { '$setElementOrder/containers': [{ name: 'b' }, { name: 'a' }] } }, result: pod([container('b', '1'), container('a', '1')]) },
    { what: 'keeps only the retained keys', target: { spec: { strategy: { type: 'RollingUpdate', rollingUpdate: {} } } }, patch: { spec: { strategy: { $retainKeys: ['type'], type: 'Recreate' } } }, result: { spec: { strategy: { type: 'Recreate' } } } },
  ])('$what', ({ target, patch, result }) => {
    expect(strategicMerge('Pod', target, patch)).toEqual(result);
  });
});

describe('mergePatch', () => {
  it('merges objects, replaces lists and removes nulls', () => {
    expect(mergePatch({ a: { b: 1, c: 2 }, d: [1, 2] }, { a: { b: null, e: 3 }, d: [3] })).toEqual({ a: { c: 2, e: 3 }, d: [3] });
  });
});
