import 'reflect-metadata';
import { createPrivateKey, createPublicKey, randomBytes, webcrypto, X509Certificate } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import { isIP } from 'node:net';
import type { ScratchRoot } from '../scratch-root.js';
import { KubeadmError } from './documents.js';

/** kubeadm makes RSA-2048 unless told otherwise; P-256 keeps fifty simultaneous boots affordable and changes nothing on the wire. */
const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const YEAR_MS = 365 * 24 * 3_600_000;

export interface CertificateAuthority {
  certificatePem: string;
  keyPem: string;
}

export interface LeafRequest {
  commonName: string;
  organizations?: string[];
  /** DNS names and addresses. */
  names?: string[];
  usages: ('server' | 'client')[];
}

/** Reads a CA from the guest's disk and checks that its key belongs to its certificate. Undefined when neither file is there. */
export function readAuthority(root: ScratchRoot, path: string): CertificateAuthority | undefined {
  const certificatePem = root.readIfPresent(`${path}.crt`);
  const keyPem = root.readIfPresent(`${path}.key`);
  if (certificatePem === undefined && keyPem === undefined) return undefined;
  if (certificatePem === undefined) throw new KubeadmError(`failure loading ${path} certificate: open ${path}.crt: no such file or directory`);
  const certificate = parseCertificate(certificatePem, `${path}.crt`);
  if (!certificate.ca) throw new KubeadmError(`failure loading certificate ${path}.crt: the certificate is not a CA`);
  const now = Date.now();
  if (Date.parse(certificate.validTo) < now) throw new KubeadmError(`failure loading certificate ${path}.crt: the certificate has expired`);
  if (Date.parse(certificate.validFrom) > now) throw new KubeadmError(`failure loading certificate ${path}.crt: the certificate is not valid yet`);
  if (keyPem === undefined) throw new KubeadmError(`failure loading key for ${path}.crt: open ${path}.key: no such file or directory`);
  if (!keyMatches(certificate, keyPem, `${path}.key`)) throw new KubeadmError(`failure loading key ${path}.key: the key does not match the certificate ${path}.crt`);
  return { certificatePem, keyPem };
}

export function parseCertificate(pem: string, path: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch {
    throw new KubeadmError(`couldn't load the certificate file ${path}: error reading ${path}: data does not contain any valid RSA or ECDSA certificates`);
  }
}

function keyMatches(certificate: X509Certificate, keyPem: string, path: string): boolean {
  try {
    return certificate.checkPrivateKey(createPrivateKey(keyPem));
  } catch {
    throw new KubeadmError(`couldn't load the private key file ${path}: error reading private key file ${path}: data does not contain a valid RSA or ECDSA private key`);
  }
}

/** A private key file alone, e.g. the service-account key. */
export function checkPrivateKey(keyPem: string, path: string): void {
  try {
    createPrivateKey(keyPem);
  } catch {
    throw new KubeadmError(`couldn't load the private key file ${path}: data does not contain a valid RSA or ECDSA private key`);
  }
}

export async function makeAuthority(commonName: string): Promise<CertificateAuthority> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: randomBytes(8).toString('hex'),
    name: [{ CN: [commonName] }],
    notBefore: new Date(Date.now() - 300_000),
    notAfter: new Date(Date.now() + 10 * YEAR_MS),
    signingAlgorithm: algorithm,
    keys,
    extensions: [new x509.BasicConstraintsExtension(true, undefined, true), new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.digitalSignature, true), await x509.SubjectKeyIdentifierExtension.create(keys.publicKey)],
  });
  return { certificatePem: certificate.toString('pem'), keyPem: await privateKeyPem(keys.privateKey) };
}

/** A key and a certificate for a year, signed by the CA whatever its key type is. */
export async function issue(authority: CertificateAuthority, request: LeafRequest): Promise<{ certificatePem: string; keyPem: string }> {
  const issuer = new x509.X509Certificate(authority.certificatePem);
  const { key: signingKey, algorithm: signingAlgorithm } = await importSigningKey(authority.keyPem);
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const names = [...new Set(request.names ?? [])].map((name): x509.JsonGeneralName => ({ type: isIP(name) === 0 ? 'dns' : 'ip', value: name }));
  const usages = request.usages.map((usage) => (usage === 'server' ? x509.ExtendedKeyUsage.serverAuth : x509.ExtendedKeyUsage.clientAuth));
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: randomBytes(8).toString('hex'),
    subject: [...(request.organizations ?? []).map((organization) => ({ O: [organization] })), { CN: [request.commonName] }],
    issuer: issuer.subjectName,
    notBefore: new Date(Date.now() - 300_000),
    notAfter: new Date(Date.now() + YEAR_MS),
    publicKey: keys.publicKey,
    signingKey,
    signingAlgorithm,
    extensions: [
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature | x509.KeyUsageFlags.keyEncipherment, true),
      new x509.ExtendedKeyUsageExtension(usages),
      await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey),
      ...(names.length > 0 ? [new x509.SubjectAlternativeNameExtension(names)] : []),
    ],
  });
  return { certificatePem: certificate.toString('pem'), keyPem: await privateKeyPem(keys.privateKey) };
}

async function importSigningKey(pem: string): Promise<{ key: webcrypto.CryptoKey; algorithm: { name: string; hash: string } }> {
  const key = createPrivateKey(pem);
  const der = key.export({ type: 'pkcs8', format: 'der' });
  if (key.asymmetricKeyType === 'rsa') {
    const rsa = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
    return { key: await webcrypto.subtle.importKey('pkcs8', der, rsa, false, ['sign']), algorithm: rsa };
  }
  const curve = key.asymmetricKeyDetails?.namedCurve === 'secp384r1' ? 'P-384' : 'P-256';
  return { key: await webcrypto.subtle.importKey('pkcs8', der, { name: 'ECDSA', namedCurve: curve }, false, ['sign']), algorithm: { name: 'ECDSA', hash: 'SHA-256' } };
}

async function privateKeyPem(key: webcrypto.CryptoKey): Promise<string> {
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', key));
  return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }).export({ type: 'sec1', format: 'pem' }).toString();
}

/** kubeadm's pin of a CA: SHA-256 over its SubjectPublicKeyInfo. */
export async function publicKeyPin(certificatePem: string): Promise<string> {
  const spki = new X509Certificate(certificatePem).publicKey.export({ type: 'spki', format: 'der' });
  return `sha256:${Buffer.from(await webcrypto.subtle.digest('SHA-256', spki)).toString('hex')}`;
}

export const publicKeyPem = (privateKey: string): string => createPublicKey(privateKey).export({ type: 'spki', format: 'pem' }).toString();
