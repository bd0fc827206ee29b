import type { AddressRange } from './network-store.js';

/** An IPv4 network as numbers. */
export interface Cidr {
  first: number;
  last: number;
  /** With the host bits cleared, e.g. 10.0.0.0/24. */
  text: string;
}

/** Undefined when it is no IPv4 address. */
export function addressNumber(text: string): number | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || parts.some((part) => !/^\d{1,3}$/.test(part) || Number(part) > 255)) return undefined;
  return parts.reduce((sum, part) => sum * 256 + Number(part), 0);
}

export const addressText = (value: number): string => [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');

/** Undefined when it is no IPv4 network with a prefix length. */
export function parseCidr(text: string): Cidr | undefined {
  const [address = '', length = '', ...rest] = text.split('/');
  const number = addressNumber(address);
  if (number === undefined || rest.length > 0 || !/^\d{1,2}$/.test(length) || Number(length) > 32) return undefined;
  const size = 2 ** (32 - Number(length));
  const first = Math.floor(number / size) * size;
  return { first, last: first + size - 1, text: `${addressText(first)}/${length}` };
}

export function isWithin(cidr: Cidr, address: string): boolean {
  const number = addressNumber(address);
  return number !== undefined && number >= cidr.first && number <= cidr.last;
}

export const overlap = (one: Cidr, other: Cidr): boolean => one.first <= other.last && other.first <= one.last;

/** Everything but network, broadcast and gateway address, as Neutron lays out a pool that nobody described. */
export function defaultPools(cidr: Cidr, gateway: string | null): AddressRange[] {
  const [start, end] = [cidr.first + 1, cidr.last - 1];
  const skipped = gateway === null ? undefined : addressNumber(gateway);
  if (skipped === undefined || skipped < start || skipped > end) return range(start, end);
  return [...range(start, skipped - 1), ...range(skipped + 1, end)];
}

const range = (start: number, end: number): AddressRange[] => (start > end ? [] : [{ start: addressText(start), end: addressText(end) }]);

/** The first free address after `after`, then from the beginning, so that a freed address rests before somebody else gets it. */
export function nextFree(pools: AddressRange[], taken: ReadonlySet<string>, after: string | undefined): string | undefined {
  const from = after === undefined ? -1 : (addressNumber(after) ?? -1);
  return firstFree(pools, taken, from + 1) ?? firstFree(pools, taken, 0);
}

function firstFree(pools: AddressRange[], taken: ReadonlySet<string>, from: number): string | undefined {
  for (const { start, end } of pools) {
    const [first, last] = [addressNumber(start) ?? 0, addressNumber(end) ?? -1];
    for (let number = Math.max(first, from); number <= last; number += 1) {
      const text = addressText(number);
      if (!taken.has(text)) return text;
    }
  }
  return undefined;
}
