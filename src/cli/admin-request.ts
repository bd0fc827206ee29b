import { KeyObject, webcrypto } from 'node:crypto';

export interface AdminRequest {
  /** PKCS#1, unencrypted, as OpenStack's client writes it. */
  readonly privateKeyPem: string;
  readonly csrPem: string;
}

const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' } as const;

/** A key and the certificate request for an administrator of a cluster: RSA 2048, as OpenStack's client makes it. */
export async function adminRequest(): Promise<AdminRequest> {
  // Loaded on demand: it takes a tenth of a second, which only this command should cost.
  await import('reflect-metadata');
  const { Pkcs10CertificateRequestGenerator } = await import('@peculiar/x509');
  const keys = await webcrypto.subtle.generateKey({ ...algorithm, modulusLength: 2048, publicExponent: Uint8Array.of(1, 0, 1) }, true, ['sign', 'verify']);
  const request = await Pkcs10CertificateRequestGenerator.create({ name: 'CN=admin, O=system:masters', keys, signingAlgorithm: algorithm });
  const privateKeyPem = KeyObject.from(keys.privateKey).export({ format: 'pem', type: 'pkcs1' }).toString();
  return { privateKeyPem, csrPem: request.toString('pem') };
}
