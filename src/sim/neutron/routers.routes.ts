import type { FastifyInstance } from 'fastify';
import { isAdmin, type ProjectToken } from '../http/authentication.js';
import { newUuid } from '../ids.js';
import { isObject, textAt } from '../json.js';
import { overlap } from './addresses.js';
import { readAttributes, text, truth, type AttributeType } from './attributes.js';
import { listed } from './listing.js';
import { newRecordFields, revised, routerInterface, type Port, type Router, type Subnet } from './network-store.js';
import { callerOf, canSee, getOwn, getVisible, projectFor, takeQuota, writerOf, type Networking, type WithId } from './networking.js';
import { badRequest, notFound, refuse } from './neutron-errors.js';
import { drawFrom, newPort } from './port-allocation.js';
import { getCidr } from './subnets.routes.js';

const updatable: Record<string, AttributeType> = {
  name: 'text',
  description: 'text',
  admin_state_up: 'boolean',
  external_gateway_info: 'object?',
  routes: 'any',
  distributed: 'boolean',
  ha: 'boolean',
};
const creatable: Record<string, AttributeType> = { ...updatable, tenant_id: 'text', project_id: 'text', availability_zone_hints: 'list', flavor_id: 'text?' };

export function routerRoutes(app: FastifyInstance, networking: Networking): void {
  const { store } = networking;

  app.get('/v2.0/routers', (request) => {
    const caller = callerOf(networking, request);
    return listed(request, 'routers', store.routers.filter((router) => canSee(caller, router)).map(routerView));
  });

  app.post('/v2.0/routers', (request, reply) => {
    const caller = writerOf(networking, request, 'create_router');
    const wanted = readAttributes(request.body, 'router', creatable);
    const projectId = projectFor(caller, wanted, 'create_router');
    takeQuota(networking, 'router', projectId);
    const gateway = gatewayFor(networking, caller, wanted['external_gateway_info'], null);
    const router: Router = {
      id: newUuid(),
      ...newRecordFields(projectId, gateway ? 2 : 1),
      name: text(wanted['name'], ''),
      description: text(wanted['description'], ''),
      admin_state_up: truth(wanted['admin_state_up'], true),
      gateway,
      routes: [],
    };
    store.routers.put(router);
    reply.code(201);
    return { router: routerView(router) };
  });

  app.get<WithId>('/v2.0/routers/:id', (request) => {
    const caller = callerOf(networking, request);
    return { router: routerView(getVisible(store.routers, 'router', request.params.id, caller)) };
  });

  app.put<WithId>('/v2.0/routers/:id', (request) => {
    const caller = writerOf(networking, request, 'update_router');
    const router = getOwn(store.routers, 'router', request.params.id, caller, 'update_router');
    const wanted = readAttributes(request.body, 'router', updatable);
    const changed = revised(router, {
      name: text(wanted['name'], router.name),
      description: text(wanted['description'], router.description),
      admin_state_up: truth(wanted['admin_state_up'], router.admin_state_up),
      gateway: wanted['external_gateway_info'] === undefined ? router.gateway : gatewayFor(networking, caller, wanted['external_gateway_info'], router),
      routes: routesOf(wanted['routes']) ?? router.routes,
    });
    return { router: routerView(store.routers.put(changed)) };
  });

  app.delete<WithId>('/v2.0/routers/:id', (request, reply) => {
    const caller = writerOf(networking, request, 'delete_router');
    const router = getOwn(store.routers, 'router', request.params.id, caller, 'delete_router');
    const interfaces = store.interfacesOf(router.id);
    if (interfaces.length > 0) throw refuse(409, 'RouterInUse', `Router ${router.id} has ports still attached: ${interfaces.map((port) => port.id).join(', ')}`);
    store.routers.delete(router.id);
    return reply.code(204).send();
  });

  app.put<WithId>('/v2.0/routers/:id/add_router_interface', (request) => {
    const caller = writerOf(networking, request, 'add_router_interface');
    const router = getOwn(store.routers, 'router', request.params.id, caller, 'add_router_interface');
    return interfaceView(router, addInterface(networking, caller, router, request.body));
  });

  app.put<WithId>('/v2.0/routers/:id/remove_router_interface', (request) => {
    const caller = writerOf(networking, request, 'remove_router_interface');
    const router = getOwn(store.routers, 'router', request.params.id, caller, 'remove_router_interface');
    const port = interfaceToRemove(networking, router, request.body);
    store.ports.delete(port.id);
    return interfaceView(router, port);
  });
}

/** Null takes the gateway away, which floating IPs that go through it forbid. */
function gatewayFor(networking: Networking, caller: ProjectToken, wanted: unknown, router: Router | null): Router['gateway'] {
  const { store } = networking;
  const networkId = textAt(wanted, 'network_id');
  const current = router?.gateway ?? null;
  if (current && router && networkId !== current.network_id) {
    if (store.floatingAddresses.find((floating) => floating.router_id === router.id)) {
      throw refuse(409, 'RouterExternalGatewayInUseByFloatingIp', `Gateway cannot be updated for router ${router.id}, since a gateway to external network ${current.network_id} is required by one or more floating IPs.`);
    }
  }
  if (networkId === undefined) return null;
  if (current?.network_id === networkId) return current;
  const network = getVisible(store.networks, 'network', networkId, caller);
  if (!network.external) throw refuse(400, 'BadRequest', `Bad router request: Network ${networkId} is not an external network.`);
  const fixed = drawFrom(store, network.id, store.subnetsOf(network.id));
  return { network_id: network.id, external_fixed_ips: [fixed], enable_snat: truth(isObject(wanted) ? wanted['enable_snat'] : undefined, true) };
}

