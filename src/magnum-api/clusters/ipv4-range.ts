/** An IPv4 network as numbers, for comparing networks. */
export interface Ipv4Range {
  readonly first: number;
  readonly last: number;
}

/** Undefined when the text is no IPv4 CIDR. Host bits may be set, as Neutron allows. */
export function parseIpv4Range(cidr: string): Ipv4Range | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(cidr);
  if (!match) return undefined;
  const [a, b, c, d, bits] = match.slice(1).map(Number);
  if (a === undefined || b === undefined || c === undefined || d === undefined || bits === undefined) return undefined;
  if (bits > 32 || [a, b, c, d].some((octet) => octet > 255)) return undefined;
  const size = 2 ** (32 - bits);
  const address = ((a * 256 + b) * 256 + c) * 256 + d;
  const first = address - (address % size);
  return { first, last: first + size - 1 };
}

export const overlap = (one: Ipv4Range, other: Ipv4Range): boolean => one.first <= other.last && other.first <= one.last;
