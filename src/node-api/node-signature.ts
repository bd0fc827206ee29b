import { createHash, createPublicKey, timingSafeEqual, verify, type KeyObject } from 'node:crypto';

/** A node's public key from base64 SPKI DER; undefined unless it is a P-256 key. */
export function readNodeKey(base64: string): KeyObject | undefined {
  try {
    const key = createPublicKey({ key: Buffer.from(base64, 'base64'), format: 'der', type: 'spki' });
    return key.asymmetricKeyType === 'ec' && key.asymmetricKeyDetails?.namedCurve === 'prime256v1' ? key : undefined;
  } catch {
    return undefined; // no key at all: the caller's answer is the same
  }
}

/** One spelling of a key, so that equal keys compare equal whatever base64 they came in. */
export const keyText = (key: KeyObject): string => key.export({ format: 'der', type: 'spki' }).toString('base64');

/** Whether `signature` (base64 DER, ECDSA with SHA-256) is the key's over the text. */
export function isSignedBy(key: KeyObject, text: string, signature: string): boolean {
  try {
    return verify('sha256', Buffer.from(text), key, Buffer.from(signature, 'base64'));
  } catch {
    return false; // bytes that are no signature
  }
}

export const claimText = (nodeId: string, token: string): string => `jeroboam-claim\n${nodeId}\n${token}`;

export const callText = (call: { method: string; path: string; timestamp: string; body: Buffer }): string =>
  `${call.method}\n${call.path}\n${call.timestamp}\n${createHash('sha256').update(call.body).digest('hex')}`;

/** Compares a token with the SHA-256 (hex) that is stored of it, in constant time. */
export function isToken(token: string, storedHash: string | null): boolean {
  const given = createHash('sha256').update(token).digest();
  const stored = Buffer.from(storedHash ?? '', 'hex');
  return stored.length === given.length && timingSafeEqual(stored, given);
}