function routesOf(wanted: unknown): Router['routes'] | undefined {
  if (!Array.isArray(wanted)) return undefined;
  return wanted.map((route) => {
    const [destination, nexthop] = [textAt(route, 'destination'), textAt(route, 'nexthop')];
    if (destination === undefined || nexthop === undefined) throw badRequest('Invalid input for routes. Reason: destination and nexthop are required.');
    return { destination, nexthop };
  });
}

function addInterface(networking: Networking, caller: ProjectToken, router: Router, body: unknown): Port {
  const { store } = networking;
  const [subnetId, portId] = [textAt(body, 'subnet_id'), textAt(body, 'port_id')];
  if (subnetId === undefined && portId === undefined) throw refuse(400, 'BadRequest', 'Bad router request: Either subnet_id or port_id must be specified.');
  if (portId !== undefined) {
    const port = getOwn(store.ports, 'port', portId, caller, 'add_router_interface');
    if (port.device_id !== '') throw refuse(409, 'PortInUse', `Unable to complete operation on port ${port.id} for network ${port.network_id}. Port already has an attached device ${port.device_id}.`);
    for (const fixed of port.fixed_ips) refuseOverlap(networking, router, store.subnets.get(fixed.subnet_id));
    return store.ports.put(revised(port, { device_id: router.id, device_owner: routerInterface, status: 'ACTIVE' }));
  }
  const subnet = store.subnets.get(subnetId ?? '');
  if (!subnet || !(canSee(caller, subnet) || store.networks.get(subnet.network_id)?.shared)) throw notFound('subnet', subnetId ?? '');
  if (!isAdmin(caller) && subnet.project_id !== caller.projectId) throw notFound('subnet', subnet.id);
  refuseOverlap(networking, router, subnet);
  if (subnet.gateway_ip === null) throw refuse(400, 'BadRequest', 'Bad router request: Subnet for router interface must have a gateway IP.');
  if (store.takenIn(subnet.id).has(subnet.gateway_ip)) throw refuse(409, 'IpAddressAlreadyAllocated', `IP address ${subnet.gateway_ip} already allocated in subnet ${subnet.id}`);
  const port = newPort(networking, subnet.network_id, router.project_id, {
    fixed_ips: [{ subnet_id: subnet.id, ip_address: subnet.gateway_ip }],
    security_groups: [],
    device_id: router.id,
    device_owner: routerInterface,
    port_security_enabled: false,
  });
  return store.ports.put(port);
}

function refuseOverlap({ store }: Networking, router: Router, subnet: Subnet | undefined): void {
  if (!subnet) return;
  const attached = store.interfacesOf(router.id).flatMap((port) => port.fixed_ips.flatMap((fixed) => store.subnets.get(fixed.subnet_id) ?? []));
  if (attached.some((other) => other.id === subnet.id)) throw refuse(400, 'BadRequest', `Bad router request: Router already has a port on subnet ${subnet.id}.`);
  const clash = attached.find((other) => overlap(getCidr(other.cidr), getCidr(subnet.cidr)));
  if (clash) throw refuse(400, 'BadRequest', `Bad router request: Cidr ${subnet.cidr} of subnet ${subnet.id} overlaps with cidr ${clash.cidr} of subnet ${clash.id}.`);
}

function interfaceToRemove({ store }: Networking, router: Router, body: unknown): Port {
  const [subnetId, portId] = [textAt(body, 'subnet_id'), textAt(body, 'port_id')];
  const port = store.interfacesOf(router.id).find((each) => each.id === portId || each.fixed_ips.some((fixed) => fixed.subnet_id === subnetId));
  if (!port) {
    if (subnetId !== undefined && !store.subnets.get(subnetId)) throw notFound('subnet', subnetId);
    if (subnetId !== undefined) throw refuse(404, 'RouterInterfaceNotFoundForSubnet', `Router ${router.id} has no interface on subnet ${subnetId}`);
    throw refuse(404, 'RouterInterfaceNotFound', `Router ${router.id} does not have an interface with id ${portId ?? ''}`);
  }
  const subnets = new Set(port.fixed_ips.map((fixed) => fixed.subnet_id));
  const needed = store.floatingAddresses.filter((floating) => floating.router_id === router.id && floating.port_id !== null).some((floating) =>
    store.ports.get(floating.port_id ?? '')?.fixed_ips.some((fixed) => subnets.has(fixed.subnet_id)),
  );
  if (needed) {
    const message = `Router interface for subnet ${[...subnets].join(', ')} on router ${router.id} cannot be deleted, as it is required by one or more floating IPs.`;
    throw refuse(409, 'RouterInterfaceInUseByFloatingIP', message);
  }
  return port;
}

function interfaceView(router: Router, port: Port): Record<string, unknown> {
  const subnetIds = port.fixed_ips.map((fixed) => fixed.subnet_id);
  return { id: router.id, tenant_id: router.project_id, port_id: port.id, network_id: port.network_id, subnet_id: subnetIds[0], subnet_ids: subnetIds };
}

function routerView({ gateway, ...router }: Router): Record<string, unknown> {
  return {
    ...router,
    tenant_id: router.project_id,
    status: 'ACTIVE',
    external_gateway_info: gateway,
    availability_zones: [],
    availability_zone_hints: [],
    flavor_id: null,
  };
}
