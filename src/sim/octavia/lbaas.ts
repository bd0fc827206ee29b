import type { FastifyRequest } from 'fastify';
import { authenticate, hasProject, isAdmin, mayRead, mayWrite, type ProjectToken } from '../http/authentication.js';
import type { Collection } from '../journal.js';
import type { Networking } from '../neutron/networking.js';
import type { SimContext } from '../sim-context.js';
import type { Health } from './balancer/health.js';
import type { LbaasRecord, LbaasStore, LoadBalancer, QuotaName } from './lbaas-store.js';
import { immutable, notAllowed, notFound, refuse, type ResourceKind } from './octavia-errors.js';
import type { Provisioning } from './provisioning.js';

/** What Octavia's routes share. */
export interface Lbaas {
  context: SimContext;
  store: LbaasStore;
  networking: Networking;
  provisioning: Provisioning;
  /** How the members were when they were last looked at. */
  health: Health;
}

export interface WithId {
  Params: { id: string };
}
export interface WithMember {
  Params: { poolId: string; id: string };
}

/** Keystone's default roles or Octavia's own ones do; admins may everything. Throws 401 and 403. */
export function readerOf({ context }: Lbaas, request: FastifyRequest): ProjectToken {
  const token = authenticate(context, request);
  if (!hasProject(token)) throw notAllowed();
  const roles = ['load-balancer_observer', 'load-balancer_member'];
  if (!mayRead(token) && !token.roles.some((role) => roles.includes(role))) throw notAllowed();
  return token;
}

export function writerOf(lbaas: Lbaas, request: FastifyRequest): ProjectToken {
  const token = readerOf(lbaas, request);
  if (!canWrite(token)) throw notAllowed();
  return token;
}

const canWrite = (token: ProjectToken): boolean => mayWrite(token) || token.roles.includes('load-balancer_member');

export const canSee = (token: ProjectToken, { project_id }: { project_id: string }): boolean => isAdmin(token) || project_id === token.projectId;

/** Throws 404 for what is not there, and 403 for what is somebody else's. */
export function getSeen<T extends LbaasRecord>(collection: Collection<T>, kind: ResourceKind, id: string, token: ProjectToken): T {
  const record = collection.get(id);
  if (!record) throw notFound(kind, id);
  if (!canSee(token, record)) throw notAllowed();
  return record;
}

/** As `getSeen`, for a caller who wants to change it. */
export function getOwn<T extends LbaasRecord>(collection: Collection<T>, kind: ResourceKind, id: string, token: ProjectToken): T {
  const record = getSeen(collection, kind, id, token);
  if (!canWrite(token)) throw notAllowed();
  return record;
}

/** Throws 409 while something is done to the load balancer: it and all below it change one at a time. */
export function refuseImmutable(lbaas: Lbaas, loadBalancerId: string, kind: ResourceKind, id: string): LoadBalancer {
  const loadBalancer = lbaas.store.loadBalancers.get(loadBalancerId);
  if (!loadBalancer) throw notFound('Load Balancer', loadBalancerId);
  if (!['ACTIVE', 'ERROR'].includes(loadBalancer.provisioning_status)) throw immutable(kind, id);
  return loadBalancer;
}

const counted: Record<QuotaName, { of: 'loadBalancers' | 'listeners' | 'pools' | 'members' | 'monitors'; title: string } | undefined> = {
  load_balancer: { of: 'loadBalancers', title: 'Load Balancer' },
  listener: { of: 'listeners', title: 'Listener' },
  member: { of: 'members', title: 'Member' },
  pool: { of: 'pools', title: 'Pool' },
  health_monitor: { of: 'monitors', title: 'Health Monitor' },
  l7policy: undefined,
  l7rule: undefined,
};

/** -1 is no limit, which is Octavia's own default. */
export const limitOf = (store: LbaasStore, name: QuotaName, projectId: string): number => store.quotas.get(projectId)?.limits[name] ?? -1;

/** Throws 403 when the project may not have one more. */
export function takeQuota({ store }: Lbaas, name: QuotaName, projectId: string): void {
  const limit = limitOf(store, name, projectId);
  const kind = counted[name];
  if (limit < 0 || kind === undefined) return;
  const records: LbaasRecord[] = store[kind.of].values();
  if (records.filter((record) => record.project_id === projectId).length >= limit) throw refuse(403, `Quota has been met for resources: ${kind.title}`);
}

/** The project that a new resource is for: the caller's, or for admins the one that the body names. */
export function projectFor(token: ProjectToken, wanted: Record<string, unknown>): string {
  const named = wanted['project_id'] ?? wanted['tenant_id'];
  if (typeof named !== 'string' || named === token.projectId) return token.projectId;
  if (!isAdmin(token)) throw notAllowed();
  return named;
}
