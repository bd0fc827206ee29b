import type { KubeObject } from '../objects/kube-object.js';
import { fieldsOf, textOf } from '../objects/kube-object.js';
import type { ObjectStore } from '../store/object-store.js';

export const bootstrapTokenType = 'bootstrap.kubernetes.io/token';
const format = /^([a-z0-9]{6})\.([a-z0-9]{16})$/;

export interface BootstrapToken {
  id: string;
  secret: string;
}

export function parseBootstrapToken(text: string): BootstrapToken | undefined {
  const [, id, secret] = format.exec(text) ?? [];
  return id !== undefined && secret !== undefined ? { id, secret } : undefined;
}

export const bootstrapSecretName = (tokenId: string): string => `bootstrap-token-${tokenId}`;

/** The Secret's fields in clear text. */
export function secretData(secret: KubeObject): Record<string, string> {
  const entries = Object.entries(fieldsOf(secret['data']));
  return Object.fromEntries(entries.map(([key, value]) => [key, Buffer.from(textOf(value) ?? '', 'base64').toString('utf8')]));
}

/**
 * Groups of a node that presents this token, or undefined when the token is unknown, wrong, expired or not meant for
 * authentication.
 */
export function bootstrapGroups(store: ObjectStore, token: BootstrapToken, now: Date): string[] | undefined {
  const secret = store.get('secrets', 'kube-system', bootstrapSecretName(token.id));
  if (secret?.['type'] !== bootstrapTokenType || secret.metadata.deletionTimestamp !== undefined) return undefined;
  const data = secretData(secret);
  if (data['token-id'] !== token.id || data['token-secret'] !== token.secret) return undefined;
  if (data['usage-bootstrap-authentication'] !== 'true' || isExpired(data, now)) return undefined;
  const extra = (data['auth-extra-groups'] ?? '').split(',').filter((group) => group.startsWith('system:bootstrappers:'));
  return ['system:bootstrappers', ...extra];
}

export function isExpired(data: Record<string, string>, now: Date): boolean {
  return data['expiration'] !== undefined && Date.parse(data['expiration']) <= now.getTime();
}
