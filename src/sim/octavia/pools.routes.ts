import type { FastifyInstance } from 'fastify';
import { boolean, keep, object, oneOf, readBody, text, texts, uuid, type Attributes } from './attributes.js';
import { canSee, getOwn, getSeen, readerOf, refuseImmutable, takeQuota, writerOf, type Lbaas, type WithId } from './lbaas.js';
import { newRecord, type Pool } from './lbaas-store.js';
import { listed, picked } from './listing.js';
import { refuseForeignProject } from './load-balancers.routes.js';
import { invalid, refuse } from './octavia-errors.js';
import { pending } from './provisioning.js';
import { poolView } from './views.js';

const protocols = ['HTTP', 'HTTPS', 'PROXY', 'PROXYV2', 'TCP', 'UDP', 'SCTP'];
const algorithms = oneOf('LEAST_CONNECTIONS', 'SOURCE_IP', 'SOURCE_IP_PORT', 'ROUND_ROBIN');
const updatable: Attributes = { name: text, description: text, admin_state_up: boolean, tags: texts, lb_algorithm: algorithms, session_persistence: object, tls_enabled: boolean };
const creatable: Attributes = { ...updatable, loadbalancer_id: uuid, listener_id: uuid, protocol: oneOf(...protocols), project_id: text, tenant_id: text };
const filters = ['id', 'name', 'description', 'project_id', 'tenant_id', 'provisioning_status', 'operating_status', 'admin_state_up', 'protocol', 'lb_algorithm'];

type Wanted = Partial<Pool> & { listener_id?: string };

export function poolRoutes(app: FastifyInstance, prefix: string, lbaas: Lbaas): void {
  const { store } = lbaas;
  const path = `${prefix}/lbaas/pools`;

  app.get(path, (request) => {
    const caller = readerOf(lbaas, request);
    refuseForeignProject(request, caller);
    return listed(request, 'pools', store.pools.filter((each) => canSee(caller, each)).map((each) => poolView(lbaas, each)), filters);
  });

  app.post(path, (request, reply) => {
    const caller = writerOf(lbaas, request);
    const wanted = readBody(request.body, 'pool', { known: creatable, required: ['protocol', 'lb_algorithm'] }) as Wanted;
    if (wanted.loadbalancer_id === undefined && wanted.listener_id === undefined) throw invalid('Must provide at least one of: loadbalancer_id, listener_id');
    const listener = wanted.listener_id === undefined ? undefined : store.listeners.get(wanted.listener_id);
    // Octavia trips over an unknown listener before it can say so.
    if (wanted.listener_id !== undefined && !listener) throw refuse(500, "'NoneType' object has no attribute 'load_balancer_id'");
    const loadBalancer = getOwn(store.loadBalancers, 'Load Balancer', listener?.loadbalancer_id ?? wanted.loadbalancer_id ?? '', caller);
    if (listener && listener.default_pool_id !== null) throw refuse(409, 'This listener already has a default pool');
    takeQuota(lbaas, 'pool', loadBalancer.project_id);
    refuseImmutable(lbaas, loadBalancer.id, 'Load Balancer', loadBalancer.id);
    const pool: Pool = {
      ...newRecord(loadBalancer.project_id),
      description: '',
      loadbalancer_id: loadBalancer.id,
      protocol: wanted.protocol ?? '',
      lb_algorithm: '',
      session_persistence: null,
      tls_enabled: false,
      ...keep(wanted, changeable),
    };
    store.pools.put(pool);
    if (listener) pending(store.listeners, { ...listener, default_pool_id: pool.id }, 'PENDING_UPDATE');
    lbaas.provisioning.start(pending(store.loadBalancers, loadBalancer, 'PENDING_UPDATE'));
    reply.code(201);
    return { pool: poolView(lbaas, pool) };
  });

  app.get<WithId>(`${path}/:id`, (request) => ({ pool: picked(request, poolView(lbaas, getSeen(store.pools, 'Pool', request.params.id, readerOf(lbaas, request)))) }));

  app.put<WithId>(`${path}/:id`, (request) => {
    const pool = getOwn(store.pools, 'Pool', request.params.id, readerOf(lbaas, request));
    const wanted = readBody(request.body, 'pool', { known: updatable }) as Wanted;
    const loadBalancer = refuseImmutable(lbaas, pool.loadbalancer_id, 'Pool', pool.id);
    const changed = pending(store.pools, { ...pool, ...keep(wanted, changeable) }, 'PENDING_UPDATE');
    lbaas.provisioning.start(pending(store.loadBalancers, loadBalancer, 'PENDING_UPDATE'));
    return { pool: poolView(lbaas, changed) };
  });

  app.delete<WithId>(`${path}/:id`, (request, reply) => {
    const pool = getOwn(store.pools, 'Pool', request.params.id, readerOf(lbaas, request));
    const loadBalancer = refuseImmutable(lbaas, pool.loadbalancer_id, 'Pool', pool.id);
    pending(store.pools, pool, 'PENDING_DELETE');
    lbaas.provisioning.start(pending(store.loadBalancers, loadBalancer, 'PENDING_UPDATE'));
    return reply.code(204).send();
  });
}

const changeable = ['name', 'description', 'admin_state_up', 'tags', 'lb_algorithm', 'session_persistence', 'tls_enabled'] as const;
