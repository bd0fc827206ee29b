import { describe, expect, it } from '@jest/globals';
import type { KeystoneToken } from '../../openstack/keystone/token.js';
import { TokenCache } from './token-cache.js';

const tokenUntil = (expiresAt: number): KeystoneToken => ({
  value: 't',
  userId: 'u',
  userName: 'u',
  userDomainId: 'default',
  projectId: 'p',
  projectName: 'p',
  projectDomainId: 'default',
  roles: [],
  issuedAt: new Date(0),
  expiresAt: new Date(expiresAt),
  methods: ['password'],
  isApplicationCredential: false,
  catalog: [],
});

function cacheOf(answer: (call: number) => Promise<KeystoneToken | null>) {
  const clock = { now: 0, calls: 0 };
  const cache = new TokenCache(() => answer(++clock.calls), { trustMs: 300_000, now: () => clock.now });
  return { cache, clock };
}

describe('TokenCache', () => {
  it('asks once for concurrent requests, and again after the trust is over', async () => {
    const { cache, clock } = cacheOf(() => Promise.resolve(tokenUntil(10_000_000)));
    await Promise.all([cache.find('a'), cache.find('a'), cache.find('a')]);
    clock.now = 299_999;
    await cache.find('a');
    expect(clock.calls).toBe(1);
    clock.now = 300_000;
    await cache.find('a');
    expect(clock.calls).toBe(2);
  });

  it('never trusts a token beyond its expiry', async () => {
    const { cache, clock } = cacheOf(() => Promise.resolve(tokenUntil(1_000)));
    expect(await cache.find('a')).not.toBeNull();
    clock.now = 1_000;
    expect(await cache.find('a')).toBeNull();
    expect(clock.calls).toBe(2);
  });

  it('remembers a refusal for seconds only', async () => {
    const { cache, clock } = cacheOf((call) => Promise.resolve(call === 1 ? null : tokenUntil(10_000_000)));
    expect(await cache.find('a')).toBeNull();
    expect(await cache.find('a')).toBeNull();
    clock.now = 5_000;
    expect(await cache.find('a')).not.toBeNull();
    expect(clock.calls).toBe(2);
  });

  it('remembers no failure', async () => {
    const { cache, clock } = cacheOf((call) => (call === 1 ? Promise.reject(new Error('down')) : Promise.resolve(tokenUntil(10_000_000))));
    await expect(cache.find('a')).rejects.toThrow('down');
    expect(await cache.find('a')).not.toBeNull();
    expect(clock.calls).toBe(2);
  });
});
