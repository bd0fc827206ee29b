export interface Cidr {
  readonly text: string;
  /** First and last address as numbers. */
  readonly first: number;
  readonly last: number;
  readonly prefix: number;
}

/** A number without zeros before it: Go refuses them, and others read 010 as eight. */
const number = '(0|[1-9]\\d{0,2})';
const pattern = new RegExp(`^${number}\\.${number}\\.${number}\\.${number}/(0|[1-9]\\d?)$`);

/** Reads an IPv4 range such as `10.0.0.0/24`; undefined when it is none or when bits behind the prefix are set. */
export function parseCidr(text: string): Cidr | undefined {
  const match = pattern.exec(text);
  if (!match) return undefined;
  const [prefix = 33, ...bytes] = [match[5], ...match.slice(1, 5)].map(Number);
  if (prefix > 32 || bytes.some((byte) => byte > 255)) return undefined;
  const first = bytes.reduce((sum, byte) => sum * 256 + byte, 0);
  const size = 2 ** (32 - prefix);
  return first % size === 0 ? { text, first, last: first + size - 1, prefix } : undefined;
}

export const overlap = (a: Cidr, b: Cidr): boolean => a.first <= b.last && b.first <= a.last;
