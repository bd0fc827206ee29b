import { createPrivateKey, generateKeyPair, KeyObject, webcrypto } from 'node:crypto';
import { promisify } from 'node:util';

const generate = promisify(generateKeyPair);

const ecdsaP256 = { name: 'ECDSA', namedCurve: 'P-256' } as const;

/** A P-256 key pair: its two halves as WebCrypto knows them, and the private one as kubeadm writes it (EC PRIVATE KEY). */
export interface EcKeyPair {
  readonly publicKey: webcrypto.CryptoKey;
  readonly privateKey: webcrypto.CryptoKey;
  readonly privateKeyPem: string;
}

export async function generateEcKeyPair(): Promise<EcKeyPair> {
  const { publicKey, privateKey } = await webcrypto.subtle.generateKey(ecdsaP256, true, ['sign', 'verify']);
  const privateKeyPem = KeyObject.from(privateKey).export({ type: 'sec1', format: 'pem' }).toString();
  return { publicKey, privateKey, privateKeyPem };
}

/** The P-256 private key of a certificate authority, ready to sign with. */
export async function importSigningKey(privateKeyPem: string): Promise<webcrypto.CryptoKey> {
  const pkcs8 = createPrivateKey(privateKeyPem).export({ type: 'pkcs8', format: 'der' });
  return webcrypto.subtle.importKey('pkcs8', pkcs8, ecdsaP256, false, ['sign']);
}

export interface ServiceAccountKey {
  readonly publicKeyPem: string;
  readonly privateKeyPem: string;
}

/** Signs the tokens of service accounts. RSA, because kubeadm's sa.key is: some readers of such tokens know nothing else. */
export async function createServiceAccountKey(): Promise<ServiceAccountKey> {
  const { publicKey, privateKey } = await generate('rsa', { modulusLength: 2048 });
  return {
    publicKeyPem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    privateKeyPem: privateKey.export({ type: 'pkcs1', format: 'pem' }).toString(),
  };
}
