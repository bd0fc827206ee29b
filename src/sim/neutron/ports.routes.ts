import type { FastifyInstance } from 'fastify';
import { isAdmin, type ProjectToken } from '../http/authentication.js';
import { isObject, textAt, type JsonObject } from '../json.js';
import { addressNumber, parseCidr } from './addresses.js';
import { readAttributes, text, texts, truth, type AttributeType } from './attributes.js';
import { listed } from './listing.js';
import { revised, type Port } from './network-store.js';
import { callerOf, canSee, getOwn, getVisible, projectFor, takeQuota, writerOf, type Networking, type WithId } from './networking.js';
import { badRequest, notFound, refuse } from './neutron-errors.js';
import { addressesFor, newPort } from './port-allocation.js';
import { isRouterInterface } from './subnets.routes.js';

const updatable: Record<string, AttributeType> = {
  name: 'text',
  description: 'text',
  admin_state_up: 'boolean',
  fixed_ips: 'list',
  security_groups: 'list',
  allowed_address_pairs: 'list',
  device_id: 'text',
  device_owner: 'text',
  port_security_enabled: 'boolean',
  'binding:host_id': 'text?',
  'binding:vnic_type': 'text',
  'binding:profile': 'object?',
  extra_dhcp_opts: 'any',
  mac_address: 'text',
};
const creatable: Record<string, AttributeType> = { ...updatable, tenant_id: 'text', project_id: 'text', network_id: 'text', tags: 'list', qos_policy_id: 'text?', dns_name: 'text' };

export function portRoutes(app: FastifyInstance, networking: Networking): void {
  const { store } = networking;

  app.get('/v2.0/ports', (request) => {
    const caller = callerOf(networking, request);
    return listed(request, 'ports', store.ports.filter((port) => canSeePort(networking, caller, port)).map(portView));
  });

  app.post('/v2.0/ports', (request, reply) => {
    const caller = writerOf(networking, request, 'create_port');
    const wanted = readAttributes(request.body, 'port', creatable, ['network_id']);
    const network = getVisible(store.networks, 'network', text(wanted['network_id'], ''), caller);
    if (network.project_id !== caller.projectId && !network.shared && !isAdmin(caller)) throw notFound('network', network.id);
    const projectId = projectFor(caller, wanted, 'create_port');
    const fixed = addressesFor(store, network.id, wanted['fixed_ips']);
    const groups = wantedGroups(networking, caller, wanted);
    takeQuota(networking, 'port', projectId);
    const port = newPort(networking, network.id, projectId, {
      fixed_ips: fixed,
      ...(groups && { security_groups: groups }),
      name: text(wanted['name'], ''),
      description: text(wanted['description'], ''),
      admin_state_up: truth(wanted['admin_state_up'], true),
      device_id: text(wanted['device_id'], ''),
      device_owner: text(wanted['device_owner'], ''),
      port_security_enabled: truth(wanted['port_security_enabled'], network.port_security_enabled),
      vnic_type: text(wanted['binding:vnic_type'], 'normal'),
      tags: texts(wanted['tags']),
      ...(typeof wanted['mac_address'] === 'string' && { mac_address: wanted['mac_address'] }),
    });
    port.allowed_address_pairs = pairsOf(wanted, port.mac_address) ?? [];
    store.ports.put(port);
    networking.directory.refresh();
    reply.code(201);
    return { port: portView(port) };
  });

  app.get<WithId>('/v2.0/ports/:id', (request) => {
    const caller = callerOf(networking, request);
    const port = store.ports.get(request.params.id);
    if (!port || !canSeePort(networking, caller, port)) throw notFound('port', request.params.id);
    return { port: portView(port) };
  });

  app.put<WithId>('/v2.0/ports/:id', (request) => {
    const caller = writerOf(networking, request, 'update_port');
    const port = getOwn(store.ports, 'port', request.params.id, caller, 'update_port');
    const wanted = readAttributes(request.body, 'port', updatable);
    const changed = revised(port, {
      name: text(wanted['name'], port.name),
      description: text(wanted['description'], port.description),
      admin_state_up: truth(wanted['admin_state_up'], port.admin_state_up),
      fixed_ips: wanted['fixed_ips'] === undefined ? port.fixed_ips : addressesFor(store, port.network_id, wanted['fixed_ips'], port.fixed_ips),
      security_groups: wantedGroups(networking, caller, wanted) ?? port.security_groups,
      allowed_address_pairs: pairsOf(wanted, port.mac_address) ?? port.allowed_address_pairs,
      device_id: text(wanted['device_id'], port.device_id),
      device_owner: text(wanted['device_owner'], port.device_owner),
      port_security_enabled: truth(wanted['port_security_enabled'], port.port_security_enabled),
    });
    if (changed.device_id === '') changed.status = 'DOWN';
    store.ports.put(changed);
    networking.directory.refresh();
    return { port: portView(changed) };
  });

  app.delete<WithId>('/v2.0/ports/:id', (request, reply) => {
    const caller = writerOf(networking, request, 'delete_port');
    const port = getOwn(store.ports, 'port', request.params.id, caller, 'delete_port');
    if (isRouterInterface(port)) {
      throw refuse(409, 'ServicePortInUse', `Port ${port.id} cannot be deleted directly via the port API: has device owner ${port.device_owner}.`);
    }
    deletePort(networking, port);
    return reply.code(204).send();
  });
}

/** A port takes its floating IPs' association along, not the floating IPs. */
export function deletePort({ store, directory }: Networking, port: Port): void {
  for (const floating of store.floatingAddresses.filter((each) => each.port_id === port.id)) {
    store.floatingAddresses.put(revised(floating, { port_id: null, fixed_ip_address: null, router_id: null }));
  }
  store.ports.delete(port.id);
  directory.refresh();
}

/** The network's owner sees the ports that others have in it. */
const canSeePort = ({ store }: Networking, caller: ProjectToken, port: Port): boolean =>
  canSee(caller, port) || store.networks.get(port.network_id)?.project_id === caller.projectId;

function wantedGroups({ store }: Networking, caller: ProjectToken, wanted: JsonObject): string[] | undefined {
  if (wanted['security_groups'] === undefined) return undefined;
  const groups = texts(wanted['security_groups']);
  for (const id of groups) {
    const group = store.securityGroups.get(id);
    if (!group || !canSee(caller, group)) throw notFound('security_group', id);
  }
  return groups;
}

function pairsOf(wanted: JsonObject, ownMac: string): Port['allowed_address_pairs'] | undefined {
  const given = wanted['allowed_address_pairs'];
  if (!Array.isArray(given)) return undefined;
  return given.map((pair) => {
    const address = textAt(pair, 'ip_address');
    if (!isObject(pair) || address === undefined) throw badRequest("Invalid input for allowed_address_pairs. Reason: 'ip_address' is required.");
    if (addressNumber(address) === undefined && !parseCidr(address)) throw badRequest(`Invalid input for allowed_address_pairs. Reason: '${address}' is not a valid IP address.`);
    return { mac_address: textAt(pair, 'mac_address') ?? ownMac, ip_address: address };
  });
}

export function portView({ vnic_type, ...port }: Port): Record<string, unknown> {
  return { ...port, tenant_id: port.project_id, 'binding:vnic_type': vnic_type, extra_dhcp_opts: [] };
}

