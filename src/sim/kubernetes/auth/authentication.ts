import type { KeyObject } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { TLSSocket, type PeerCertificate } from 'node:tls';
import { unauthorized } from '../api/status-error.js';
import type { ObjectStore } from '../store/object-store.js';
import { bootstrapGroups, parseBootstrapToken } from './bootstrap-token.js';
import { serviceAccountOf } from './service-account-token.js';
import { anonymous, authenticated, type User } from './user.js';

/**
 * Who sends a request: a client certificate of the cluster's CA (CN is the user, O the groups), a bearer token, or nobody.
 * @throws StatusError 401 when credentials are there but not good: never taken for anonymous.
 */
export function authenticate(store: ObjectStore, serviceAccountKey: KeyObject, request: IncomingMessage, now = new Date()): User {
  const byCertificate = request.socket instanceof TLSSocket ? userOfCertificate(request.socket) : undefined;
  if (byCertificate) return byCertificate;
  const bearer = /^Bearer\s+(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (bearer === undefined) {
    if (request.headers.authorization !== undefined) throw unauthorized();
    return anonymous;
  }
  const bootstrap = parseBootstrapToken(bearer);
  if (bootstrap) {
    const groups = bootstrapGroups(store, bootstrap, now);
    if (groups) return authenticated(`system:bootstrap:${bootstrap.id}`, groups);
  }
  const account = serviceAccountOf(store, bearer, serviceAccountKey, now);
  if (!account) throw unauthorized();
  return account;
}

/** A connection keeps its certificate; reading it anew for each request would cost more than the request. */
const known = new WeakMap<TLSSocket, User>();

/** The handshake accepts any certificate; one that the cluster's CA did not sign (or that is over) is refused here with 401. */
function userOfCertificate(socket: TLSSocket): User | undefined {
  const remembered = known.get(socket);
  if (remembered) return remembered;
  // Null once the connection is gone: then the answer reaches nobody anyway.
  const certificate = socket.getPeerCertificate() as PeerCertificate | null;
  if (!certificate) throw unauthorized();
  // Node answers an empty object when the client sent none, whatever the declared type says.
  if (Object.keys(certificate).length === 0) return undefined;
  if (!socket.authorized) throw unauthorized();
  const { CN, O } = certificate.subject as { CN?: string | string[]; O?: string | string[] };
  const user = authenticated([CN ?? ''].flat()[0] ?? '', [O ?? []].flat());
  known.set(socket, user);
  return user;
}
