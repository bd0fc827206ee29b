import 'reflect-metadata';
import { randomBytes, webcrypto } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  BasicConstraintsExtension,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';

export interface OwnSecrets {
  readonly sealingKeyFile: string;
  readonly nodeCaFile: string;
  readonly nodeCertFile: string;
  readonly nodeKeyFile: string;
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const validYears = 10;

/** What `npm start` makes once for itself: the sealing key and node-api's CA and certificate (for 127.0.0.1). */
export async function ensureOwnSecrets(folder: string): Promise<OwnSecrets> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const files = {
    sealingKeyFile: join(folder, 'sealing-key'),
    nodeCaFile: join(folder, 'node-api-ca.pem'),
    nodeCertFile: join(folder, 'node-api.pem'),
    nodeKeyFile: join(folder, 'node-api-key.pem'),
  };
  if (!existsSync(files.sealingKeyFile)) writeSecret(files.sealingKeyFile, randomBytes(32).toString('base64'));
  if (!existsSync(files.nodeCertFile)) await writeNodeApiCertificate(files);
  return files;
}

async function writeNodeApiCertificate(files: OwnSecrets): Promise<void> {
  const { subtle } = webcrypto;
  const caKeys = await subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const keys = await subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const notBefore = new Date(Date.now() - 86_400_000);
  const notAfter = new Date(Date.now() + validYears * 365 * 86_400_000);
  const ca = await X509CertificateGenerator.createSelfSigned({
    name: 'CN=Jeroboam node-api CA',
    notBefore,
    notAfter,
    keys: caKeys,
    signingAlgorithm: algorithm,
    extensions: [new BasicConstraintsExtension(true, 0, true), new KeyUsagesExtension(KeyUsageFlags.keyCertSign, true)],
  });
  const leaf = await X509CertificateGenerator.create({
    subject: 'CN=Jeroboam node-api',
    issuer: ca.subjectName,
    notBefore,
    notAfter,
    publicKey: keys.publicKey,
    signingKey: caKeys.privateKey,
    signingAlgorithm: algorithm,
    extensions: [
      new SubjectAlternativeNameExtension([
        { type: 'ip', value: '127.0.0.1' },
        { type: 'dns', value: 'localhost' },
      ]),
      new ExtendedKeyUsageExtension(['1.3.6.1.5.5.7.3.1']),
    ],
  });
  const pkcs8 = Buffer.from(await subtle.exportKey('pkcs8', keys.privateKey)).toString('base64');
  writeFileSync(files.nodeCaFile, `${ca.toString('pem')}\n`);
  writeSecret(files.nodeKeyFile, `-----BEGIN PRIVATE KEY-----\n${pkcs8.replace(/.{64}/g, '$&\n').trimEnd()}\n-----END PRIVATE KEY-----\n`);
  // Last, because its presence says that all three are there.
  writeFileSync(files.nodeCertFile, `${leaf.toString('pem')}\n`);
}

const writeSecret = (file: string, text: string): void => writeFileSync(file, text, { mode: 0o600 });
