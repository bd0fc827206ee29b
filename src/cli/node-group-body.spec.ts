import { describe, expect, it } from '@jest/globals';
import { LabelArgumentError } from './label-arguments.js';
import { nodeGroupBody, nodeGroupPatch, parseTaints } from './node-group-body.js';

const plain = { nodeCount: 1, role: 'worker', labels: [], nodeLabels: [], nodeTaints: [] };

describe('nodeGroupBody', () => {
  it('sends what is given and nothing else', () => {
    expect(nodeGroupBody('gpu', plain)).toEqual({ name: 'gpu', node_count: 1, role: 'worker' });
    expect(nodeGroupBody('gpu', { ...plain, minNodes: 1, maxNodes: 3, flavor: 'f', image: 'i', dockerVolumeSize: 5, labels: ['a=1'], mergeLabels: true, nodeLabels: ['x=y,z=w'], nodeTaints: ['k=v:NoSchedule'] })).toEqual({
      ...{ name: 'gpu', node_count: 1, role: 'worker', min_node_count: 1, max_node_count: 3, flavor_id: 'f', image_id: 'i', docker_volume_size: 5 },
      ...{ labels: { a: '1' }, merge_labels: true, node_labels: { x: 'y', z: 'w' }, node_taints: [{ key: 'k', value: 'v', effect: 'NoSchedule' }] },
    });
  });
});

describe('nodeGroupPatch', () => {
  it.each([
    { changes: { minNodes: 0, maxNodes: 5, nodeLabels: null, nodeTaints: null }, then: [['/min_node_count', 0], ['/max_node_count', 5]] },
    { changes: { nodeLabels: ['a=b'], nodeTaints: null }, then: [['/node_labels', '{"a":"b"}']] },
    { changes: { nodeLabels: [''], nodeTaints: [''] }, then: [['/node_labels', '{}'], ['/node_taints', '[]']] },
  ])('makes $then', ({ changes, then }) => {
    expect(nodeGroupPatch(changes)).toEqual(then.map(([path, value]) => ({ op: 'replace', path, value })));
  });

  it('says so when nothing is given', () => {
    expect(() => nodeGroupPatch({ nodeLabels: null, nodeTaints: null })).toThrow(LabelArgumentError);
  });
});

describe('parseTaints', () => {
  it('reads them as kubectl writes them', () => {
    expect(parseTaints(['a=b:NoSchedule,c:NoExecute', 'd=:PreferNoSchedule'])).toEqual([
      { key: 'a', value: 'b', effect: 'NoSchedule' },
      { key: 'c', value: '', effect: 'NoExecute' },
      { key: 'd', value: '', effect: 'PreferNoSchedule' },
    ]);
  });

  it.each(['a=b', ':NoSchedule', '', 'a=b:c:d'])('refuses %j', (text) => {
    expect(() => parseTaints([text])).toThrow(LabelArgumentError);
  });
});
