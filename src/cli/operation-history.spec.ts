import { describe, expect, it } from '@jest/globals';
import { historyLines } from './operation-history.js';

const event = { id: 1, at: '2026-11-20T18:47:25.123Z', type: 'step', step: 'start-infra', message: 'entered', because: null, node_id: null };

describe('historyLines', () => {
  it.each([
    { given: event, then: '2026-11-20 18:47:25  start-infra: entered' },
    { given: { ...event, step: null, message: 'Retry asked for' }, then: '2026-11-20 18:47:25  Retry asked for' },
    { given: { ...event, message: 'waiting', because: 'Heat is busy' }, then: '2026-11-20 18:47:25  start-infra: waiting (because Heat is busy)' },
  ])('prints $then', ({ given, then }) => {
    expect(historyLines([given])).toEqual([then]);
  });

  it('has no lines without events', () => {
    expect(historyLines(undefined)).toEqual([]);
  });
});
