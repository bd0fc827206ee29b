import 'reflect-metadata'; // x509's container refuses to load without it
import { isIP } from 'node:net';
import { createHash, X509Certificate as NodeCertificate } from 'node:crypto';
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  Name,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
  type Extension,
} from '@peculiar/x509';
import type { KeyPairPem } from '../../driver-contract/index.js';
import { defaultTermDays, drawSerialNumber, signCertificate, validity } from './certificate.js';
import { generateEcKeyPair } from './keys.js';

/** X.509 allows 64 characters in a common name, and OpenSSL holds people to it; cluster names may have 242. */
const commonNameLengthMax = 64;

const commonName = (text: string): { CN: { utf8String: string }[] } => ({ CN: [{ utf8String: text.slice(0, commonNameLengthMax) }] });

/** A new self-signed authority (P-256) that signs certificates of machines and people, but no further authorities. */
export async function createCa(name: string, { now, days = defaultTermDays }: { readonly now: Date; readonly days?: number }): Promise<KeyPairPem> {
  const keys = await generateEcKeyPair();
  const certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber: drawSerialNumber(),
    name: new Name([commonName(name)]),
    ...validity(now, days),
    keys,
    signingAlgorithm: { name: 'ECDSA', hash: 'SHA-256' },
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificatePem: certificate.toString('pem'), privateKeyPem: keys.privateKeyPem };
}

/** A new key and its certificate for a client. Kubernetes reads the common name as the user and organisations as groups. */
export async function issueClientCertificate(
  ca: KeyPairPem,
  client: { readonly commonName: string; readonly organization?: string; readonly days: number; readonly now: Date },
): Promise<KeyPairPem> {
  const organization = client.organization === undefined ? [] : [{ O: [{ utf8String: client.organization }] }];
  const subject = new Name([...organization, commonName(client.commonName)]);
  return issue(ca, { subject, usage: ExtendedKeyUsage.clientAuth, extensions: [], ...client });
}

/** A new key and its certificate for a server; `names` are DNS names and addresses. */
export async function issueServerCertificate(
  ca: KeyPairPem,
  server: { readonly commonName: string; readonly names: readonly string[]; readonly days: number; readonly now: Date },
): Promise<KeyPairPem> {
  const names = server.names.map((value) => ({ type: isIP(value) === 0 ? ('dns' as const) : ('ip' as const), value }));
  const subject = new Name([commonName(server.commonName)]);
  return issue(ca, { subject, usage: ExtendedKeyUsage.serverAuth, extensions: [new SubjectAlternativeNameExtension(names)], ...server });
}

async function issue(
  ca: KeyPairPem,
  leaf: { readonly subject: Name; readonly usage: ExtendedKeyUsage; readonly extensions: readonly Extension[]; readonly days: number; readonly now: Date },
): Promise<KeyPairPem> {
  const { publicKey, privateKeyPem } = await generateEcKeyPair();
  const extensions = [
    new BasicConstraintsExtension(false, undefined, true),
    new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
    new ExtendedKeyUsageExtension([leaf.usage]),
    ...leaf.extensions,
  ];
  const certificatePem = await signCertificate(ca, { subject: leaf.subject, publicKey, extensions, now: leaf.now, days: leaf.days });
  return { certificatePem: `${certificatePem}\n`, privateKeyPem };
}

/** `sha256:<hex>` of the authority's public key, as kubeadm's discovery pins it. */
export function caCertHash(caCertificatePem: string): string {
  const key = new NodeCertificate(caCertificatePem).publicKey.export({ type: 'spki', format: 'der' });
  return `sha256:${createHash('sha256').update(key).digest('hex')}`;
}
