import type { FastifyInstance } from 'fastify';
import { boolean, keep, number, oneOf, readBody, text, texts, uuid, type Attributes } from './attributes.js';
import { canSee, getOwn, getSeen, readerOf, refuseImmutable, takeQuota, writerOf, type Lbaas, type WithId } from './lbaas.js';
import { newRecord, type HealthMonitor } from './lbaas-store.js';
import { listed, picked } from './listing.js';
import { refuseForeignProject } from './load-balancers.routes.js';
import { refuse } from './octavia-errors.js';
import { pending } from './provisioning.js';
import { monitorView } from './views.js';

const types = ['PING', 'TLS-HELLO', 'HTTPS', 'HTTP', 'UDP-CONNECT', 'TCP', 'SCTP'];
const methods = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'TRACE', 'OPTIONS', 'CONNECT', 'PATCH'];
/** What only a monitor that asks by HTTP has. */
const httpOptions = ['http_method', 'url_path', 'expected_codes'] as const;
const updatable: Attributes = {
  ...{ name: text, admin_state_up: boolean, tags: texts, delay: number(0), timeout: number(0), max_retries: number(1, 10), max_retries_down: number(1, 10) },
  ...{ http_method: oneOf(...methods), url_path: text, expected_codes: text, domain_name: text },
};
const creatable: Attributes = { ...updatable, pool_id: uuid, type: oneOf(...types), project_id: text, tenant_id: text };
const filters = ['id', 'name', 'project_id', 'tenant_id', 'provisioning_status', 'operating_status', 'admin_state_up', 'type', 'delay', 'timeout', 'max_retries', 'pool_id'];

export function healthMonitorRoutes(app: FastifyInstance, prefix: string, lbaas: Lbaas): void {
  const { store } = lbaas;
  const path = `${prefix}/lbaas/healthmonitors`;

  app.get(path, (request) => {
    const caller = readerOf(lbaas, request);
    refuseForeignProject(request, caller);
    return listed(request, 'healthmonitors', store.monitors.filter((each) => canSee(caller, each)).map(monitorView), filters);
  });

  app.post(path, (request, reply) => {
    const caller = writerOf(lbaas, request);
    const wanted = readBody(request.body, 'healthmonitor', { known: creatable, required: ['type', 'delay', 'timeout', 'max_retries', 'pool_id'] }) as Partial<HealthMonitor>;
    const { type = '', delay = 0, timeout = 0, max_retries: retries = 1 } = wanted;
    const pool = getOwn(store.pools, 'Pool', wanted.pool_id ?? '', caller);
    const asksByHttp = type === 'HTTP' || type === 'HTTPS';
    const misplaced = asksByHttp ? undefined : httpOptions.find((name) => wanted[name] !== undefined);
    if (misplaced !== undefined) throw refuse(400, `${misplaced} is not a valid option for health monitors of type ${type}`);
    if (store.monitorOf(pool.id)) throw refuse(409, 'This pool already has a health monitor');
    takeQuota(lbaas, 'health_monitor', pool.project_id);
    const loadBalancer = refuseImmutable(lbaas, pool.loadbalancer_id, 'Pool', pool.id);
    const monitor: HealthMonitor = {
      ...newRecord(pool.project_id),
      pool_id: pool.id,
      type,
      delay,
      timeout,
      max_retries: retries,
      max_retries_down: 3,
      http_method: asksByHttp ? 'GET' : null,
      url_path: asksByHttp ? '/' : null,
      expected_codes: asksByHttp ? '200' : null,
      http_version: null,
      domain_name: null,
      ...keep(wanted, changeable),
    };
    store.monitors.put(monitor);
    lbaas.provisioning.start(pending(store.loadBalancers, loadBalancer, 'PENDING_UPDATE'));
    reply.code(201);
    return { healthmonitor: monitorView(monitor) };
  });

  app.get<WithId>(`${path}/:id`, (request) => ({ healthmonitor: picked(request, monitorView(getSeen(store.monitors, 'Health Monitor', request.params.id, readerOf(lbaas, request)))) }));

  app.put<WithId>(`${path}/:id`, (request) => {
    const monitor = getOwn(store.monitors, 'Health Monitor', request.params.id, readerOf(lbaas, request));
    const wanted = readBody(request.body, 'healthmonitor', { known: updatable }) as Partial<HealthMonitor>;
    const loadBalancer = refuseImmutable(lbaas, loadBalancerIdOf(lbaas, monitor), 'Health Monitor', monitor.id);
    const changed = pending(store.monitors, { ...monitor, ...keep(wanted, changeable) }, 'PENDING_UPDATE');
    lbaas.provisioning.start(pending(store.loadBalancers, loadBalancer, 'PENDING_UPDATE'));
    return { healthmonitor: monitorView(changed) };
  });

  app.delete<WithId>(`${path}/:id`, (request, reply) => {
    const monitor = getOwn(store.monitors, 'Health Monitor', request.params.id, readerOf(lbaas, request));
    const loadBalancer = refuseImmutable(lbaas, loadBalancerIdOf(lbaas, monitor), 'Health Monitor', monitor.id);
    pending(store.monitors, monitor, 'PENDING_DELETE');
    lbaas.provisioning.start(pending(store.loadBalancers, loadBalancer, 'PENDING_UPDATE'));
    return reply.code(204).send();
  });
}

const loadBalancerIdOf = ({ store }: Lbaas, { pool_id: poolId }: HealthMonitor): string => store.pools.get(poolId)?.loadbalancer_id ?? '';

const changeable = [
  ...(['name', 'admin_state_up', 'tags', 'delay', 'timeout', 'max_retries', 'max_retries_down'] as const),
  ...(['http_method', 'url_path', 'expected_codes', 'domain_name'] as const),
] as const;
