import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { isAdmin } from '../http/authentication.js';
import { ServiceError } from '../http/service-error.js';
import { objectAt, textAt } from '../json.js';
import { badRequest, callerOf, writerOf, type Compute } from './compute.js';
import { databaseTime, type Keypair } from './compute-store.js';

interface WithName {
  Params: { name: string };
}

export const keypairId = (userId: string, name: string): string => `${userId}/${name}`;

export function keypairRoutes(app: FastifyInstance, compute: Compute): void {
  const { store } = compute;

  app.get('/v2.1/os-keypairs', (request) => {
    const userId = ownerOf(compute, request);
    const own = store.keypairs.filter((keypair) => keypair.user_id === userId);
    return { keypairs: own.map((keypair) => ({ keypair: briefView(keypair, request.microversion) })) };
  });

  app.post('/v2.1/os-keypairs', (request, reply) => {
    const caller = writerOf(compute, request, 'os-keypairs:create');
    const wanted = objectAt(request.body, 'keypair');
    const [name, publicKey] = [textAt(wanted, 'name'), textAt(wanted, 'public_key')];
    if (name === undefined || name === '' || name.length > 255) throw badRequest(`Invalid input for field/attribute name. Value: ${String(name)}.`);
    // Making a key pair for somebody ends with 2.92; here it never began.
    if (publicKey === undefined) throw badRequest('Keypair data is invalid: public_key is required by this simulated cloud');
    if (store.keypairs.get(keypairId(caller.userId, name))) throw new ServiceError(409, `Key pair '${name}' already exists.`);
    const keypair = store.keypairs.put(newKeypair(compute, caller.userId, name, publicKey));
    reply.code(request.microversion >= 2 ? 201 : 200);
    return { keypair: { ...briefView(keypair, request.microversion), user_id: keypair.user_id } };
  });

  app.get<WithName>('/v2.1/os-keypairs/:name', (request) => {
    const keypair = getKeypair(compute, ownerOf(compute, request), request.params.name);
    const { number, user_id, created_at } = keypair;
    return { keypair: { ...briefView(keypair, request.microversion), user_id, created_at, deleted: false, deleted_at: null, id: number, updated_at: null } };
  });

  app.delete<WithName>('/v2.1/os-keypairs/:name', (request, reply) => {
    writerOf(compute, request, 'os-keypairs:delete');
    store.keypairs.delete(getKeypair(compute, ownerOf(compute, request), request.params.name).id);
    return reply.code(request.microversion >= 2 ? 204 : 202).send();
  });
}

/** From 2.10 on admins may look at another user's keypairs. */
function ownerOf(compute: Compute, request: FastifyRequest): string {
  const caller = callerOf(compute, request, 'os-keypairs:index');
  const { user_id: named } = request.query as Record<string, string | undefined>;
  return named !== undefined && request.microversion >= 10 && isAdmin(caller) ? named : caller.userId;
}

function getKeypair({ store }: Compute, userId: string, name: string): Keypair {
  const keypair = store.keypairs.get(keypairId(userId, name));
  if (!keypair) throw new ServiceError(404, `Keypair ${name} not found for user ${userId}`);
  return keypair;
}

export function newKeypair({ store }: Pick<Compute, 'store'>, userId: string, name: string, publicKey: string): Keypair {
  const number = store.keypairs.values().reduce((highest, keypair) => Math.max(highest, keypair.number), 0) + 1;
  return { id: keypairId(userId, name), number, user_id: userId, name, public_key: publicKey, fingerprint: fingerprintOf(publicKey), created_at: databaseTime() };
}

/** MD5 over the key's blob, as Nova prints it. Throws 400 for what is no OpenSSH public key. */
function fingerprintOf(publicKey: string): string {
  const [type = '', data = ''] = publicKey.trim().split(/\s+/);
  const blob = Buffer.from(data, 'base64');
  // The blob begins with the length and name of the key's type.
  const named = blob.length > 4 ? blob.subarray(4, 4 + blob.readUInt32BE(0)).toString() : '';
  if (named !== type || type === '') throw badRequest('Keypair data is invalid: failed to generate fingerprint');
  return createHash('md5').update(blob).digest('hex').replaceAll(/(..)(?=.)/g, '$1:');
}

function briefView({ name, public_key, fingerprint }: Keypair, microversion: number): Record<string, unknown> {
  return { name, public_key, fingerprint, ...(microversion >= 2 && { type: 'ssh' }) };
}
