import type { FastifyInstance, FastifyRequest } from 'fastify';
import { newUuid } from '../ids.js';
import { textAt, type JsonObject } from '../json.js';
import type { Port, Subnet } from '../neutron/network-store.js';
import { takeQuota as takeNetworkQuota } from '../neutron/networking.js';
import { addressesFor, newPort } from '../neutron/port-allocation.js';
import { ServiceError } from '../http/service-error.js';
import { isAdmin } from '../http/authentication.js';
import { address, boolean, readBody, text, texts, uuid, type Attributes } from './attributes.js';
import { canSee, getOwn, getSeen, projectFor, readerOf, takeQuota, writerOf, type Lbaas, type WithId } from './lbaas.js';
import { octaviaTime, type LoadBalancer } from './lbaas-store.js';
import { listed, picked } from './listing.js';
import { invalid, notAllowed, providerFailed, refuse } from './octavia-errors.js';
import { providers } from './providers.js';
import { pending } from './provisioning.js';
import { loadBalancerView, statusTree } from './views.js';

const updatable: Attributes = { name: text, description: text, admin_state_up: boolean, tags: texts, vip_qos_policy_id: uuid, vip_sg_ids: texts };
const creatable: Attributes = {
  ...updatable,
  ...{ vip_address: address, vip_subnet_id: uuid, vip_network_id: uuid, vip_port_id: uuid },
  ...{ provider: text, flavor_id: uuid, availability_zone: text, project_id: text, tenant_id: text },
};
const filters = ['id', 'name', 'description', 'project_id', 'tenant_id', 'provisioning_status', 'operating_status', 'admin_state_up', 'vip_address', 'vip_port_id', 'vip_subnet_id', 'vip_network_id', 'provider', 'flavor_id', 'availability_zone'];

export function loadBalancerRoutes(app: FastifyInstance, prefix: string, lbaas: Lbaas): void {
  const { store } = lbaas;
  const path = `${prefix}/lbaas/loadbalancers`;

  app.get(path, (request) => {
    const caller = readerOf(lbaas, request);
    refuseForeignProject(request, caller);
    return listed(request, 'loadbalancers', store.loadBalancers.filter((each) => canSee(caller, each)).map((each) => loadBalancerView(lbaas, each)), filters);
  });

  app.post(path, (request, reply) => {
    const caller = writerOf(lbaas, request);
    const wanted = readBody(request.body, 'loadbalancer', { known: creatable });
    const projectId = projectFor(caller, wanted);
    refuseUnknownChoices(wanted);
    if (!['vip_port_id', 'vip_network_id', 'vip_subnet_id'].some((key) => wanted[key] !== undefined)) {
      throw invalid('VIP must contain one of: vip_port_id, vip_network_id, vip_subnet_id.');
    }
    const id = newUuid();
    takeQuota(lbaas, 'load_balancer', projectId);
    const { port, isOwn } = vipPort(lbaas, id, projectId, wanted);
    const [fixed] = port.fixed_ips;
    if (!fixed) throw invalid("VIP port's subnet could not be determined. Please specify either a VIP subnet or address.");
    const loadBalancer = store.loadBalancers.put({
      id,
      project_id: projectId,
      name: textAt(wanted, 'name') ?? '',
      description: textAt(wanted, 'description') ?? '',
      provisioning_status: 'PENDING_CREATE',
      admin_state_up: wanted['admin_state_up'] !== false,
      created_at: octaviaTime(),
      updated_at: null,
      tags: (wanted['tags'] as string[] | undefined) ?? [],
      vip_address: fixed.ip_address,
      vip_port_id: port.id,
      vip_subnet_id: fixed.subnet_id,
      vip_network_id: port.network_id,
      provider: textAt(wanted, 'provider') ?? 'amphora',
      ownsPort: isOwn,
    });
    lbaas.provisioning.start(loadBalancer);
    reply.code(201);
    return { loadbalancer: loadBalancerView(lbaas, loadBalancer) };
  });

  app.get<WithId>(`${path}/:id`, (request) => {
    const loadBalancer = getSeen(store.loadBalancers, 'Load Balancer', request.params.id, readerOf(lbaas, request));
    return { loadbalancer: picked(request, loadBalancerView(lbaas, loadBalancer)) };
  });

  for (const last of ['status', 'statuses']) {
    app.get<WithId>(`${path}/:id/${last}`, (request) => statusTree(lbaas, getSeen(store.loadBalancers, 'Load Balancer', request.params.id, readerOf(lbaas, request))));
  }

  app.get<WithId>(`${path}/:id/stats`, (request) => {
    getSeen(store.loadBalancers, 'Load Balancer', request.params.id, readerOf(lbaas, request));
    return { stats: { bytes_in: 0, bytes_out: 0, active_connections: 0, total_connections: 0, request_errors: 0 } };
  });

  app.put<WithId>(`${path}/:id`, (request) => {
    const loadBalancer = getOwn(store.loadBalancers, 'Load Balancer', request.params.id, readerOf(lbaas, request));
    const wanted = readBody(request.body, 'loadbalancer', { known: updatable });
    refuseBusy(loadBalancer);
    const { name, description, tags, admin_state_up: isUp } = wanted as Partial<LoadBalancer>;
    const changed = { ...loadBalancer, ...(name !== undefined && { name }), ...(description !== undefined && { description }), ...(tags && { tags }), ...(isUp !== undefined && { admin_state_up: isUp }) };
    const started = pending(store.loadBalancers, changed, 'PENDING_UPDATE');
    lbaas.provisioning.start(started);
    return { loadbalancer: loadBalancerView(lbaas, started) };
  });

  app.delete<WithId & { Querystring: { cascade?: string } }>(`${path}/:id`, (request, reply) => {
    const loadBalancer = getOwn(store.loadBalancers, 'Load Balancer', request.params.id, readerOf(lbaas, request));
    refuseBusy(loadBalancer);
    const hasChildren = store.listenersOf(loadBalancer.id).length + store.poolsOf(loadBalancer.id).length > 0;
    if (hasChildren && request.query.cascade?.toLowerCase() !== 'true') throw invalid(`Cannot delete Load Balancer ${loadBalancer.id} - it has children`);
    lbaas.provisioning.start(pending(store.loadBalancers, loadBalancer, 'PENDING_DELETE'));
    return reply.code(204).send();
  });
}

