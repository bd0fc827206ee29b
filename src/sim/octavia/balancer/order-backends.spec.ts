import { describe, expect, it } from '@jest/globals';
import { admits } from './admission.js';
import { isExpected } from './check-backend.js';
import type { Backend } from './front.js';
import { orderBackends } from './order-backends.js';

const backend = (id: string, more: Partial<Backend> = {}): Backend => ({ id, address: '10.0.0.1', port: 6443, weight: 1, isBackup: false, monitorAddress: null, monitorPort: null, ...more });
const order = (backends: readonly Backend[], algorithm: string, { turn = 0, open = {}, address = '127.0.0.1' }: { turn?: number; open?: Record<string, number>; address?: string } = {}): string =>
  orderBackends(backends, algorithm, { turn, openTo: (id) => open[id] ?? 0, peer: { address, port: 1 } })
    .map(({ id }) => id)
    .join('');

describe('orderBackends', () => {
  it('gives each its turn, as often as its weight says', () => {
    const turns = (backends: readonly Backend[]): string => [0, 1, 2, 3, 4, 5].map((turn) => order(backends, 'ROUND_ROBIN', { turn })[0]).join('');
    expect(turns([backend('a'), backend('b'), backend('c')])).toBe('abcabc');
    expect(turns([backend('a', { weight: 20 }), backend('b', { weight: 10 })])).toBe('aabaab');
  });

  it('tries all the others after the one whose turn it is, backups last and the weightless never', () => {
    expect(order([backend('a'), backend('b', { isBackup: true }), backend('c', { weight: 0 }), backend('d')], 'ROUND_ROBIN', { turn: 1 })).toBe('dab');
    expect(order([backend('a', { weight: 0 })], 'ROUND_ROBIN')).toBe('');
    expect(order([], 'ROUND_ROBIN')).toBe('');
  });

  it('prefers the one with the fewest connections for its weight', () => {
    expect(order([backend('a'), backend('b', { weight: 4 }), backend('c')], 'LEAST_CONNECTIONS', { open: { a: 2, b: 4, c: 3 } })).toBe('bac');
  });

  it('sends a client to the same backend each time', () => {
    const backends = [backend('a'), backend('b'), backend('c')];
    const choices = ['127.0.0.1', '127.0.0.2', '127.0.0.3', '127.0.0.4', '127.0.0.5', '127.0.0.6'].map((address) => order(backends, 'SOURCE_IP', { address, turn: 0 }));
    expect(['127.0.0.1', '127.0.0.2', '127.0.0.3', '127.0.0.4', '127.0.0.5', '127.0.0.6'].map((address) => order(backends, 'SOURCE_IP', { address, turn: 1 }))).toEqual(choices);
    expect(new Set(choices).size).toBeGreaterThan(1);
  });
});

describe('admits', () => {
  it.each<[readonly string[] | null, string, boolean]>([
    [null, '10.0.0.1', true],
    [[], '10.0.0.1', true],
    [['10.0.0.0/8'], '10.200.0.1', true],
    [['10.0.0.0/8'], '11.0.0.1', false],
    [['10.0.0.5/32', '127.0.0.0/8'], '127.0.0.1', true],
    [['127.0.0.0/8'], '::ffff:127.0.0.1', true],
    [['fd00::/8'], 'fd00::1', true],
    [['fd00::/8'], '127.0.0.1', false],
    [['127.0.0.0/8'], '', false],
  ])('%j from %s: %s', (ranges, peer, expected) => {
    expect(admits(ranges, peer)).toBe(expected);
  });
});

describe('isExpected', () => {
  it.each<[string, number, boolean]>([
    ['200', 200, true],
    ['200', 201, false],
    ['200,202', 202, true],
    ['200-204', 203, true],
    ['200-204', 205, false],
  ])('%s with %i: %s', (codes, status, expected) => {
    expect(isExpected(codes, status)).toBe(expected);
  });
});
