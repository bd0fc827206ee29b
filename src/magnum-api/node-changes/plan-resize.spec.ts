import { describe, expect, it } from '@jest/globals';
import { InvalidParameterError, NodeCountConflictError, NodeReferenceError } from '../../domain/domain-error.js';
import { planResize, type MemberNode, type SizedGroup } from './plan-resize.js';

const group: SizedGroup = { id: 'g', name: 'default-worker', role: 'worker', nodeCount: 3, minNodeCount: 1, maxNodeCount: 5 };

const member = (memberIndex: number, changes: Partial<MemberNode> = {}): MemberNode => ({
  id: `id-${memberIndex}`,
  name: `n${memberIndex}`,
  groupId: 'g',
  memberIndex,
  serverId: null,
  address: null,
  floatingAddress: null,
  phase: 'ready',
  doomedBecause: null,
  isInQuarantine: false,
  ...changes,
});
const members = [member(0), member(1), member(2), member(3, { doomedBecause: 'request r' }), member(4, { phase: 'gone' })];
const names = (nodes: readonly MemberNode[]): string[] => nodes.map(({ name }) => name);

describe('planResize', () => {
  it.each([
    { when: 'grows', nodeCount: 5, remove: [], victims: [], unnamed: 0, replaces: false },
    { when: 'shrinks by whichever', nodeCount: 1, remove: [], victims: [], unnamed: 2, replaces: false },
    { when: 'shrinks by the named ones', nodeCount: 2, remove: ['n1'], victims: ['n1'], unnamed: 0, replaces: false },
    { when: 'replaces at an unchanged count', nodeCount: 3, remove: ['n0', '2'], victims: ['n0', 'n2'], unnamed: 0, replaces: true },
    { when: 'is what is wanted already', nodeCount: 3, remove: [], victims: [], unnamed: 0, replaces: false },
    { when: 'repeats what was asked for', nodeCount: 3, remove: ['n3'], victims: [], unnamed: 0, replaces: false },
    { when: 'repeats what has been done', nodeCount: 3, remove: ['n4'], victims: [], unnamed: 0, replaces: false },
    { when: 'adds a victim to those that go', nodeCount: 2, remove: ['n3', 'n1'], victims: ['n1'], unnamed: 0, replaces: false },
  ])('$when', ({ nodeCount, remove, victims, unnamed, replaces }) => {
    const plan = planResize(group, members, { nodeCount, nodesToRemove: remove });
    expect({ ...plan, victims: names(plan.victims) }).toMatchObject({ nodeCount, victims, unnamed, replaces });
  });

  it.each([
    { flaw: 'a victim of another group', nodeCount: 2, remove: ['n9'], error: NodeReferenceError, says: /n9 is no node/ },
    { flaw: 'more victims than the count takes away', nodeCount: 2, remove: ['n0', 'n1'], error: NodeCountConflictError, says: /takes away 1, but 2/ },
    { flaw: 'fewer victims than the count takes away', nodeCount: 1, remove: ['n0'], error: NodeCountConflictError, says: /takes away 2, but 1/ },
    { flaw: 'victims that go already, and others that nobody named', nodeCount: 2, remove: ['n3'], error: NodeCountConflictError, says: /n3 goes already/ },
    { flaw: 'growth with victims', nodeCount: 4, remove: ['n0'], error: NodeCountConflictError, says: /adds 1/ },
    { flaw: 'fewer than the minimum', nodeCount: 0, remove: [], error: InvalidParameterError, says: /at least 1/ },
    { flaw: 'more than the maximum', nodeCount: 6, remove: [], error: InvalidParameterError, says: /at most 5/ },
  ])('refuses $flaw', ({ nodeCount, remove, error, says }) => {
    const act = () => planResize(group, members, { nodeCount, nodesToRemove: remove });
    expect(act).toThrow(error);
    expect(act).toThrow(says);
  });

  it('knows no upper bound of 0, and none for masters', () => {
    expect(planResize({ ...group, maxNodeCount: 0 }, members, { nodeCount: 9, nodesToRemove: [] }).nodeCount).toBe(9);
    expect(planResize({ ...group, role: 'master' }, members, { nodeCount: 7, nodesToRemove: [] }).nodeCount).toBe(7);
  });
});
