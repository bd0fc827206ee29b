import { describe, expect, it } from '@jest/globals';
import { findEndpoint } from './catalog.js';

const endpoint = (kind: string, region: string, url: string): { interface: string; region: string; url: string } => ({ interface: kind, region, url });
const catalog = [
  { type: 'compute', name: 'nova', endpoints: [endpoint('internal', 'One', 'http://i1/v2.1'), endpoint('public', 'Two', 'http://p2/v2.1/'), endpoint('public', 'One', 'http://p1/v2.1/')] },
  { type: 'block-storage', name: 'cinder', endpoints: [endpoint('public', 'One', 'http://c1/v3')] },
];

describe('findEndpoint', () => {
  it.each([
    ['region and interface', { type: 'compute', region: 'One', interface: 'public' }, 'http://p1/v2.1'],
    ['another interface', { type: 'compute', region: 'One', interface: 'internal' }, 'http://i1/v2.1'],
    ['any region', { type: 'compute', region: null, interface: 'public' }, 'http://p2/v2.1'],
    ['the newer name of a type', { type: 'volumev3', region: 'One', interface: 'public' }, 'http://c1/v3'],
    ['a region without it', { type: 'compute', region: 'Three', interface: 'public' }, undefined],
    ['an interface without it', { type: 'compute', region: 'Two', interface: 'admin' }, undefined],
    ['an unknown type', { type: 'dns', region: 'One', interface: 'public' }, undefined],
  ] as const)('goes by %s', (_, wanted, url) => {
    expect(findEndpoint(catalog, wanted)).toBe(url);
  });
});
