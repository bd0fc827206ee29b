import { BlockList, isIP } from 'node:net';

/** Whether a listener with these ranges takes a connection from the address. Null = from everybody. */
export function admits(allowedCidrs: readonly string[] | null, peer: string): boolean {
  if (allowedCidrs === null || allowedCidrs.length === 0) return true;
  const address = peer.replace(/^::ffff:/, '');
  const family = isIP(address);
  if (family === 0) return false;
  const ranges = new BlockList();
  for (const cidr of allowedCidrs) {
    const [start = '', bits = ''] = cidr.split('/');
    const kind = isIP(start);
    if (kind !== 0) ranges.addSubnet(start, bits === '' ? (kind === 4 ? 32 : 128) : Number(bits), kind === 4 ? 'ipv4' : 'ipv6');
  }
  return ranges.check(address, family === 4 ? 'ipv4' : 'ipv6');
}
