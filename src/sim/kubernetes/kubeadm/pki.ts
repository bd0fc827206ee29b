import 'reflect-metadata';
import { X509Certificate, createPrivateKey, createPublicKey, webcrypto, type KeyObject } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  Pkcs10CertificateRequest,
  SubjectAlternativeNameExtension,
  X509Certificate as SignedCertificate,
  X509CertificateGenerator,
} from '@peculiar/x509';

export class PkiError extends Error {}

export interface ClusterPki {
  caPem: string;
  caKey: KeyObject;
  /** SHA-256 of the CA certificate: what tells clusters apart in one process. */
  caFingerprint: string;
  serviceAccountPublicKey: KeyObject;
  serviceAccountPrivateKey: KeyObject;
  etcd: {
    caPem: string;
    caKey: KeyObject;
    /** What the member shows to its clients, when kubeadm has made it. */
    server?: KeyPair;
  };
}

export interface KeyPair {
  certPem: string;
  keyPem: string;
}

/** Files that kubeadm would make or find before it starts a control plane. */
const requiredFiles = ['ca.crt', 'ca.key', 'sa.key', 'sa.pub', 'front-proxy-ca.crt', 'front-proxy-ca.key', 'etcd/ca.crt', 'etcd/ca.key'];

/** Reads what kubeadm lays out in its certificates folder. @throws PkiError that names what is missing or does not fit. */
export function readPki(directory: string): ClusterPki {
  const missing = requiredFiles.filter((file) => !existsSync(join(directory, file)));
  if (missing.length > 0) throw new PkiError(`missing in ${directory}: ${missing.join(', ')}`);
  const read = (file: string): string => readFileSync(join(directory, file), 'utf8');
  for (const ca of ['ca', 'front-proxy-ca', 'etcd/ca']) {
    const certificate = parse(`${ca}.crt`, () => new X509Certificate(read(`${ca}.crt`)));
    const key = parse(`${ca}.key`, () => createPrivateKey(read(`${ca}.key`)));
    if (!certificate.checkPrivateKey(key)) throw new PkiError(`${ca}.key does not belong to ${ca}.crt`);
  }
  const caPem = read('ca.crt');
  return {
    caPem,
    caKey: parse('ca.key', () => createPrivateKey(read('ca.key'))),
    caFingerprint: fingerprintOf(caPem),
    serviceAccountPublicKey: parse('sa.pub', () => createPublicKey(read('sa.pub'))),
    serviceAccountPrivateKey: parse('sa.key', () => createPrivateKey(read('sa.key'))),
    etcd: {
      caPem: read('etcd/ca.crt'),
      caKey: parse('etcd/ca.key', () => createPrivateKey(read('etcd/ca.key'))),
      ...(existsSync(join(directory, 'etcd/server.crt')) && { server: { certPem: read('etcd/server.crt'), keyPem: read('etcd/server.key') } }),
    },
  };
}

export const fingerprintOf = (caPem: string): string => new X509Certificate(caPem).fingerprint256;

function parse<T>(file: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new PkiError(`${file}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

const dayMs = 86_400_000;
const signing = { name: 'ECDSA', hash: 'SHA-256' };
const keyAlgorithm = { name: 'ECDSA', namedCurve: 'P-256' };

interface LeafRequest {
  commonName: string;
  organizations?: string[];
  /** DNS names and addresses; given for servers only. */
  sans?: string[];
  usage: 'server' | 'client';
}

/** A key and a certificate for it, signed by the cluster's CA for a year, as kubeadm does. */
export async function issueCertificate(pki: Pick<ClusterPki, 'caPem' | 'caKey'>, request: LeafRequest): Promise<KeyPair> {
  const keys = await webcrypto.subtle.generateKey(keyAlgorithm, true, ['sign', 'verify']);
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey));
  const keyPem = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }).export({ type: 'pkcs8', format: 'pem' }).toString();
  return { keyPem, certPem: await sign(pki, keys.publicKey, request) };
}

/** Signs a kubelet's request as the controller manager does. @throws PkiError for a request that is no valid PKCS#10. */
export async function signClientRequest(pki: Pick<ClusterPki, 'caPem' | 'caKey'>, requestPem: string): Promise<string> {
  const request = parseRequest(requestPem);
  if (!(await request.verify())) throw new PkiError('certificate request is not signed by its own key');
  const { commonName, organizations } = subjectOf(requestPem);
  const publicKey = await webcrypto.subtle.importKey('spki', request.publicKey.rawData, keyAlgorithm, true, ['verify']);
  return sign(pki, publicKey, { commonName, organizations, usage: 'client' });
}

const parseRequest = (pem: string): Pkcs10CertificateRequest => parse('certificate request', () => new Pkcs10CertificateRequest(pem));

/** CN and O of a request. @throws PkiError when it is none. */
export function subjectOf(requestPem: string): { commonName: string; organizations: string[] } {
  const request = parseRequest(requestPem);
  return { commonName: request.subjectName.getField('CN')[0] ?? '', organizations: request.subjectName.getField('O') };
}

async function sign(pki: Pick<ClusterPki, 'caPem' | 'caKey'>, publicKey: webcrypto.CryptoKey, request: LeafRequest): Promise<string> {
  const ca = new SignedCertificate(pki.caPem);
  const { algorithm, key } = await importCaKey(pki.caKey);
  const certificate = await X509CertificateGenerator.create({
    // The name as it is encoded, as kubeadm does: Go compares issuers byte by byte.
    issuer: ca.subjectName,
      subject: [{ CN: [request.commonName] }, ...(request.organizations ?? []).map((name) => ({ O: [name] }))],
      notBefore: new Date(Date.now() - 5 * 60_000),
      notAfter: new Date(Math.min(Date.now() + 365 * dayMs, ca.notAfter.getTime())),
      publicKey,
      signingKey: key,
      signingAlgorithm: algorithm,
      extensions: [
        new BasicConstraintsExtension(false, undefined, true),
        new KeyUsagesExtension(KeyUsageFlags.digitalSignature | KeyUsageFlags.keyEncipherment, true),
        new ExtendedKeyUsageExtension([request.usage === 'server' ? ExtendedKeyUsage.serverAuth : ExtendedKeyUsage.clientAuth]),
        ...(request.sans ? [new SubjectAlternativeNameExtension(request.sans.map((value) => ({ type: isIP(value) ? 'ip' : 'dns', value })))] : []),
      ],
  });
  return certificate.toString('pem');
}

async function importCaKey(caKey: KeyObject): Promise<{ algorithm: { name: string; hash: string }; key: webcrypto.CryptoKey }> {
  const der = caKey.export({ type: 'pkcs8', format: 'der' });
  if (caKey.asymmetricKeyType === 'rsa') {
    const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
    return { algorithm, key: await webcrypto.subtle.importKey('pkcs8', der, algorithm, false, ['sign']) };
  }
  return { algorithm: signing, key: await webcrypto.subtle.importKey('pkcs8', der, keyAlgorithm, false, ['sign']) };
}
