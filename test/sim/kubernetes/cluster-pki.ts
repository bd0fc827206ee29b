import 'reflect-metadata';
import { generateKeyPairSync, createPrivateKey, webcrypto } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BasicConstraintsExtension, ExtendedKeyUsage, ExtendedKeyUsageExtension, X509Certificate, X509CertificateGenerator } from '@peculiar/x509';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const hour = 3_600_000;

export interface Authority {
  certPem: string;
  certificate: X509Certificate;
  privateKey: webcrypto.CryptoKey;
  keyPem: string;
}

export interface ClientIdentity {
  cert: string;
  key: string;
}

async function pemOf(key: webcrypto.CryptoKey): Promise<string> {
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', key));
  return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }).export({ type: 'pkcs8', format: 'pem' }).toString();
}

const validity = (): { notBefore: Date; notAfter: Date } => ({ notBefore: new Date(Date.now() - hour), notAfter: new Date(Date.now() + 24 * hour) });

export async function makeAuthority(name: string): Promise<Authority> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: [{ CN: [name] }],
    keys,
    signingAlgorithm: algorithm,
    extensions: [new BasicConstraintsExtension(true, undefined, true)],
    ...validity(),
  });
  return { certificate, certPem: certificate.toString('pem'), privateKey: keys.privateKey, keyPem: await pemOf(keys.privateKey) };
}

export async function issueClient(authority: Authority, user: string, groups: string[] = []): Promise<ClientIdentity> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.create({
    issuer: authority.certificate.subject,
    subject: [{ CN: [user] }, ...groups.map((group) => ({ O: [group] }))],
    publicKey: keys.publicKey,
    signingKey: authority.privateKey,
    signingAlgorithm: algorithm,
    extensions: [new ExtendedKeyUsageExtension([ExtendedKeyUsage.clientAuth])],
    ...validity(),
  });
  return { cert: certificate.toString('pem'), key: await pemOf(keys.privateKey) };
}

/** Lays out a certificates folder as kubeadm does. */
export async function writePki(directory: string): Promise<Authority> {
  mkdirSync(join(directory, 'etcd'), { recursive: true });
  const write = (file: string, content: string): void => writeFileSync(join(directory, file), content);
  const cluster = await makeAuthority('kubernetes');
  for (const [file, authority] of [['ca', cluster], ['front-proxy-ca', await makeAuthority('front-proxy-ca')], ['etcd/ca', await makeAuthority('etcd-ca')]] as const) {
    write(`${file}.crt`, authority.certPem);
    write(`${file}.key`, authority.keyPem);
  }
  const account = generateKeyPairSync('rsa', { modulusLength: 2048 });
  write('sa.key', account.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
  write('sa.pub', account.publicKey.export({ type: 'spki', format: 'pem' }).toString());
  return cluster;
}
