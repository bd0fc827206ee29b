import { describe, expect, it } from '@jest/globals';
import { standingStacks } from './standing-stacks.js';

const owners = {
  clusterId: 'c',
  groups: [{ id: 'masters' }, { id: 'workers' }],
  slots: [{ index: 0, nodeGroupId: 'masters' }],
  nodes: [
    { id: 'm0', nodeGroupId: 'masters' },
    { id: 'w0', nodeGroupId: 'workers' },
    { id: 'w1', nodeGroupId: 'workers' },
    { id: 'w2', nodeGroupId: 'workers' },
  ],
};
const seen = (...entries: [name: string, status: string][]) => standingStacks(owners, new Map(entries.map(([name, status]) => [`jb-c-${name}`, { status }])));

describe('standingStacks', () => {
  it('counts complete stacks by level and group', () => {
    expect(
      seen(
        ['infra', 'CREATE_COMPLETE'],
        ['group-workers', 'UPDATE_IN_PROGRESS'],
        ['slot-0', 'CREATE_COMPLETE'],
        ['node-m0', 'CREATE_COMPLETE'],
        ['node-w0', 'CREATE_COMPLETE'],
        ['node-w2', 'CREATE_COMPLETE'],
      ),
    ).toEqual([
      { level: 'infra', groupId: null, count: 1 },
      { level: 'group', groupId: 'workers', count: 1 },
      { level: 'slot', groupId: 'masters', count: 1 },
      { level: 'node', groupId: 'masters', count: 1 },
      { level: 'node', groupId: 'workers', count: 2 },
    ]);
  });

  it.each(['CREATE_IN_PROGRESS', 'CREATE_FAILED', 'DELETE_IN_PROGRESS', 'DELETE_COMPLETE'])('does not count what is %s', (status) => {
    expect(seen(['infra', status], ['node-w0', status])).toEqual([]);
  });
});
