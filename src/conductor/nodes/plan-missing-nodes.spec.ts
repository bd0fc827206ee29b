import { describe, expect, it } from '@jest/globals';
import { planMissingNodes } from './plan-missing-nodes.js';

const groups = [
  { id: 'cp', role: 'master', nodeCount: 1 },
  { id: 'w', role: 'worker', nodeCount: 2 },
];
const slot = { id: 's0', index: 0, initialised: false };

describe('planMissingNodes', () => {
  it('bootstraps the first slot and joins the workers of an empty cluster', () => {
    expect(planMissingNodes(groups, [slot], []).map(({ role, bootMode, slotId }) => ({ role, bootMode, slotId }))).toEqual([
      { role: 'control-plane', bootMode: 'init', slotId: 's0' },
      { role: 'worker', bootMode: 'join', slotId: null },
      { role: 'worker', bootMode: 'join', slotId: null },
    ]);
  });

  it('never bootstraps twice', () => {
    const modes = planMissingNodes(groups, [{ ...slot, initialised: true }], []).map(({ bootMode }) => bootMode);
    expect(modes).toEqual(['join', 'join', 'join']);
  });

  it('counts nodes that exist and ignores those that are gone', () => {
    const nodes = [
      { nodeGroupId: 'cp', slotId: 's0', phase: 'ready' },
      { nodeGroupId: 'w', slotId: null, phase: 'booting' },
      { nodeGroupId: 'w', slotId: null, phase: 'gone' },
    ];
    expect(planMissingNodes(groups, [slot], nodes)).toMatchObject([{ groupId: 'w', because: 'the group wants 2 nodes and has 1' }]);
  });

  it('wants nothing for a group of none', () => {
    expect(planMissingNodes([{ id: 'w', role: 'worker', nodeCount: 0 }], [], [])).toEqual([]);
  });
});
