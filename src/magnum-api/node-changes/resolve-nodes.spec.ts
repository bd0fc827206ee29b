import { describe, expect, it } from '@jest/globals';
import { NodeReferenceError } from '../../domain/domain-error.js';
import { resolveNodes, type ReferableNode } from './resolve-nodes.js';

const uuid = (digit: number): string => `0000000${digit}-aaaa-4bbb-8ccc-dddddddddddd`;

const node = (memberIndex: number, changes: Partial<ReferableNode> = {}): ReferableNode => ({
  id: uuid(memberIndex),
  name: `blue-default-worker-${'abcdefgh'.charAt(memberIndex)}`,
  groupId: 'workers',
  memberIndex,
  serverId: `5e${uuid(memberIndex).slice(2)}`,
  address: `10.0.0.${10 + memberIndex}`,
  floatingAddress: null,
  phase: 'ready',
  ...changes,
});

const nodes = [node(0), node(1, { floatingAddress: '127.100.0.7' }), node(2, { phase: 'deleting' }), node(3, { phase: 'gone' })];
const namesOf = (found: readonly ReferableNode[]): number[] => found.map(({ memberIndex }) => memberIndex);

describe('resolveNodes', () => {
  it.each([
    { by: "its server's id", reference: `5e${uuid(1).slice(2)}` },
    { by: "its server's id as firmware tells it", reference: `5E${uuid(1).slice(2).toUpperCase()}` },
    { by: 'its own id', reference: uuid(1) },
    { by: 'its index', reference: '1' },
    { by: 'its name', reference: 'blue-default-worker-b' },
    { by: 'its address', reference: '10.0.0.11' },
    { by: 'its floating address', reference: '127.100.0.7' },
  ])('finds a node by $by', ({ reference }) => {
    expect(namesOf(resolveNodes([reference], nodes, 'group g').staying)).toEqual([1]);
  });

  it('takes each once, and apart those that are going already', () => {
    const { staying, going } = resolveNodes(['0', '10.0.0.10', '2', '3'], nodes, 'group g');
    expect([namesOf(staying), namesOf(going)]).toEqual([[0], [2, 3]]);
  });

  it('takes the server that has an address now', () => {
    const later = [...nodes, node(4, { address: '10.0.0.13' })];
    expect(namesOf(resolveNodes(['10.0.0.13'], later, 'group g').staying)).toEqual([4]);
  });

  it('names everything that is no node, and what may be two', () => {
    const twins = [...nodes, node(4, { address: '10.0.0.10' })];
    expect(() => resolveNodes(['0', '9', 'green', '10.0.0.10', ''], twins, 'group g')).toThrow(
      new NodeReferenceError(['9 is no node of group g', 'green is no node of group g', '10.0.0.10 may be blue-default-worker-a or blue-default-worker-e', ' is no node of group g']),
    );
  });
});
