import { expect, it } from '@jest/globals';
import { estimateTime } from './estimate-time.js';

it.each([
  { when: 'nothing happens', work: { boots: 0, drains: 0 }, past: { boots: [60], drains: [] }, then: { seconds_min: 0, seconds_max: 0, because: 'no node comes or goes' } },
  { when: 'nodes come', work: { boots: 3, drains: 0 }, past: { boots: [50, 60, 400], drains: [] }, then: { seconds_min: 60, seconds_max: 180, because: 'a boot took 60 s (median of 3)' } },
  { when: 'nodes are replaced', work: { boots: 2, drains: 2 }, past: { boots: [60], drains: [30] }, then: { seconds_min: 90, seconds_max: 180, because: expect.stringContaining('a drain took 30 s') } },
  { when: 'nothing was ever drained', work: { boots: 1, drains: 1 }, past: { boots: [60], drains: [] }, then: { seconds_min: 60, seconds_max: 60, because: expect.stringContaining('no past drains yet') } },
  { when: 'only drains are to come, and none was seen', work: { boots: 0, drains: 1 }, past: { boots: [60], drains: [] }, then: { seconds_min: null, seconds_max: null, because: expect.stringContaining('no past drains yet') } },
  { when: 'nothing is known', work: { boots: 1, drains: 1 }, past: { boots: [], drains: [] }, then: { seconds_min: null, seconds_max: null, because: expect.stringContaining('no recorded boot') } },
])('estimates when $when', ({ work, past, then }) => {
  expect(estimateTime(work, past)).toEqual(then);
});
