import { describe, expect, it } from '@jest/globals';
import { age } from './table-column.js';

describe('age', () => {
  it.each([
    { seconds: 0, shown: '0s' },
    { seconds: 119, shown: '119s' },
    { seconds: 120, shown: '2m' },
    { seconds: 312, shown: '5m12s' },
    { seconds: 3_600, shown: '60m' },
    { seconds: 4 * 3_600 + 60, shown: '4h1m' },
    { seconds: 30 * 3_600, shown: '30h' },
    { seconds: 51 * 3_600, shown: '2d3h' },
    { seconds: 9 * 86_400, shown: '9d' },
  ])('$seconds s is $shown', ({ seconds, shown }) => {
    expect(age('2026-01-01T00:00:00Z', Date.parse('2026-01-01T00:00:00Z') + seconds * 1000)).toBe(shown);
  });
});
