import { describe, expect, it } from '@jest/globals';
import { duration, nodeGantt } from './node-gantt.js';

const at = (seconds: number): string => new Date(seconds * 1000).toISOString();

describe('the drawing of what nodes did', () => {
  it('shows a new node beside the old one that goes', () => {
    const nodes = [
      { name: 'old', phases: [{ phase: 'draining', from: at(60), to: at(90) }, { phase: 'deleting', from: at(90), to: at(100) }, { phase: 'gone', from: at(100), to: null }] },
      { name: 'fresh', phases: [{ phase: 'building', from: at(0), to: at(10) }, { phase: 'booting', from: at(10), to: at(50) }, { phase: 'ready', from: at(50), to: null }] },
    ];
    expect(nodeGantt(nodes, new Date(100_000), 20)).toEqual([
      '       |0         1 min 40 s|',
      'old    |            ddddddxx|',
      'fresh  |ccbbbbbbbb==========|',
      'c building, b booting, = ready, d draining, x deleting',
    ]);
  });

  it('shows what is too short for a character', () => {
    const nodes = [{ name: 'n', phases: [{ phase: 'planned', from: at(0), to: at(0.1) }, { phase: 'building', from: at(0.1), to: at(100) }] }];
    expect(nodeGantt(nodes, new Date(0), 10)[1]).toBe('n  |cccccccccc|');
    const late = [{ name: 'n', phases: [{ phase: 'booting', from: at(0), to: at(99.9) }, { phase: 'failed', from: at(99.9), to: at(100) }] }];
    expect(nodeGantt(late, new Date(0), 10)[1]).toBe('n  |bbbbbbbbb!|');
  });

  it('is nothing without nodes', () => {
    expect(nodeGantt([], new Date(0), 20)).toEqual([]);
  });

  it.each([
    [800, '1 s'],
    [59_000, '59 s'],
    [185_000, '3 min 05 s'],
    [7_800_000, '2 h 10 min'],
  ])('calls %d ms %s', (ms, text) => {
    expect(duration(ms)).toBe(text);
  });
});
