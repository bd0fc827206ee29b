import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { DomainError } from '../domain/domain-error.js';

const algorithm = 'aes-256-gcm';
const keyBytes = 32;
/** GCM's own size; random ones may repeat after about 2^32 seals with one key, far more than clusters have secrets. */
const nonceBytes = 12;
const tagBytes = 16;

export interface SealingKey {
  /** Stored with what it sealed, so that keys can be changed one after the other. */
  readonly id: string;
  readonly key: Buffer;
}

export interface Sealed {
  readonly keyId: string;
  readonly nonce: Buffer;
  /** Encrypted bytes with the tag at the end. */
  readonly ciphertext: Buffer;
}

/** A sealed secret that cannot be opened: its key is not configured, or it (or its place) was changed. */
export class SecretUnreadableError extends DomainError {
  override readonly code = 'secret-unreadable';
}

/** Binds a secret to its place: a row copied to another cluster or name does not open there. */
export const sealingContext = (clusterId: string, name: string): string => `${clusterId}/${name}`;

/** Seals with the first key, opens with any. */
export class SealingKeyRing {
  private readonly keys: ReadonlyMap<string, Buffer>;
  private readonly sealingKey: SealingKey;

  constructor(keys: readonly SealingKey[]) {
    const [first] = keys;
    if (!first) throw new Error('A sealing key ring needs a key.');
    for (const { id, key } of keys) {
      if (!/^[A-Za-z0-9_-]{1,64}$/.test(id)) throw new Error(`The id of a sealing key is 1 to 64 of A-Z a-z 0-9 _ -, not ${JSON.stringify(id)}.`);
      if (key.length !== keyBytes) throw new Error(`Sealing key ${id} has ${key.length} bytes instead of ${keyBytes}.`);
    }
    this.sealingKey = first;
    this.keys = new Map(keys.map(({ id, key }) => [id, key]));
    if (this.keys.size !== keys.length) throw new Error('Two sealing keys have the same id.');
  }

  seal(plain: string | Buffer, context: string): Sealed {
    const { id, key } = this.sealingKey;
    const nonce = randomBytes(nonceBytes);
    const cipher = createCipheriv(algorithm, key, nonce, { authTagLength: tagBytes }).setAAD(Buffer.from(context, 'utf8'));
    const encrypted = Buffer.concat([cipher.update(typeof plain === 'string' ? Buffer.from(plain, 'utf8') : plain), cipher.final()]);
    return { keyId: id, nonce, ciphertext: Buffer.concat([encrypted, cipher.getAuthTag()]) };
  }

  /** Throws SecretUnreadableError; the message never holds any of the secret. */
  open({ keyId, nonce, ciphertext }: Sealed, context: string): Buffer {
    const key = this.keys.get(keyId);
    if (!key) {
      throw new SecretUnreadableError(`Secret ${context} was sealed with key ${keyId}, which is not configured (SEALING_KEY_ID).`);
    }
    const changed = `Secret ${context} does not open with sealing key ${keyId}: the key is another one, or the secret was changed or moved.`;
    if (nonce.length !== nonceBytes || ciphertext.length < tagBytes) throw new SecretUnreadableError(changed);
    const decipher = createDecipheriv(algorithm, key, nonce, { authTagLength: tagBytes })
      .setAAD(Buffer.from(context, 'utf8'))
      .setAuthTag(ciphertext.subarray(-tagBytes));
    const start = decipher.update(ciphertext.subarray(0, -tagBytes));
    try {
      return Buffer.concat([start, decipher.final()]);
    } catch (error) {
      throw new SecretUnreadableError(changed, { cause: error });
    }
  }

  openText(sealed: Sealed, context: string): string {
    return this.open(sealed, context).toString('utf8');
  }

  /** One text for one column: `v1.<key id>.<nonce>.<ciphertext>`, both in base64url. */
  sealToText(plain: string | Buffer, context: string): string {
    const { keyId, nonce, ciphertext } = this.seal(plain, context);
    return ['v1', keyId, nonce.toString('base64url'), ciphertext.toString('base64url')].join('.');
  }

  openFromText(text: string, context: string): Buffer {
    const [version, keyId, nonce, ciphertext, ...rest] = text.split('.');
    if (version !== 'v1' || keyId === undefined || nonce === undefined || ciphertext === undefined || rest.length > 0) {
      throw new SecretUnreadableError(`Secret ${context} is not in the form that sealing writes.`);
    }
    return this.open({ keyId, nonce: Buffer.from(nonce, 'base64url'), ciphertext: Buffer.from(ciphertext, 'base64url') }, context);
  }
}
