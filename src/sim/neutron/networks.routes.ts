import type { FastifyInstance } from 'fastify';
import { isAdmin } from '../http/authentication.js';
import { newUuid } from '../ids.js';
import { readAttributes, text, truth, type AttributeType } from './attributes.js';
import { listed } from './listing.js';
import { newRecordFields, revised, type Network } from './network-store.js';
import { callerOf, canSee, getOwn, getVisible, projectFor, takeQuota, writerOf, type Networking, type WithId } from './networking.js';
import { refuse } from './neutron-errors.js';

const updatable: Record<string, AttributeType> = {
  name: 'text',
  description: 'text',
  admin_state_up: 'boolean',
  shared: 'boolean',
  'router:external': 'boolean',
  port_security_enabled: 'boolean',
  mtu: 'number',
};
const creatable: Record<string, AttributeType> = {
  ...updatable,
  tenant_id: 'text',
  project_id: 'text',
  availability_zone_hints: 'list',
  'provider:network_type': 'text',
  'provider:physical_network': 'text?',
  'provider:segmentation_id': 'number?',
  is_default: 'boolean',
  dns_domain: 'text',
  qos_policy_id: 'text?',
};
/** What only admins may set, with the default that anybody may name. */
const adminOnly = ['shared', 'router:external', 'is_default'];

export function networkRoutes(app: FastifyInstance, networking: Networking): void {
  const { store } = networking;

  app.get('/v2.0/networks', (request) => {
    const caller = callerOf(networking, request);
    return listed(request, 'networks', store.networks.filter((network) => canSee(caller, network)).map((network) => networkView(networking, network)));
  });

  app.post('/v2.0/networks', (request, reply) => {
    const caller = writerOf(networking, request, 'create_network');
    const wanted = readAttributes(request.body, 'network', creatable);
    refuseAdminOnly(wanted, isAdmin(caller), 'create_network');
    const projectId = projectFor(caller, wanted, 'create_network');
    takeQuota(networking, 'network', projectId);
    const external = truth(wanted['router:external'], false);
    const network: Network = {
      id: newUuid(),
      ...newRecordFields(projectId, 1),
      name: text(wanted['name'], ''),
      description: text(wanted['description'], ''),
      admin_state_up: truth(wanted['admin_state_up'], true),
      shared: truth(wanted['shared'], false),
      external,
      // 1500 less what an overlay's header takes.
      mtu: typeof wanted['mtu'] === 'number' ? wanted['mtu'] : external ? 1500 : 1450,
      port_security_enabled: truth(wanted['port_security_enabled'], true),
    };
    store.networks.put(network);
    reply.code(201);
    // The answer to a create names the default, which an internal network never shows again.
    return { network: { ...networkView(networking, network), is_default: false } };
  });

  app.get<WithId>('/v2.0/networks/:id', (request) => {
    const caller = callerOf(networking, request);
    return { network: networkView(networking, getVisible(store.networks, 'network', request.params.id, caller)) };
  });

  app.put<WithId>('/v2.0/networks/:id', (request) => {
    const caller = writerOf(networking, request, 'update_network');
    const network = getOwn(store.networks, 'network', request.params.id, caller, 'update_network');
    const wanted = readAttributes(request.body, 'network', updatable);
    refuseAdminOnly(wanted, isAdmin(caller), 'update_network');
    const changed = revised(network, {
      name: text(wanted['name'], network.name),
      description: text(wanted['description'], network.description),
      admin_state_up: truth(wanted['admin_state_up'], network.admin_state_up),
      shared: truth(wanted['shared'], network.shared),
      external: truth(wanted['router:external'], network.external),
      port_security_enabled: truth(wanted['port_security_enabled'], network.port_security_enabled),
    });
    return { network: networkView(networking, store.networks.put(changed)) };
  });

  app.delete<WithId>('/v2.0/networks/:id', (request, reply) => {
    const caller = writerOf(networking, request, 'delete_network');
    const network = getOwn(store.networks, 'network', request.params.id, caller, 'delete_network');
    const users = usersOf(networking, network.id);
    if (users.length > 0) {
      const message = `Unable to complete operation on network ${network.id}. There are one or more ports still in use on the network, id for these ports is: ${users.join(',')}.`;
      throw refuse(409, 'NetworkInUse', message);
    }
    for (const subnet of store.subnetsOf(network.id)) store.subnets.delete(subnet.id);
    store.networks.delete(network.id);
    return reply.code(204).send();
  });
}

function refuseAdminOnly(wanted: Record<string, unknown>, admin: boolean, rule: string): void {
  const forbidden = Object.keys(wanted).find((name) => (adminOnly.includes(name) && truth(wanted[name], false)) || name.startsWith('provider:'));
  if (forbidden === undefined || admin) return;
  throw refuse(403, 'PolicyNotAuthorized', `(rule:${rule} and rule:${rule}:${forbidden}) is disallowed by policy`);
}

/** Ids of ports, routers' gateways and floating IPs that hold the network. */
function usersOf({ store }: Networking, networkId: string): string[] {
  return [
    ...store.portsOf(networkId).map((port) => port.id),
    ...store.routers.filter((router) => router.gateway?.network_id === networkId).map((router) => router.id),
    ...store.floatingAddresses.filter((floating) => floating.floating_network_id === networkId).map((floating) => floating.id),
  ];
}

function networkView({ store }: Networking, { external, ...network }: Network): Record<string, unknown> {
  return {
    ...network,
    tenant_id: network.project_id,
    status: 'ACTIVE',
    subnets: store.subnetsOf(network.id).map((subnet) => subnet.id),
    'router:external': external,
    ...(external && { is_default: false }),
    availability_zone_hints: [],
    availability_zones: [],
    ipv4_address_scope: null,
    ipv6_address_scope: null,
  };
}
