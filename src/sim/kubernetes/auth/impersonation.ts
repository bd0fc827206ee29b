import type { IncomingMessage } from 'node:http';
import type { ObjectStore } from '../store/object-store.js';
import { forbidden, isAllowed, type AccessAttributes } from './authorization.js';
import { authenticated, type User } from './user.js';

const impersonating = (plural: string, name: string): AccessAttributes => ({ isResource: true, verb: 'impersonate', group: '', plural, name, path: '' });

/** `kubectl --as=…`: acts as somebody else, if the user may. @throws StatusError 403 when not. */
export function impersonated(store: ObjectStore, user: User, { headersDistinct }: IncomingMessage): User {
  const [name] = headersDistinct['impersonate-user'] ?? [];
  if (name === undefined) return user;
  const groups = headersDistinct['impersonate-group'] ?? [];
  for (const access of [impersonating('users', name), ...groups.map((group) => impersonating('groups', group))]) if (!isAllowed(store, user, access)) throw forbidden(user, access);
  return authenticated(name, groups);
}
