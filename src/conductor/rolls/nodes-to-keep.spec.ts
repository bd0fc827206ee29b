import { describe, expect, it } from '@jest/globals';
import { chosenBecause, nodesToKeep, type KeepableNode } from './nodes-to-keep.js';

const node = (name: string, doomedBecause: string | null, phase: KeepableNode['phase'] = 'ready'): KeepableNode => ({ id: name, name, phase, doomedBecause });
const chosen = chosenBecause(1, 'it is not ready');

describe('nodesToKeep', () => {
  it.each([
    { when: 'the group lacks one', nodes: [node('a', null), node('b', chosen, 'draining')], count: 2, then: ['b'] },
    { when: 'one of two is still open', nodes: [node('a', chosen, 'draining'), node('b', chosen)], count: 1, then: ['b'] },
    { when: 'the group lacks none', nodes: [node('a', null), node('b', chosen, 'draining')], count: 1, then: [] },
    { when: 'somebody named it', nodes: [node('a', null), node('b', 'request req-1 removes it', 'draining')], count: 2, then: [] },
    { when: 'it is being deleted', nodes: [node('a', null), node('b', chosen, 'deleting')], count: 2, then: [] },
    { when: 'it has failed', nodes: [node('a', null), node('b', chosen, 'failed')], count: 2, then: [] },
    { when: 'new ones come already', nodes: [node('a', null), node('b', chosen, 'draining'), node('c', null, 'booting')], count: 2, then: [] },
  ])('answers $then when $when', ({ nodes, count, then }) => {
    expect(nodesToKeep(nodes, count).map(({ name }) => name)).toEqual(then);
  });
});
