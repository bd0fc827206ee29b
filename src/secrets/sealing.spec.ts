import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { SealingKeyRing, SecretUnreadableError, sealingContext } from './sealing.js';
import { sealingKeyRing } from './sealing-key-ring.js';

const first = { id: '2025', key: randomBytes(32) };
const second = { id: '2026', key: randomBytes(32) };
const ring = new SealingKeyRing([first]);
const context = sealingContext('5d0c1c1e', 'kubernetes-ca-key');

describe('SealingKeyRing', () => {
  it.each([
    ['text', 'ключ 🔑'],
    ['an empty text', ''],
    ['a long text', 'x'.repeat(100_000)],
  ])('opens %s that it sealed', (_, plain) => {
    expect(ring.openText(ring.seal(plain, context), context)).toBe(plain);
    expect(ring.openFromText(ring.sealToText(plain, context), context).toString('utf8')).toBe(plain);
  });

  it('opens bytes that are no text', () => {
    const plain = randomBytes(64);
    expect(ring.open(ring.seal(plain, context), context)).toEqual(plain);
  });

  it('seals the same secret differently each time, and never shows it', () => {
    const [one, two] = [ring.sealToText('a secret', context), ring.sealToText('a secret', context)];
    expect(one).not.toBe(two);
    expect(Buffer.from(one.split('.')[3] ?? '', 'base64url').includes('a secret')).toBe(false);
  });

  it('opens with an older key and seals with the newer one', () => {
    const both = new SealingKeyRing([second, first]);
    expect(both.openText(ring.seal('old', context), context)).toBe('old');
    expect(both.seal('new', context).keyId).toBe('2026');
  });

  it('refuses a key that is not configured, and says which one', () => {
    expect(() => new SealingKeyRing([second]).open(ring.seal('old', context), context)).toThrow(/sealed with key 2025/);
  });

  it('refuses a key of the same id that is another one', () => {
    expect(() => new SealingKeyRing([{ ...second, id: '2025' }]).open(ring.seal('old', context), context)).toThrow(SecretUnreadableError);
  });

  it('refuses a secret that was moved to another cluster or name', () => {
    expect(() => ring.open(ring.seal('mine', context), sealingContext('5d0c1c1f', 'kubernetes-ca-key'))).toThrow(SecretUnreadableError);
    expect(() => ring.open(ring.seal('mine', context), sealingContext('5d0c1c1e', 'etcd-ca-key'))).toThrow(SecretUnreadableError);
  });

  it('refuses a change of any byte', () => {
    const sealed = ring.seal('secret', context);
    for (let position = 0; position < sealed.ciphertext.length; position++) {
      const ciphertext = Buffer.from(sealed.ciphertext);
      ciphertext.writeUInt8(ciphertext.readUInt8(position) ^ 1, position);
      expect(() => ring.open({ ...sealed, ciphertext }, context)).toThrow(SecretUnreadableError);
    }
  });

  it.each(['', 'v1', 'v2.a.b.c', 'v1.2025.AAAA.AAAA', 'v1.2025.a.b.c', 'plain text'])('refuses %j as a sealed text', (text) => {
    expect(() => ring.openFromText(text, context)).toThrow(SecretUnreadableError);
  });

  it.each([
    ['too short', [{ id: 'a', key: randomBytes(16) }]],
    ['an id with a full stop', [{ id: 'a.b', key: randomBytes(32) }]],
    ['the same id twice', [first, { ...second, id: first.id }]],
    ['none', []],
  ])('is not made of keys that are wrong: %s', (_, keys) => {
    expect(() => new SealingKeyRing(keys)).toThrow();
  });
});

describe('sealingKeyRing', () => {
  it('takes the key from the configuration', () => {
    const config = { SEALING_KEY: first.key.toString('base64'), SEALING_KEY_ID: first.id };
    expect(sealingKeyRing(config).openText(ring.seal('s', context), context)).toBe('s');
  });

  it('says what to set when there is none', () => {
    expect(() => sealingKeyRing({ SEALING_KEY_ID: '1' })).toThrow(/JEROBOAM_SEALING_KEY/);
  });
});
