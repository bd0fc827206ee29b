import { describe, expect, it } from '@jest/globals';
import type { Case } from './edge.js';
import { planRounds } from './plan-rounds.js';

const request = (occurrence: number, shared = false): Case => ({
  edge: { kind: 'request', step: 's', service: 'identity', method: 'POST', path: '/p', occurrence, shared },
  hold: 'after',
});
const requests = (count: number): Case[] => Array.from({ length: count }, (_, position) => request(position + 1));
const move = (name: string): Case => ({ edge: { kind: 'move', move: name }, hold: 'unsaved' });
const limits = { livesMax: 4, movesMax: 2 };

describe('planRounds', () => {
  it('deals every case once, at most so many a round', () => {
    const cases = new Map([['create', requests(10)], ['delete', requests(3)]]);
    const rounds = planRounds(cases, limits);
    expect(rounds.map(({ lives }) => lives)).toEqual([4, 3, 3]);
    for (const [kind, all] of cases) expect(new Set(rounds.flatMap((round) => [...(round.cases.get(kind) ?? [])]))).toEqual(new Set(all));
  });

  it('lets what stops everybody be alone, one of each operation in a round', () => {
    const rounds = planRounds(new Map([['create', [request(1, true), request(2)]], ['delete', [request(1, true)]]]), limits);
    expect(rounds.map(({ lives, cases }) => [lives, cases.get('create')?.length, cases.get('delete')?.length])).toEqual([
      [1, 1, 0],
      [1, 1, 1],
    ]);
  });

  it('holds moves and requests in rounds of their own', () => {
    const rounds = planRounds(new Map([['create', [...requests(5), move('a'), move('b'), move('c')]]]), limits);
    const kinds = rounds.map(({ cases }) => (cases.get('create') ?? []).map(({ edge }) => edge.kind[0]).join(''));
    expect(kinds).toEqual(['rrr', 'rr', 'mm', 'm']);
  });

  it('has nothing to do without cases', () => {
    expect(planRounds(new Map([['create', []]]), limits)).toEqual([]);
  });
});
