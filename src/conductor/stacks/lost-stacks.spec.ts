import { describe, expect, it } from '@jest/globals';
import { findLostStack } from './lost-stacks.js';

const base = { cluster: { id: 'c', stackId: 'i' }, groups: [{ id: '12345678-aaaa', stackId: 'g' }], slots: [{ index: 0, stackId: 's' }, { index: 1, stackId: null }] };
const complete = { status: 'CREATE_COMPLETE' };
const all = new Map([
  ['jb-c-infra', complete],
  ['jb-c-group-12345678', { status: 'UPDATE_FAILED' }],
  ['jb-c-slot-0', complete],
]);

describe('findLostStack', () => {
  it('finds none while every stack that was made is there, whatever became of an update', () => {
    expect(findLostStack(base, all)).toBeUndefined();
  });

  it.each(['jb-c-infra', 'jb-c-group-12345678', 'jb-c-slot-0'])('names %s when it is gone', (name) => {
    expect(findLostStack(base, new Map([...all].filter(([each]) => each !== name)))).toBe(`Stack ${name} is gone, although we did not delete it`);
  });

  it('names a stack that somebody is deleting', () => {
    expect(findLostStack(base, new Map([...all, ['jb-c-slot-0', { status: 'DELETE_FAILED' }]]))).toBe('Stack jb-c-slot-0 is DELETE_FAILED, although we did not delete it');
  });
});
