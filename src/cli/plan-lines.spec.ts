import { describe, expect, it } from '@jest/globals';
import { planLines } from './plan-lines.js';

const nothing = { nodes: 0, resources: {}, fits: true, shortages: [] };

describe('a plan for people', () => {
  it('says node by node what and why, what it takes, what is in the way, and how long', () => {
    const lines = planLines({
      summary: 'default-worker: 2 → 3 nodes',
      nodes: [
        { what: 'create', node: null, node_uuid: null, nodegroup: 'default-worker', because: 'the group is to have 3' },
        { what: 'remove', node: 'blue-old', node_uuid: 'u', nodegroup: 'default-worker', because: 'it was named' },
      ],
      extra_capacity: { nodes: 1, resources: { cores: 2 }, fits: false, shortages: ['cores: 2 needed, 1 left'] },
      blockers: ['the quotas leave no room'],
      unchecked: ['disruption budgets'],
      estimate: { seconds_min: 60, seconds_max: 125, because: 'from 4 boots of this cluster' },
    });
    expect(lines).toEqual([
      'default-worker: 2 → 3 nodes',
      '  create   (a node of default-worker): the group is to have 3',
      '  remove   blue-old: it was named',
      'Extra capacity: 1 node (2 cores); the quotas leave no room',
      '  short of cores: 2 needed, 1 left',
      'In the way:',
      '  the quotas leave no room',
      'Looked at only when it begins:',
      '  disruption budgets',
      'Time: 1 min 00 s to 2 min 05 s, from 4 boots of this cluster',
    ]);
  });

  it('is short when there is nothing to do, and honest about a time that nobody knows', () => {
    const estimate = { seconds_min: null, seconds_max: null, because: 'no node of it was ever drained' };
    expect(planLines({ summary: 'Nothing changes.', nodes: [], extra_capacity: nothing, blockers: [], unchecked: [], estimate })).toEqual([
      'Nothing changes.',
      'Time: unknown, no node of it was ever drained',
    ]);
  });
});
