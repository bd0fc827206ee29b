import type { FastifyInstance } from 'fastify';
import type { ProjectToken } from '../http/authentication.js';
import { address, boolean, number, keep, readBody, text, texts, uuid, type Attributes } from './attributes.js';
import { canSee, getOwn, getSeen, readerOf, refuseImmutable, takeQuota, writerOf, type Lbaas, type WithMember } from './lbaas.js';
import { newRecord, type Member, type Pool } from './lbaas-store.js';
import { listed, picked } from './listing.js';
import { noSuchPoolInPath, notAllowed, notFound, refuse } from './octavia-errors.js';
import { pending } from './provisioning.js';
import { memberView } from './views.js';

const updatable: Attributes = {
  ...{ name: text, admin_state_up: boolean, tags: texts, weight: number(0, 256), backup: boolean },
  ...{ monitor_address: address, monitor_port: number(1, 65_535) },
};
const creatable: Attributes = { ...updatable, address, protocol_port: number(1, 65_535), subnet_id: uuid, vnic_type: text, project_id: text, tenant_id: text };
const filters = ['id', 'name', 'project_id', 'tenant_id', 'provisioning_status', 'operating_status', 'admin_state_up', 'address', 'protocol_port', 'weight', 'subnet_id'];

export function memberRoutes(app: FastifyInstance, prefix: string, lbaas: Lbaas): void {
  const { store } = lbaas;
  const path = `${prefix}/lbaas/pools/:poolId/members`;

  app.get<WithMember>(path, (request) => {
    const pool = poolOf(lbaas, request.params.poolId, readerOf(lbaas, request));
    return listed(request, 'members', store.membersOf(pool.id).map((each) => memberView(lbaas, each)), filters);
  });

  app.post<WithMember>(path, (request, reply) => {
    const caller = writerOf(lbaas, request);
    const wanted = readBody(request.body, 'member', { known: creatable, required: ['address', 'protocol_port'] }) as Partial<Member>;
    const pool = poolOf(lbaas, request.params.poolId, caller);
    const { address: host = '', protocol_port: port = 0 } = wanted;
    takeQuota(lbaas, 'member', pool.project_id);
    const loadBalancer = refuseImmutable(lbaas, pool.loadbalancer_id, 'Pool', pool.id);
    if (store.membersOf(pool.id).some((other) => other.address === host && other.protocol_port === port)) {
      throw refuse(409, `Another member on this pool is already using ip ${host} on protocol_port ${port}`);
    }
    const member: Member = {
      ...newRecord(pool.project_id),
      pool_id: pool.id,
      address: host,
      protocol_port: port,
      weight: 1,
      backup: false,
      subnet_id: wanted.subnet_id ?? null,
      monitor_address: null,
      monitor_port: null,
      ...keep(wanted, changeable),
    };
    store.members.put(member);
    lbaas.provisioning.start(pending(store.loadBalancers, loadBalancer, 'PENDING_UPDATE'));
    reply.code(201);
    return { member: memberView(lbaas, member) };
  });

  app.get<WithMember>(`${path}/:id`, (request) => ({ member: picked(request, memberView(lbaas, memberOf(lbaas, request.params, readerOf(lbaas, request)))) }));

  app.put<WithMember>(`${path}/:id`, (request) => {
    const member = getOwn(store.members, 'Member', memberOf(lbaas, request.params, readerOf(lbaas, request)).id, readerOf(lbaas, request));
    const wanted = readBody(request.body, 'member', { known: updatable }) as Partial<Member>;
    const loadBalancer = refuseImmutable(lbaas, loadBalancerIdOf(lbaas, member), 'Member', member.id);
    const changed = pending(store.members, { ...member, ...keep(wanted, changeable) }, 'PENDING_UPDATE');
    lbaas.provisioning.start(pending(store.loadBalancers, loadBalancer, 'PENDING_UPDATE'));
    return { member: memberView(lbaas, changed) };
  });

  app.delete<WithMember>(`${path}/:id`, (request, reply) => {
    const member = getOwn(store.members, 'Member', memberOf(lbaas, request.params, readerOf(lbaas, request)).id, readerOf(lbaas, request));
    const loadBalancer = refuseImmutable(lbaas, loadBalancerIdOf(lbaas, member), 'Member', member.id);
    pending(store.members, member, 'PENDING_DELETE');
    lbaas.provisioning.start(pending(store.loadBalancers, loadBalancer, 'PENDING_UPDATE'));
    return reply.code(204).send();
  });
}

/** Throws 404 in a form of its own for a pool that is not there. */
function poolOf({ store }: Lbaas, id: string, caller: ProjectToken): Pool {
  const pool = store.pools.get(id);
  if (!pool) throw noSuchPoolInPath(id);
  if (!canSee(caller, pool)) throw notAllowed();
  return pool;
}

function memberOf(lbaas: Lbaas, { poolId, id }: WithMember['Params'], caller: ProjectToken): Member {
  const pool = poolOf(lbaas, poolId, caller);
  const member = getSeen(lbaas.store.members, 'Member', id, caller);
  if (member.pool_id !== pool.id) throw notFound('Member', id);
  return member;
}

const loadBalancerIdOf = ({ store }: Lbaas, { pool_id: poolId }: Member): string => store.pools.get(poolId)?.loadbalancer_id ?? '';

const changeable = ['name', 'admin_state_up', 'tags', 'weight', 'backup', 'monitor_address', 'monitor_port'] as const;
