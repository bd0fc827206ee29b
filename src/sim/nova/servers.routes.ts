import { randomBytes } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { isAdmin, type ProjectToken } from '../http/authentication.js';
import { ServiceError } from '../http/service-error.js';
import { isObject, objectAt, textAt } from '../json.js';
import { apiUrl, badRequest, callerOf, getServer, linksOf, notAllowed, writerOf, type Compute, type WithId } from './compute.js';
import { databaseTime, type Server, type ServerAction } from './compute-store.js';
import { createServer } from './server-create.js';
import { readServerRequest } from './server-request.js';
import { briefServer, serverView, vmStateOf } from './server-view.js';

/** Nova's osapi_max_limit. */
const pageSizeMax = 1000;

export function serverRoutes(app: FastifyInstance, compute: Compute): void {
  app.get('/v2.1/servers', (request) => serverList(compute, request, (server) => briefServer(compute, server)));
  app.get('/v2.1/servers/detail', (request) => {
    const caller = callerOf(compute, request, 'servers:detail');
    return serverList(compute, request, (server) => serverView(compute, server, caller, request.microversion));
  });

  app.post('/v2.1/servers', (request, reply) => {
    const wanted = readServerRequest(request.body, request.microversion);
    const caller = writerOf(compute, request, 'servers:create');
    const server = createServer(compute, caller, wanted);
    reply.code(202).header('location', apiUrl(compute, `/servers/${server.id}`));
    const groups = wanted.securityGroups.length > 0 ? wanted.securityGroups : ['default'];
    return {
      server: {
        id: server.id,
        links: linksOf(compute, `servers/${server.id}`),
        'OS-DCF:diskConfig': 'MANUAL',
        security_groups: groups.map((name) => ({ name })),
        adminPass: randomBytes(9).toString('base64url'),
      },
    };
  });

  app.get<WithId>('/v2.1/servers/:id', (request) => {
    const caller = callerOf(compute, request, 'servers:show');
    return { server: serverView(compute, getServer(compute, caller, request.params.id), caller, request.microversion) };
  });

  app.put<WithId>('/v2.1/servers/:id', (request) => {
    const caller = writerOf(compute, request, 'servers:update');
    const server = getServer(compute, caller, request.params.id);
    const wanted = objectAt(request.body, 'server');
    const name = textAt(wanted, 'name') ?? server.name;
    const changed = compute.life.change(server.id, { name, description: textAt(wanted, 'description') ?? server.description });
    return { server: serverView(compute, changed ?? server, caller, request.microversion) };
  });

  app.delete<WithId>('/v2.1/servers/:id', (request, reply) => {
    const caller = writerOf(compute, request, 'servers:delete');
    compute.life.delete(getServer(compute, caller, request.params.id));
    return reply.code(204).send();
  });

  app.post<WithId>('/v2.1/servers/:id/action', (request, reply) => {
    const caller = writerOf(compute, request, 'servers:action');
    if (!compute.store.servers.get(request.params.id)) throw new ServiceError(404, `Instance ${request.params.id} has no mapping to a cell.`);
    const server = getServer(compute, caller, request.params.id);
    const answer = act(compute, caller, server, request.body);
    noteAction(compute, caller, server, request);
    return answer === undefined ? reply.code(202).send() : reply.send(answer);
  });

  app.get<WithId>('/v2.1/servers/:id/os-instance-actions', (request) => {
    const caller = callerOf(compute, request, 'os-instance-actions:list');
    const { id, user_id, project_id, created, actions = [] } = getServer(compute, caller, request.params.id);
    const make = { action: 'create', user_id, request_id: `req-${id}`, start_time: `${created.replace('Z', '')}.000000` };
    const view = (noted: ServerAction) => ({ ...noted, instance_uuid: id, project_id, message: null });
    // The newest first.
    return { instanceActions: [make, ...actions].reverse().map(view) };
  });

  app.get<WithId>('/v2.1/servers/:id/os-interface', (request) => {
    const caller = callerOf(compute, request, 'os-attach-interfaces:list');
    const server = getServer(compute, caller, request.params.id);
    return {
      interfaceAttachments: compute.life.portsOf(server.id).map((port) => ({
        net_id: port.network_id,
        port_id: port.id,
        mac_addr: port.mac_address,
        port_state: port.status,
        fixed_ips: port.fixed_ips,
        ...(request.microversion >= 70 && { tag: null }),
      })),
    };
  });
}

const namedActions: Readonly<Record<string, string>> = { 'os-start': 'start', 'os-stop': 'stop', reboot: 'reboot' };

/** What os-instance-actions tells later; other actions leave no trace there in this simulator. */
function noteAction(compute: Compute, caller: ProjectToken, server: Server, request: FastifyRequest): void {
  const [asked = ''] = Object.keys(isObject(request.body) ? request.body : {});
  const action = namedActions[asked];
  if (action === undefined) return;
  const noted = { action, user_id: caller.userId, request_id: request.id, start_time: databaseTime() };
  compute.life.change(server.id, { actions: [...(server.actions ?? []), noted] });
}

