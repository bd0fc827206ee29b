import type { FastifyInstance } from 'fastify';
import { isAdmin, type ProjectToken } from '../http/authentication.js';
import { ServiceError } from '../http/service-error.js';
import { newUuid } from '../ids.js';
import { listAt, objectAt, textAt } from '../json.js';
import { pythonRepr, pythonStr } from '../python-repr.js';
import { badRequest, callerOf, writerOf, type Compute, type WithId } from './compute.js';
import type { ServerGroup } from './compute-store.js';

const policies: ServerGroup['policy'][] = ['anti-affinity', 'affinity', 'soft-anti-affinity', 'soft-affinity'];
/** The soft policies came with 2.15. */
const policiesAt = (microversion: number): ServerGroup['policy'][] => (microversion >= 15 ? policies : policies.slice(0, 2));

export function serverGroupRoutes(app: FastifyInstance, compute: Compute): void {
  const { store } = compute;
  const path = '/v2.1/os-server-groups';

  app.get(path, (request) => {
    const caller = callerOf(compute, request, 'os-server-groups:index');
    const own = store.groups.filter((group) => group.project_id === caller.projectId);
    return { server_groups: own.map((group) => groupView(compute, group, request.microversion)) };
  });

  app.post(path, (request) => {
    const caller = writerOf(compute, request, 'os-server-groups:create');
    const wanted = objectAt(request.body, 'server_group');
    const name = textAt(wanted, 'name');
    if (name === undefined || name === '') throw badRequest("Invalid input for field/attribute server_group. 'name' is a required property");
    // Before 2.64 a list of one policy, from then on the policy itself.
    const policy = request.microversion >= 64 ? wanted?.['policy'] : (listAt(wanted, 'policies') ?? [])[0];
    const known = policiesAt(request.microversion).find((each) => each === policy);
    if (!known) {
      const field = request.microversion >= 64 ? 'policy' : '0';
      throw badRequest(`Invalid input for field/attribute ${field}. Value: ${pythonStr(policy)}. ${pythonRepr(policy)} is not one of ${pythonRepr(policiesAt(request.microversion))}`);
    }
    const limit = store.quotas.get(caller.projectId)?.limits['server_groups'] ?? -1;
    if (limit >= 0 && store.groups.filter((group) => group.project_id === caller.projectId).length >= limit) throw new ServiceError(403, 'Quota exceeded, too many server groups.');
    const group = store.groups.put({ id: newUuid(), name, project_id: caller.projectId, user_id: caller.userId, policy: known });
    return { server_group: groupView(compute, group, request.microversion) };
  });

  app.get<WithId>(`${path}/:id`, (request) => {
    const group = getGroup(compute, callerOf(compute, request, 'os-server-groups:show'), request.params.id);
    return { server_group: groupView(compute, group, request.microversion) };
  });

  app.delete<WithId>(`${path}/:id`, (request, reply) => {
    const group = getGroup(compute, writerOf(compute, request, 'os-server-groups:delete'), request.params.id);
    for (const member of store.membersOf(group.id)) compute.life.change(member.id, { groupId: null });
    store.groups.delete(group.id);
    return reply.code(204).send();
  });
}

function getGroup({ store }: Compute, caller: ProjectToken, id: string): ServerGroup {
  const group = store.groups.get(id);
  if (!group || (group.project_id !== caller.projectId && !isAdmin(caller))) throw new ServiceError(404, `Instance group ${id} could not be found.`);
  return group;
}

function groupView({ store }: Compute, { id, name, policy, project_id, user_id }: ServerGroup, microversion: number): Record<string, unknown> {
  const members = store.membersOf(id).map((server) => server.id);
  const owner = microversion >= 13 ? { project_id, user_id } : {};
  if (microversion >= 64) return { id, name, policy, rules: {}, members, ...owner };
  return { id, name, policies: [policy], metadata: {}, members, ...owner };
}
