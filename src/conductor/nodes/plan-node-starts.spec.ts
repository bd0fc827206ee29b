import { describe, expect, it } from '@jest/globals';
import { planNodeStarts, type StartCandidate } from './plan-node-starts.js';

const waiting = (id: string, role: 'control-plane' | 'worker' = 'worker'): StartCandidate => ({
  node: { id, role, phase: 'planned' },
  verdict: { kind: 'start' },
});
const flying = (id: string): StartCandidate => ({ node: { id, role: 'worker', phase: 'booting' }, verdict: { kind: 'unchanged' } });

describe('planNodeStarts', () => {
  it('starts the control plane before workers', () => {
    expect(planNodeStarts([waiting('a'), waiting('b'), waiting('cp', 'control-plane')], 2)).toEqual(['cp', 'a']);
  });

  it('starts control-plane nodes one at a time, the next when the one before has joined', () => {
    const next = waiting('cp1', 'control-plane');
    const first = (phase: string): StartCandidate => ({ node: { id: 'cp0', role: 'control-plane', phase }, verdict: { kind: 'unchanged' } });
    expect(planNodeStarts([waiting('cp0', 'control-plane'), next], 20)).toEqual(['cp0']);
    expect(planNodeStarts([first('booting'), next, waiting('a')], 20)).toEqual(['a']);
    expect(planNodeStarts([first('joined'), next], 20)).toEqual(['cp1']);
  });

  it('leaves no more than the limit in flight', () => {
    expect(planNodeStarts([flying('x'), flying('y'), waiting('a'), waiting('b')], 3)).toEqual(['a']);
    expect(planNodeStarts([flying('x'), flying('y'), waiting('a')], 2)).toEqual([]);
  });
});