function act(compute: Compute, caller: ProjectToken, server: Server, body: unknown): Record<string, unknown> | undefined {
  const [action = ''] = Object.keys(isObject(body) ? body : {});
  const { life } = compute;
  switch (action) {
    case 'os-start':
      requireState(server, 'start', ['SHUTOFF']);
      life.start(server);
      return undefined;
    case 'os-stop':
      requireState(server, 'stop', ['ACTIVE', 'ERROR']);
      life.stop(server);
      return undefined;
    case 'reboot': {
      const type = textAt(objectAt(body, 'reboot'), 'type');
      if (type !== 'SOFT' && type !== 'HARD') throw badRequest(`Invalid input for field/attribute type. Value: ${String(type)}. it is not one of ['HARD', 'Hard', 'hard', 'SOFT', 'Soft', 'soft']`);
      requireState(server, 'reboot', type === 'SOFT' ? ['ACTIVE'] : ['ACTIVE', 'SHUTOFF', 'ERROR']);
      life.reboot(server, type === 'HARD');
      return undefined;
    }
    case 'os-resetState': {
      if (!isAdmin(caller)) throw notAllowed('os-admin-actions:reset_state');
      const state = textAt(objectAt(body, 'os-resetState'), 'state');
      if (state !== 'active' && state !== 'error') throw badRequest(`Invalid input for field/attribute state. Value: ${String(state)}. it is not one of ['active', 'error']`);
      life.change(server.id, { status: state === 'active' ? 'ACTIVE' : 'ERROR', task_state: null });
      return undefined;
    }
    case 'os-getConsoleOutput': {
      const length = objectAt(body, action)?.['length'];
      const output = compute.context.guests.consoleLog(server.id);
      return { output: typeof length === 'number' && length >= 0 ? output.split('\n').slice(-length - 1).join('\n') : output };
    }
    default:
      throw badRequest(`There is no such action: ${action}`);
  }
}

function requireState(server: Server, action: string, states: Server['status'][]): void {
  if (server.task_state !== null) {
    throw new ServiceError(409, `Cannot '${action}' instance ${server.id} while it is in task_state ${server.task_state}`);
  }
  if (!states.includes(server.status)) throw new ServiceError(409, `Cannot '${action}' instance ${server.id} while it is in vm_state ${vmStateOf(server)}`);
}

function serverList(compute: Compute, request: FastifyRequest, view: (server: Server) => Record<string, unknown>): Record<string, unknown> {
  const caller = callerOf(compute, request);
  const query = request.query as Record<string, string | undefined>;
  const allTenants = query['all_tenants'] !== undefined && !['0', 'false', 'False'].includes(query['all_tenants']);
  if (allTenants && !isAdmin(caller)) throw notAllowed('servers:index:get_all_tenants');
  if (query['limit'] !== undefined && !/^\d*$/.test(query['limit'])) {
    throw badRequest(`Invalid input for query parameters limit. Value: ${query['limit']}. '${query['limit']}' does not match '^[0-9]*$'`);
  }
  const found = compute.store.servers
    .filter((server) => allTenants || server.project_id === caller.projectId)
    .filter((server) => matches(compute, server, query, isAdmin(caller)))
    .reverse();
  const at = query['marker'] === undefined ? -1 : found.findIndex((server) => server.id === query['marker']);
  if (query['marker'] !== undefined && at < 0) throw badRequest(`marker [${query['marker']}] not found`);
  const limit = Math.min(Number(query['limit'] ?? pageSizeMax) || pageSizeMax, pageSizeMax);
  const page = found.slice(at + 1, at + 1 + limit);
  const next = new URL(request.url, compute.context.baseUrl('compute'));
  next.searchParams.set('marker', page.at(-1)?.id ?? '');
  return { servers: page.map(view), ...(found.length > at + 1 + limit && { servers_links: [{ rel: 'next', href: next.toString() }] }) };
}

/** Names are regular expressions, as MySQL's: without regard to case. Unknown filters are ignored, as by Nova. */
function matches(compute: Compute, server: Server, query: Record<string, string | undefined>, admin: boolean): boolean {
  const { name, status, flavor, image, host, project_id: project, tags, ip, uuid } = query;
  if (name !== undefined && !nameMatches(name, server.name)) return false;
  if (status !== undefined && status.toUpperCase() !== server.status) return false;
  if (flavor !== undefined && flavor !== server.flavor.id) return false;
  if (image !== undefined && image !== server.imageId) return false;
  if (uuid !== undefined && uuid !== server.id) return false;
  if (admin && host !== undefined && host !== server.host) return false;
  if (admin && project !== undefined && project !== server.project_id) return false;
  if (tags !== undefined && !tags.split(',').every((tag) => server.tags.includes(tag))) return false;
  return ip === undefined || compute.life.portsOf(server.id).some((port) => port.fixed_ips.some((fixed) => new RegExp(ip).test(fixed.ip_address)));
}

function nameMatches(pattern: string, name: string): boolean {
  try {
    return new RegExp(pattern, 'i').test(name);
  } catch (error) {
    if (error instanceof SyntaxError) throw badRequest('Invalid filter field: name');
    throw error;
  }
}
