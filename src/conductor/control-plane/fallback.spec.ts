import { describe, expect, it } from '@jest/globals';
import { fallbackOf, standsInBecause, type SlotNode } from './fallback.js';

const node = (id: string, overrides: Partial<SlotNode> = {}): SlotNode => ({ id, phase: 'gone', phaseReason: null, revision: 1, readyAt: new Date(0), replacesNodeId: null, ...overrides });
const old = node('old');
const broken = node('broken', { phase: 'failed', phaseReason: 'it did not join', revision: 2, readyAt: null, replacesNodeId: 'old' });
const standIn = node('stand-in', { phase: 'ready', replacesNodeId: 'broken' });
const always = (): boolean => true;

describe('fallbackOf', () => {
  it('is the revision that the slot had before its new node failed', () => {
    expect(fallbackOf([old, broken], always)).toBe(1);
    expect(fallbackOf([old, { ...broken, phase: 'gone' }], always)).toBe(1);
  });

  it.each([
    ['the failure is of an earlier attempt', [old, broken], () => false],
    ['both were made alike', [old, { ...broken, revision: 1 }], always],
    ['the one before was never Ready either', [{ ...old, readyAt: null, phase: 'gone' as const }, broken], (each: SlotNode) => each.id === 'broken'],
    ['nobody was there before', [{ ...broken, replacesNodeId: null }], always],
    ['nothing failed', [old, { ...broken, phase: 'ready' as const, readyAt: new Date(1) }], always],
  ])('is nothing when %s', (_, nodes, isNews) => {
    expect(fallbackOf(nodes, isNews)).toBeNull();
  });

  it('stays what it was when the stand-in fails as well', () => {
    expect(fallbackOf([old, { ...broken, phase: 'gone' }, { ...standIn, phase: 'failed', readyAt: null }], always)).toBe(1);
  });
});

describe('standsInBecause', () => {
  it('tells why the newer one is not there', () => {
    expect(standsInBecause(standIn, [old, { ...broken, phase: 'gone' }, standIn], always)).toBe('it did not join');
  });

  it('is null for a node in nobody else\'s place, and once the failure is no news', () => {
    expect(standsInBecause(old, [old], always)).toBeNull();
    expect(standsInBecause(standIn, [old, broken, standIn], () => false)).toBeNull();
  });
});
