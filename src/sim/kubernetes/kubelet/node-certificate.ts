import 'reflect-metadata';
import { createPrivateKey, randomBytes, webcrypto } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Pkcs10CertificateRequestGenerator } from '@peculiar/x509';
import type { KeyPair } from '../kubeadm/pki.js';
import { textOf, valueAt } from '../objects/kube-object.js';
import type { NodeClient } from './node-client.js';

/** A token that is refused, an endpoint that does not answer, a CA that is another one: the join ends with this. */
export class JoinError extends Error {}

const path = '/apis/certificates.k8s.io/v1/certificatesigningrequests';
const signingDeadlineMs = 15_000;
const pollMs = 50;

/** Gets the kubelet's client certificate with its bootstrap token, as TLS bootstrapping does: request, approval, download. */
export async function requestNodeCertificate(client: NodeClient, nodeName: string): Promise<KeyPair> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const request = await Pkcs10CertificateRequestGenerator.create({
    name: [{ O: ['system:nodes'] }, { CN: [`system:node:${nodeName}`] }],
    keys,
    signingAlgorithm: algorithm,
  });
  const name = `node-csr-${randomBytes(12).toString('hex')}`;
  await submit(client, name, request.toString('pem'));
  const certPem = await download(client, name);
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey));
  return { certPem, keyPem: createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }).export({ type: 'pkcs8', format: 'pem' }).toString() };
}

async function submit(client: NodeClient, name: string, requestPem: string): Promise<void> {
  const body = {
    apiVersion: 'certificates.k8s.io/v1',
    kind: 'CertificateSigningRequest',
    metadata: { name },
    spec: { request: Buffer.from(requestPem).toString('base64'), signerName: 'kubernetes.io/kube-apiserver-client-kubelet', usages: ['digital signature', 'client auth'] },
  };
  const answer = await client.call('POST', path, body);
  if (answer.status === 401) throw new JoinError('the API server refuses the bootstrap token: it is unknown, expired or not meant for authentication');
  if (answer.status !== 201) throw new JoinError(`the certificate request was refused: ${answer.status} ${textOf(answer.body['message']) ?? ''}`);
}

async function download(client: NodeClient, name: string): Promise<string> {
  const deadline = Date.now() + signingDeadlineMs;
  while (Date.now() < deadline) {
    const { body } = await client.call('GET', `${path}/${name}`);
    const certificate = textOf(valueAt(body, 'status', 'certificate'));
    if (certificate !== undefined) return Buffer.from(certificate, 'base64').toString('utf8');
    await delay(pollMs);
  }
  throw new JoinError(`the certificate request ${name} was not approved in ${signingDeadlineMs} ms`);
}

const fileIn = (stateDir: string): string => join(stateDir, 'pki', 'kubelet-client-current.pem');

/** The kubelet keeps certificate and key in one file. */
export function storeNodeCertificate(stateDir: string, { certPem, keyPem }: KeyPair): void {
  mkdirSync(join(stateDir, 'pki'), { recursive: true, mode: 0o700 });
  writeFileSync(fileIn(stateDir), `${certPem.trim()}\n${keyPem}`, { mode: 0o600 });
}

export function storedNodeCertificate(stateDir: string | undefined): KeyPair | undefined {
  if (stateDir === undefined || !existsSync(fileIn(stateDir))) return undefined;
  const text = readFileSync(fileIn(stateDir), 'utf8');
  const keyAt = text.indexOf('-----BEGIN PRIVATE KEY-----');
  return keyAt < 0 ? undefined : { certPem: text.slice(0, keyAt), keyPem: text.slice(keyAt) };
}
