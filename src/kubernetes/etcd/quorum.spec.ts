import { describe, expect, it } from '@jest/globals';
import type { EtcdMember } from './etcd-answers.js';
import { failureTolerance, isSafeToRemove, isSafeToStop, quorumOf } from './quorum.js';

const voter = (id: string): EtcdMember => ({ id, name: `n${id}`, peerUrls: [], clientUrls: [], isLearner: false });
const learner = (id: string): EtcdMember => ({ ...voter(id), isLearner: true });
const healthy = (...ids: string[]): Map<string, { isHealthy: boolean }> => new Map(ids.map((id) => [id, { isHealthy: true }]));
const three = [voter('1'), voter('2'), voter('3')];

describe('quorum', () => {
  it.each([[1, 1, 0], [2, 2, 0], [3, 2, 1], [4, 3, 1], [5, 3, 2]])('of %i voters is %i and bears the loss of %i', (voters, quorum, tolerance) => {
    expect(quorumOf(voters)).toBe(quorum);
    expect(failureTolerance(voters)).toBe(tolerance);
  });
});

describe('isSafeToRemove', () => {
  it.each([
    { when: 'all three are healthy', members: three, up: ['1', '2', '3'], id: '1', safe: true },
    { when: 'the dead one of three goes', members: three, up: ['2', '3'], id: '1', safe: true },
    { when: 'a healthy one goes while another is dead', members: three, up: ['1', '2'], id: '1', safe: false },
    { when: 'it is the last voter', members: [voter('1'), learner('2')], up: ['1', '2'], id: '1', safe: false },
    { when: 'it is a learner', members: [voter('1'), learner('2')], up: ['1'], id: '2', safe: true },
    { when: 'nobody knows it', members: three, up: ['1', '2', '3'], id: '9', safe: false },
    { when: 'a learner would have to vote for the rest', members: [...three, learner('4')], up: ['1', '2', '4'], id: '1', safe: false },
  ])('is $safe when $when', ({ members, up, id, safe }) => {
    expect(isSafeToRemove(members, healthy(...up), id).isSafe).toBe(safe);
  });

  it('says what is missing', () => {
    expect(isSafeToRemove(three, healthy('1', '2'), '1')).toEqual({ isSafe: false, because: '1 of the 2 other voters are healthy, 2 are needed' });
  });
});

describe('isSafeToStop', () => {
  it.each([
    { when: 'the other two of three are healthy', members: three, up: ['1', '2', '3'], id: '1', safe: true },
    { when: 'one of the others is dead', members: three, up: ['1', '2'], id: '1', safe: false },
    { when: 'it is the only one', members: [voter('1')], up: ['1'], id: '1', safe: false },
    { when: 'it does not vote', members: [...three, learner('4')], up: ['1', '2'], id: '4', safe: true },
  ])('is $safe when $when', ({ members, up, id, safe }) => {
    expect(isSafeToStop(members, healthy(...up), id).isSafe).toBe(safe);
  });
});
