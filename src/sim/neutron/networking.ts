import type { FastifyRequest } from 'fastify';
import { authenticate, hasProject, isAdmin, mayWrite, type ProjectToken } from '../http/authentication.js';
import type { Collection } from '../journal.js';
import type { SimContext } from '../sim-context.js';
import type { AddressDirectory } from './address-directory.js';
import type { NetworkStore, QuotaName } from './network-store.js';
import { notAllowed, notFound, overQuota, refuse, type ResourceKind } from './neutron-errors.js';

/** What Neutron's routes share. */
export interface Networking {
  context: SimContext;
  store: NetworkStore;
  directory: AddressDirectory;
}

export interface WithId {
  Params: { id: string };
}

/** The caller; throws 401 without a token and 403 for one without a project. */
export function callerOf({ context }: Networking, request: FastifyRequest): ProjectToken {
  const token = authenticate(context, request);
  if (!hasProject(token)) throw notAllowed('get_network');
  return token;
}

/** A caller who may change things; `rule` is the policy's name for what is asked. */
export function writerOf(networking: Networking, request: FastifyRequest, rule: string): ProjectToken {
  const token = callerOf(networking, request);
  if (!mayWrite(token)) throw notAllowed(rule);
  return token;
}

type Owned = { id: string; project_id: string };

/** Networks that are shared or external are seen by everybody. */
const isPublic = (record: object): boolean => ('shared' in record && record.shared === true) || ('external' in record && record.external === true);

export const canSee = (token: ProjectToken, record: Owned): boolean => isAdmin(token) || record.project_id === token.projectId || isPublic(record);

/** Throws 404 for what is not there and for what the caller may not see. */
export function getVisible<T extends Owned>(collection: Collection<T>, kind: ResourceKind, id: string, token: ProjectToken): T {
  const record = collection.get(id);
  if (!record || !canSee(token, record)) throw notFound(kind, id);
  return record;
}

/** As `getVisible`, and 403 for what is somebody else's. */
export function getOwn<T extends Owned>(collection: Collection<T>, kind: ResourceKind, id: string, token: ProjectToken, rule: string): T {
  const record = getVisible(collection, kind, id, token);
  if (!isAdmin(token) && record.project_id !== token.projectId) throw notAllowed(rule);
  return record;
}

/** The project that a new resource is for: the caller's, or for admins the one that the body names. */
export function projectFor(token: ProjectToken, attributes: Record<string, unknown>, rule: string): string {
  const named = attributes['project_id'] ?? attributes['tenant_id'];
  if (typeof named !== 'string' || named === token.projectId) return token.projectId;
  if (!isAdmin(token)) throw refuse(403, 'PolicyNotAuthorized', `rule:${rule} is disallowed by policy`);
  return named;
}

type Counted = 'networks' | 'subnets' | 'ports' | 'routers' | 'floatingAddresses' | 'securityGroups' | 'securityGroupRules';
const counted: Record<QuotaName, Counted | undefined> = {
  network: 'networks',
  subnet: 'subnets',
  subnetpool: undefined,
  port: 'ports',
  router: 'routers',
  floatingip: 'floatingAddresses',
  rbac_policy: undefined,
  security_group: 'securityGroups',
  security_group_rule: 'securityGroupRules',
};
export const quotaNames = Object.keys(counted) as QuotaName[];

export function usedOf(store: NetworkStore, name: QuotaName, projectId: string): number {
  const key = counted[name];
  if (key === undefined) return 0;
  const records: Owned[] = store[key].values();
  return records.filter((record) => record.project_id === projectId).length;
}

/** -1 is no limit, the default of a cloud for tests; Neutron never limits RBAC policies beyond its own 10. */
export const limitOf = (store: NetworkStore, name: QuotaName, projectId: string): number => store.quotas.get(projectId)?.limits[name] ?? (name === 'rbac_policy' ? 10 : -1);

/** Throws 409 OverQuota when the project may not have one more. */
export function takeQuota({ store }: Networking, name: QuotaName, projectId: string, count = 1): void {
  const limit = limitOf(store, name, projectId);
  if (limit >= 0 && usedOf(store, name, projectId) + count > limit) throw overQuota(name);
}
