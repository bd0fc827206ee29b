import { createSign, createVerify, type KeyObject } from 'node:crypto';
import { fieldsOf, textOf, valueAt, type KubeObject } from '../objects/kube-object.js';
import type { ObjectStore } from '../store/object-store.js';
import { authenticated, type User } from './user.js';

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** RSA keys sign RS256; EC keys (P-256) ES256, whose signature in a JWT is r and s without ASN.1. */
const algorithmOf = (key: KeyObject): 'RS256' | 'ES256' => (key.asymmetricKeyType === 'rsa' ? 'RS256' : 'ES256');
const signingInput = (key: KeyObject): { key: KeyObject; dsaEncoding: 'ieee-p1363' } => ({ key, dsaEncoding: 'ieee-p1363' });

/** A token as the TokenRequest API hands out: bound to the account's uid, with an end. */
export function issueServiceAccountToken(account: KubeObject, signer: KeyObject, expirationSeconds: number, now: Date): { token: string; expires: Date } {
  const { name, namespace = '', uid } = account.metadata;
  const issuedAt = Math.floor(now.getTime() / 1000);
  const claims = {
    iss: 'https://kubernetes.default.svc.cluster.local',
    aud: ['https://kubernetes.default.svc.cluster.local'],
    sub: `system:serviceaccount:${namespace}:${name}`,
    iat: issuedAt,
    nbf: issuedAt,
    exp: issuedAt + expirationSeconds,
    'kubernetes.io': { namespace, serviceaccount: { name, uid } },
  };
  const content = `${encode({ alg: algorithmOf(signer), typ: 'JWT' })}.${encode(claims)}`;
  const signature = createSign('sha256').update(content).sign(signingInput(signer)).toString('base64url');
  return { token: `${content}.${signature}`, expires: new Date((issuedAt + expirationSeconds) * 1000) };
}

/** The account that a token speaks for, or undefined when the token is forged, over, or its account is gone. */
export function serviceAccountOf(store: ObjectStore, token: string, verifier: KeyObject, now: Date): User | undefined {
  const [header, payload, signature] = token.split('.');
  if (header === undefined || payload === undefined || signature === undefined) return undefined;
  const isGenuine = createVerify('sha256').update(`${header}.${payload}`).verify(signingInput(verifier), Buffer.from(signature, 'base64url'));
  const claims = isGenuine ? parse(payload) : undefined;
  if (!claims || typeof claims['exp'] !== 'number' || claims['exp'] * 1000 <= now.getTime()) return undefined;
  const namespace = textOf(valueAt(claims, 'kubernetes.io', 'namespace')) ?? '';
  const account = fieldsOf(valueAt(claims, 'kubernetes.io', 'serviceaccount'));
  const name = textOf(account['name']) ?? '';
  if (store.get('serviceaccounts', namespace, name)?.metadata.uid !== account['uid']) return undefined;
  return authenticated(`system:serviceaccount:${namespace}:${name}`, ['system:serviceaccounts', `system:serviceaccounts:${namespace}`]);
}

function parse(payload: string): Record<string, unknown> | undefined {
  try {
    return fieldsOf(JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
