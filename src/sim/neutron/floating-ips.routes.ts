import type { FastifyInstance } from 'fastify';
import { isAdmin, type ProjectToken } from '../http/authentication.js';
import { newUuid } from '../ids.js';
import { without, type JsonObject } from '../json.js';
import { readAttributes, text, type AttributeType } from './attributes.js';
import { listed } from './listing.js';
import { newRecordFields, revised, type FloatingAddress, type Port } from './network-store.js';
import { callerOf, canSee, getOwn, getVisible, projectFor, takeQuota, writerOf, type Networking, type WithId } from './networking.js';
import { notAllowed, refuse } from './neutron-errors.js';
import { addressesFor, drawFrom } from './port-allocation.js';

const updatable: Record<string, AttributeType> = { port_id: 'text?', fixed_ip_address: 'text?', description: 'text' };
const creatable: Record<string, AttributeType> = {
  ...updatable,
  tenant_id: 'text',
  project_id: 'text',
  floating_network_id: 'text',
  floating_ip_address: 'text?',
  subnet_id: 'text?',
  qos_policy_id: 'text?',
  dns_name: 'text',
  dns_domain: 'text',
};

export function floatingIpRoutes(app: FastifyInstance, networking: Networking): void {
  const { store } = networking;

  app.get('/v2.0/floatingips', (request) => {
    const caller = callerOf(networking, request);
    return listed(request, 'floatingips', store.floatingAddresses.filter((each) => canSee(caller, each)).map((each) => floatingView(networking, each)));
  });

  app.post('/v2.0/floatingips', (request, reply) => {
    const caller = writerOf(networking, request, 'create_floatingip');
    const wanted = readAttributes(request.body, 'floatingip', creatable, ['floating_network_id']);
    const projectId = projectFor(caller, wanted, 'create_floatingip');
    const network = getVisible(store.networks, 'network', text(wanted['floating_network_id'], ''), caller);
    if (!network.external) throw refuse(400, 'BadRequest', `Bad floatingip request: Network ${network.id} is not a valid external network.`);
    takeQuota(networking, 'floatingip', projectId);
    if (typeof wanted['floating_ip_address'] === 'string' && !isAdmin(caller)) throw notAllowed('create_floatingip:floating_ip_address');
    const bound = typeof wanted['port_id'] === 'string' ? association(networking, caller, network.id, wanted['port_id'], wanted) : unbound;
    const [address] = addressesFor(store, network.id, typeof wanted['floating_ip_address'] === 'string' ? [{ ip_address: wanted['floating_ip_address'] }] : undefined);
    const fixed = address ?? drawFrom(store, network.id, []);
    const floating: FloatingAddress = {
      id: newUuid(),
      ...newRecordFields(projectId, 0),
      name: '',
      description: text(wanted['description'], ''),
      floating_network_id: network.id,
      floating_ip_address: fixed.ip_address,
      subnet_id: fixed.subnet_id,
      ...bound,
    };
    store.floatingAddresses.put(floating);
    networking.directory.refresh();
    reply.code(201);
    return { floatingip: floatingView(networking, floating) };
  });

  app.get<WithId>('/v2.0/floatingips/:id', (request) => {
    const caller = callerOf(networking, request);
    return { floatingip: floatingView(networking, getVisible(store.floatingAddresses, 'floatingip', request.params.id, caller)) };
  });

  app.put<WithId>('/v2.0/floatingips/:id', (request) => {
    const caller = writerOf(networking, request, 'update_floatingip');
    const floating = getOwn(store.floatingAddresses, 'floatingip', request.params.id, caller, 'update_floatingip');
    const wanted = readAttributes(request.body, 'floatingip', updatable);
    const portId = wanted['port_id'];
    // An update without port_id takes the association away, as Neutron's does, unless it only describes.
    const keeps = portId === undefined && wanted['description'] !== undefined;
    const bound = typeof portId === 'string' ? association(networking, caller, floating.floating_network_id, portId, wanted, floating.id) : unbound;
    const changed = revised(floating, { description: text(wanted['description'], floating.description), ...(!keeps && bound) });
    store.floatingAddresses.put(changed);
    networking.directory.refresh();
    return { floatingip: floatingView(networking, changed) };
  });

  app.delete<WithId>('/v2.0/floatingips/:id', (request, reply) => {
    const caller = writerOf(networking, request, 'delete_floatingip');
    store.floatingAddresses.delete(getOwn(store.floatingAddresses, 'floatingip', request.params.id, caller, 'delete_floatingip').id);
    networking.directory.refresh();
    return reply.code(204).send();
  });
}

type Association = Pick<FloatingAddress, 'port_id' | 'fixed_ip_address' | 'router_id'>;
const unbound: Association = { port_id: null, fixed_ip_address: null, router_id: null };

/** Throws 404 when no router leads from the external network to the port, 409 when the port's address has a floating IP already. */
function association(networking: Networking, caller: ProjectToken, networkId: string, portId: string, wanted: JsonObject, ownId?: string): Association {
  const { store } = networking;
  const port = getVisible(store.ports, 'port', portId, caller);
  const fixed = typeof wanted['fixed_ip_address'] === 'string' ? port.fixed_ips.find((each) => each.ip_address === wanted['fixed_ip_address']) : port.fixed_ips[0];
  if (!fixed) throw refuse(400, 'BadRequest', `Bad floatingip request: Cannot add floating IP to port ${port.id} that has no fixed IPv4 addresses.`);
  const other = store.floatingAddresses.find((each) => each.port_id === port.id && each.fixed_ip_address === fixed.ip_address && each.id !== ownId);
  if (other) {
    const message = `Cannot associate floating IP ${other.floating_ip_address} (${other.id}) with port ${port.id} using fixed IP ${fixed.ip_address}, as that fixed IP already has a floating IP on external network ${networkId}.`;
    throw refuse(409, 'FloatingIPPortAlreadyAssociated', message);
  }
  const router = store.routers.find((each) => each.gateway?.network_id === networkId && leadsTo(networking, each.id, fixed.subnet_id));
  if (!router) {
    const message = `External network ${networkId} is not reachable from subnet ${fixed.subnet_id}.  Therefore, cannot associate Port ${port.id} with a Floating IP.`;
    throw refuse(404, 'ExternalGatewayForFloatingIPNotFound', message);
  }
  return { port_id: port.id, fixed_ip_address: fixed.ip_address, router_id: router.id };
}

const leadsTo = ({ store }: Networking, routerId: string, subnetId: string): boolean =>
  store.interfacesOf(routerId).some((port) => port.fixed_ips.some((fixed) => fixed.subnet_id === subnetId));

function floatingView({ store }: Networking, floating: FloatingAddress): Record<string, unknown> {
  const port = floating.port_id === null ? undefined : store.ports.get(floating.port_id);
  return { ...without(floating, 'name', 'subnet_id'), tenant_id: floating.project_id, status: port?.status === 'ACTIVE' ? 'ACTIVE' : 'DOWN', port_details: port ? portDetails(port) : null };
}

function portDetails({ name, network_id, mac_address, admin_state_up, status, device_id, device_owner }: Port): Record<string, unknown> {
  return { name, network_id, mac_address, admin_state_up, status, device_id, device_owner };
}
