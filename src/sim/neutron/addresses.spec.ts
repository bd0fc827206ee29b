import { describe, expect, it } from '@jest/globals';
import { addressNumber, addressText, defaultPools, isWithin, nextFree, overlap, parseCidr, type Cidr } from './addresses.js';

const cidr = (text: string): Cidr => {
  const parsed = parseCidr(text);
  if (!parsed) throw new Error(`${text} is no CIDR`);
  return parsed;
};

describe('addresses', () => {
  it.each(['0.0.0.0', '10.0.0.255', '255.255.255.255', '127.101.7.1'])('%s survives the way to a number and back', (text) => {
    expect(addressText(addressNumber(text) ?? -1)).toBe(text);
  });

  it.each(['10.0.0', '10.0.0.256', '10.0.0.0.1', 'ten', '', '10.0.0.-1'])('%s is none', (text) => {
    expect(addressNumber(text)).toBeUndefined();
  });

  it('clears the host bits of a network', () => {
    expect(cidr('10.77.3.9/22').text).toBe('10.77.0.0/22');
  });

  it.each(['10.0.0.0', '10.0.0.0/33', '10.0.0.0/x', '10.0.0.0/24/1', '300.0.0.0/8'])('%s is no network', (text) => {
    expect(parseCidr(text)).toBeUndefined();
  });

  it.each([
    { one: '10.0.0.0/24', other: '10.0.0.128/25', then: true },
    { one: '10.0.0.0/25', other: '10.0.0.128/25', then: false },
    { one: '0.0.0.0/0', other: '10.0.0.0/8', then: true },
  ])('$one and $other overlap: $then', ({ one, other, then }) => {
    expect(overlap(cidr(one), cidr(other))).toBe(then);
  });

  it('counts the first and the last address of a network as within', () => {
    const net = cidr('10.0.0.0/30');
    expect(['9.255.255.255', '10.0.0.0', '10.0.0.3', '10.0.0.4'].map((address) => isWithin(net, address))).toEqual([false, true, true, false]);
  });
});

describe('defaultPools', () => {
  it.each([
    { gateway: '10.0.0.1', then: [{ start: '10.0.0.2', end: '10.0.0.254' }] },
    { gateway: '10.0.0.254', then: [{ start: '10.0.0.1', end: '10.0.0.253' }] },
    { gateway: '10.0.0.9', then: [{ start: '10.0.0.1', end: '10.0.0.8' }, { start: '10.0.0.10', end: '10.0.0.254' }] },
    { gateway: null, then: [{ start: '10.0.0.1', end: '10.0.0.254' }] },
  ])('leaves the gateway $gateway out', ({ gateway, then }) => {
    expect(defaultPools(cidr('10.0.0.0/24'), gateway)).toEqual(then);
  });
});

describe('nextFree', () => {
  const pools = [{ start: '10.0.0.10', end: '10.0.0.12' }];

  it('goes on after the last one given, so that a freed address rests', () => {
    expect(nextFree(pools, new Set(), '10.0.0.10')).toBe('10.0.0.11');
  });

  it('begins again at the end of the pool', () => {
    expect(nextFree(pools, new Set(['10.0.0.10']), '10.0.0.12')).toBe('10.0.0.11');
  });

  it('finds nothing in a full pool', () => {
    expect(nextFree(pools, new Set(['10.0.0.10', '10.0.0.11', '10.0.0.12']), undefined)).toBeUndefined();
  });
});
