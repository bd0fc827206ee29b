import 'reflect-metadata'; // x509's container refuses to load without it
import { randomBytes, type webcrypto } from 'node:crypto';
import {
  AuthorityKeyIdentifierExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
  type Extension,
  type Name,
  type PublicKey,
} from '@peculiar/x509';
import type { KeyPairPem } from '../../driver-contract/index.js';
import { importSigningKey } from './keys.js';

const dayMs = 24 * 60 * 60 * 1000;

/** Magnum's term_of_validity: five years, for authorities and for what people get signed. */
export const defaultTermDays = 1825;

/** From one day ago, so that a machine whose clock is behind accepts it at once; the term counts from then. */
export function validity(now: Date, days: number): { notBefore: Date; notAfter: Date } {
  const notBefore = new Date(now.getTime() - dayMs);
  return { notBefore, notAfter: new Date(notBefore.getTime() + days * dayMs) };
}

/** 127 random bits, never negative and never zero. */
export function drawSerialNumber(): string {
  const bytes = randomBytes(16);
  bytes.writeUInt8((bytes.readUInt8(0) & 0x7f) | 0x40, 0);
  return bytes.toString('hex');
}

export interface CertificateContent {
  readonly subject: Name;
  readonly publicKey: PublicKey | webcrypto.CryptoKey;
  readonly extensions: readonly Extension[];
  readonly now: Date;
  readonly days: number;
}

/** A certificate signed by an authority; the two key identifiers are added. PEM, without a newline at its end. */
export async function signCertificate(ca: KeyPairPem, { subject, publicKey, extensions, now, days }: CertificateContent): Promise<string> {
  const authority = new X509Certificate(ca.certificatePem);
  const certificate = await X509CertificateGenerator.create({
    serialNumber: drawSerialNumber(),
    subject,
    issuer: authority.subjectName,
    ...validity(now, days),
    publicKey,
    signingKey: await importSigningKey(ca.privateKeyPem),
    signingAlgorithm: { name: 'ECDSA', hash: 'SHA-256' },
    extensions: [
      ...extensions,
      await SubjectKeyIdentifierExtension.create(publicKey),
      await AuthorityKeyIdentifierExtension.create(authority.publicKey),
    ],
  });
  return certificate.toString('pem').trimEnd();
}