/** A project's id among the filters must be the caller's own. */
export function refuseForeignProject(request: FastifyRequest, caller: Parameters<typeof isAdmin>[0]): void {
  const { project_id: named } = request.query as Record<string, unknown>;
  if (named !== undefined && named !== caller.projectId && !isAdmin(caller)) throw notAllowed();
}

function refuseBusy({ id, provisioning_status: status }: LoadBalancer): void {
  if (status.startsWith('PENDING')) throw refuse(409, `Invalid state ${status} of loadbalancer resource ${id}`);
}

/** There are no flavors and no availability zones. */
function refuseUnknownChoices(wanted: JsonObject): void {
  const provider = textAt(wanted, 'provider');
  if (provider !== undefined && !providers.some(({ name }) => name === provider)) throw refuse(400, `Provider '${provider}' is not enabled.`);
  if (wanted['flavor_id'] !== undefined) throw invalid('Invalid flavor_id.');
  if (wanted['availability_zone'] !== undefined) throw invalid('Invalid availability zone.');
}

/** The port that was named, or a new one. Octavia asks Neutron with its own credential: it sees every project's networks. */
function vipPort({ networking }: Lbaas, loadBalancerId: string, projectId: string, wanted: JsonObject): { port: Port; isOwn: boolean } {
  const { store } = networking;
  const named = textAt(wanted, 'vip_port_id');
  if (named !== undefined) {
    const port = store.ports.get(named);
    if (!port) throw refuse(400, `Port ${named} not found.`);
    return { port, isOwn: false };
  }
  const subnet = vipSubnet(networking.store, wanted);
  const address = textAt(wanted, 'vip_address');
  try {
    takeNetworkQuota(networking, 'port', projectId);
    const port = newPort(networking, subnet.network_id, projectId, {
      fixed_ips: addressesFor(store, subnet.network_id, [{ subnet_id: subnet.id, ...(address !== undefined && { ip_address: address }) }]),
      name: `octavia-lb-${loadBalancerId}`,
      admin_state_up: false,
      device_id: `lb-${loadBalancerId}`,
      device_owner: 'Octavia',
    });
    store.ports.put(port);
    networking.directory.refresh();
    return { port, isOwn: true };
  } catch (error) {
    if (error instanceof ServiceError) throw providerFailed(`${error.more.type ?? 'Exception'}: ${error.status}`);
    throw error;
  }
}

function vipSubnet(store: Lbaas['networking']['store'], wanted: JsonObject): Subnet {
  const subnetId = textAt(wanted, 'vip_subnet_id');
  const networkId = textAt(wanted, 'vip_network_id');
  const subnet = subnetId !== undefined ? store.subnets.get(subnetId) : store.subnetsOf(networkId ?? '')[0];
  if (subnet) return subnet;
  if (subnetId !== undefined) throw refuse(400, `Subnet ${subnetId} not found.`);
  throw refuse(400, `Network ${networkId ?? ''} not found.`);
}

