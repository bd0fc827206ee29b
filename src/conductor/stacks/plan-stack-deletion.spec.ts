import { describe, expect, it } from '@jest/globals';
import { planStackDeletion, type DoomedStack } from './plan-stack-deletion.js';

const slot = (index: number, status = 'CREATE_COMPLETE'): DoomedStack => ({ name: `jb-c-slot-${index}`, level: 'slot', status });
const group: DoomedStack = { name: 'jb-c-group-1', level: 'group', status: 'CREATE_COMPLETE' };

describe('planStackDeletion', () => {
  it('asks for everything at once that is not on its way out', () => {
    expect(planStackDeletion([group, slot(0), slot(1, 'DELETE_IN_PROGRESS'), slot(2, 'DELETE_FAILED')], false)).toEqual(['jb-c-group-1', 'jb-c-slot-0', 'jb-c-slot-2']);
  });

  it('takes one slot at a time from behind a load balancer, the youngest first', () => {
    expect(planStackDeletion([group, slot(2), slot(10), slot(0)], true)).toEqual(['jb-c-group-1', 'jb-c-slot-10']);
    expect(planStackDeletion([group, slot(2), slot(10, 'DELETE_IN_PROGRESS')], true)).toEqual(['jb-c-group-1']);
  });

  it('asks again for what is on its way out, when whoever was asked may have died', () => {
    expect(planStackDeletion([group, slot(1, 'DELETE_IN_PROGRESS'), slot(0)], true, true)).toEqual(['jb-c-slot-1', 'jb-c-group-1']);
    expect(planStackDeletion([slot(1, 'DELETE_IN_PROGRESS'), slot(0)], false, true)).toEqual(['jb-c-slot-1', 'jb-c-slot-0']);
  });

  it('does not let a slot that would not go hold up the others', () => {
    expect(planStackDeletion([slot(0), slot(1, 'DELETE_FAILED')], true)).toEqual(['jb-c-slot-0']);
    expect(planStackDeletion([slot(1, 'DELETE_FAILED')], true)).toEqual(['jb-c-slot-1']);
  });
});
