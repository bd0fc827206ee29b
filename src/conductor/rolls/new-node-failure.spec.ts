import { describe, expect, it } from '@jest/globals';
import { clearedBecause, isFailureMark, isHalting, markFailure, surgeLeft } from './new-node-failure.js';

const oneMore = { maxSurge: 1, maxUnavailable: 0 };
const eitherWay = { maxSurge: 1, maxUnavailable: 1 };

describe('the failure of a new node', () => {
  it.each([
    { cause: 'Quota exceeded for cores', isSurge: true, begins: 'cannot surge: new node n: Quota' },
    { cause: 'No valid host was found', isSurge: false, begins: 'cannot grow: new node n: No valid host' },
    { cause: 'it did not join within 900 s', isSurge: true, begins: 'it failed: new node n: it did not join' },
  ])('is told as "$begins…"', ({ cause, isSurge, begins }) => {
    const mark = markFailure('n', cause, isSurge);
    expect(mark.startsWith(begins)).toBe(true);
    expect(isHalting(mark, oneMore)).toBe(true);
  });

  it('is no end where there is no room for one more and old ones may go first', () => {
    const mark = markFailure('n', 'quota', true);
    expect(isHalting(mark, eitherWay)).toBe(false);
    expect(surgeLeft(eitherWay, [{ doomedBecause: mark }])).toBe(0);
    expect(surgeLeft(oneMore, [{ doomedBecause: mark }])).toBe(1);
    expect(isHalting(markFailure('n', 'quota', false), eitherWay)).toBe(true);
  });

  it('from before the operation is cleared away without a word', () => {
    expect(isHalting(clearedBecause('quota'), oneMore)).toBe(false);
    expect(isFailureMark('it is to be replaced')).toBe(false);
  });
});
