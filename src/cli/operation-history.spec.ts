import { describe, expect, it } from '@jest/globals';
import { historyLines } from './operation-history.js';

const event = { at: '2026-11-20T18:47:25.123Z', type: 'wait', step: 'create-infra', message: 'Waiting for a stack', because: null };

describe('historyLines', () => {
  it.each([
    { given: { ...event, type: 'operation', step: null, message: 'Retry was asked for' }, then: '2026-11-20 18:47:25  Retry was asked for' },
    { given: { ...event, type: 'step', message: 'cluster-create: create-infra' }, then: '2026-11-20 18:47:25  create-infra' },
    { given: event, then: '2026-11-20 18:47:25    Waiting for a stack' },
    { given: { ...event, because: 'Heat is busy' }, then: '2026-11-20 18:47:25    Waiting for a stack (because Heat is busy)' },
  ])('prints $then', ({ given, then }) => {
    expect(historyLines([given])).toEqual([then]);
  });
});
