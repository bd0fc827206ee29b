import type { FastifyInstance } from 'fastify';
import { textAt, type JsonObject } from '../json.js';
import { boolean, cidrs, keep, number, object, oneOf, readBody, text, texts, uuid, type Attributes } from './attributes.js';
import { canSee, getOwn, getSeen, readerOf, refuseImmutable, takeQuota, writerOf, type Lbaas, type WithId } from './lbaas.js';
import { newRecord, type Listener } from './lbaas-store.js';
import { listed, picked } from './listing.js';
import { refuseForeignProject } from './load-balancers.routes.js';
import { notFound, refuse } from './octavia-errors.js';
import { pending } from './provisioning.js';
import { listenerView } from './views.js';

const protocols = ['PROMETHEUS', 'HTTPS', 'TERMINATED_HTTPS', 'HTTP', 'TCP', 'UDP', 'SCTP'];
const timeout = number(0, 31_536_000_000);
const updatable: Attributes = {
  ...{ name: text, description: text, admin_state_up: boolean, tags: texts, default_pool_id: uuid, connection_limit: number(-1), allowed_cidrs: cidrs },
  ...{ timeout_client_data: timeout, timeout_member_connect: timeout, timeout_member_data: timeout, timeout_tcp_inspect: timeout },
  ...{ default_tls_container_ref: text, sni_container_refs: texts, insert_headers: object },
};
const creatable: Attributes = { ...updatable, loadbalancer_id: uuid, protocol: oneOf(...protocols), protocol_port: number(1, 65_535), project_id: text, tenant_id: text };
const filters = ['id', 'name', 'description', 'project_id', 'tenant_id', 'provisioning_status', 'operating_status', 'admin_state_up', 'protocol', 'protocol_port', 'default_pool_id', 'connection_limit', 'loadbalancer_id'];

export function listenerRoutes(app: FastifyInstance, prefix: string, lbaas: Lbaas): void {
  const { store } = lbaas;
  const path = `${prefix}/lbaas/listeners`;

  app.get(path, (request) => {
    const caller = readerOf(lbaas, request);
    refuseForeignProject(request, caller);
    const views = store.listeners.filter((each) => canSee(caller, each)).map((each) => ({ view: listenerView(lbaas, each), loadbalancer_id: each.loadbalancer_id }));
    const { loadbalancer_id: wanted } = request.query as Record<string, unknown>;
    const found = views.filter(({ loadbalancer_id: id }) => wanted === undefined || id === wanted).map(({ view }) => (wanted === undefined ? view : { ...view, loadbalancer_id: wanted }));
    return listed(request, 'listeners', found, filters);
  });

  app.post(path, (request, reply) => {
    const caller = writerOf(lbaas, request);
    const wanted = readBody(request.body, 'listener', { known: creatable, required: ['protocol', 'protocol_port', 'loadbalancer_id'] });
    const given = wanted as Partial<Listener>;
    const loadBalancer = getOwn(store.loadBalancers, 'Load Balancer', given.loadbalancer_id ?? '', caller);
    refuseUnknownPool(lbaas, wanted);
    takeQuota(lbaas, 'listener', loadBalancer.project_id);
    refuseImmutable(lbaas, loadBalancer.id, 'Load Balancer', loadBalancer.id);
    const { protocol = '', protocol_port: port = 0 } = given;
    if (store.listenersOf(loadBalancer.id).some((other) => other.protocol_port === port && isUdp(other.protocol) === isUdp(protocol))) {
      throw refuse(409, `Another Listener on this Load Balancer is already using protocol ${protocol} and protocol_port ${port}`);
    }
    const listener: Listener = {
      ...newRecord(loadBalancer.project_id),
      description: '',
      loadbalancer_id: loadBalancer.id,
      protocol,
      protocol_port: port,
      default_pool_id: null,
      connection_limit: -1,
      allowed_cidrs: null,
      timeout_client_data: 50_000,
      timeout_member_connect: 5000,
      timeout_member_data: 50_000,
      timeout_tcp_inspect: 0,
      ...keep(given, changeable),
    };
    store.listeners.put(listener);
    lbaas.provisioning.start(pending(store.loadBalancers, loadBalancer, 'PENDING_UPDATE'));
    reply.code(201);
    return { listener: listenerView(lbaas, listener) };
  });

  app.get<WithId>(`${path}/:id`, (request) => ({ listener: picked(request, listenerView(lbaas, getSeen(store.listeners, 'Listener', request.params.id, readerOf(lbaas, request)))) }));

  app.put<WithId>(`${path}/:id`, (request) => {
    const listener = getOwn(store.listeners, 'Listener', request.params.id, readerOf(lbaas, request));
    const wanted = readBody(request.body, 'listener', { known: updatable });
    refuseUnknownPool(lbaas, wanted);
    const loadBalancer = refuseImmutable(lbaas, listener.loadbalancer_id, 'Listener', listener.id);
    const changed = pending(store.listeners, { ...listener, ...keep(wanted as Partial<Listener>, changeable) }, 'PENDING_UPDATE');
    lbaas.provisioning.start(pending(store.loadBalancers, loadBalancer, 'PENDING_UPDATE'));
    return { listener: listenerView(lbaas, changed) };
  });

  app.delete<WithId>(`${path}/:id`, (request, reply) => {
    const listener = getOwn(store.listeners, 'Listener', request.params.id, readerOf(lbaas, request));
    const loadBalancer = refuseImmutable(lbaas, listener.loadbalancer_id, 'Listener', listener.id);
    pending(store.listeners, listener, 'PENDING_DELETE');
    lbaas.provisioning.start(pending(store.loadBalancers, loadBalancer, 'PENDING_UPDATE'));
    return reply.code(204).send();
  });
}

const isUdp = (protocol: string): boolean => protocol === 'UDP' || protocol === 'SCTP';

const changeable = [
  ...(['name', 'description', 'admin_state_up', 'tags', 'default_pool_id', 'connection_limit', 'allowed_cidrs'] as const),
  ...(['timeout_client_data', 'timeout_member_connect', 'timeout_member_data', 'timeout_tcp_inspect'] as const),
] as const;

function refuseUnknownPool({ store }: Lbaas, wanted: JsonObject): void {
  const poolId = textAt(wanted, 'default_pool_id');
  if (poolId !== undefined && !store.pools.get(poolId)) throw notFound('Pool', poolId);
}
