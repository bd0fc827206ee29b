import type { FastifyInstance } from 'fastify';
import { isAdmin, type ProjectToken } from '../http/authentication.js';
import { ServiceError } from '../http/service-error.js';
import { objectAt, without } from '../json.js';
import { adminOf, badRequest, callerOf, notAllowed, type Compute, type WithId } from './compute.js';
import type { ComputeStore } from './compute-store.js';

/** Nova's defaults where it has fixed ones; what a test cloud should not stumble over is unlimited. */
const defaults: Record<string, number> = {
  cores: -1,
  fixed_ips: -1,
  floating_ips: -1,
  injected_file_content_bytes: 10_240,
  injected_file_path_bytes: 255,
  injected_files: 5,
  instances: -1,
  key_pairs: -1,
  metadata_items: 128,
  ram: -1,
  security_group_rules: -1,
  security_groups: -1,
  server_group_members: -1,
  server_groups: -1,
};
const names = Object.keys(defaults);

const limitOf = (store: ComputeStore, name: string, projectId: string): number => store.quotas.get(projectId)?.limits[name] ?? defaults[name] ?? -1;

interface Usage {
  instances: number;
  cores: number;
  ram: number;
}

function usageOf(store: ComputeStore, projectId: string): Usage & { server_groups: number } {
  const servers = store.servers.filter((server) => server.project_id === projectId);
  return {
    instances: servers.length,
    cores: servers.reduce((sum, server) => sum + server.flavor.vcpus, 0),
    ram: servers.reduce((sum, server) => sum + server.flavor.ram, 0),
    server_groups: store.groups.filter((group) => group.project_id === projectId).length,
  };
}

/** Throws Nova's 403 when the project may not have so much more. */
export function takeComputeQuota({ store }: Compute, projectId: string, wanted: Usage): void {
  const used = usageOf(store, projectId);
  const exceeded = (['instances', 'cores', 'ram'] as const).filter((name) => {
    const limit = limitOf(store, name, projectId);
    return limit >= 0 && used[name] + wanted[name] > limit;
  });
  if (exceeded.length === 0) return;
  const list = (value: (name: keyof Usage) => number): string => exceeded.map(value).join(', ');
  const message = `Quota exceeded for ${exceeded.join(', ')}: Requested ${list((name) => wanted[name])}, but already used ${list((name) => used[name])} of ${list((name) => limitOf(store, name, projectId))} ${exceeded.join(', ')}`;
  throw new ServiceError(403, message);
}

export function computeQuotaRoutes(app: FastifyInstance, compute: Compute): void {
  const { store } = compute;
  const limits = (id: string): Record<string, unknown> => ({ id, ...Object.fromEntries(names.map((name) => [name, limitOf(store, name, id)])) });

  app.get<WithId>('/v2.1/os-quota-sets/:id', (request) => {
    refuseForeign(callerOf(compute, request), request.params.id, 'os-quota-sets:show');
    return { quota_set: limits(request.params.id) };
  });
  app.get<WithId>('/v2.1/os-quota-sets/:id/defaults', (request) => {
    callerOf(compute, request);
    return { quota_set: { id: request.params.id, ...defaults } };
  });
  app.get<WithId>('/v2.1/os-quota-sets/:id/detail', (request) => {
    const { id } = request.params;
    refuseForeign(callerOf(compute, request), id, 'os-quota-sets:detail');
    const used: Record<string, number> = { ...usageOf(store, id) };
    return { quota_set: { id, ...Object.fromEntries(names.map((name) => [name, { limit: limitOf(store, name, id), in_use: used[name] ?? 0, reserved: 0 }])) } };
  });
  app.put<WithId>('/v2.1/os-quota-sets/:id', (request) => {
    adminOf(compute, request, 'os-quota-sets:update');
    const wanted = without(objectAt(request.body, 'quota_set') ?? {}, 'force', 'tenant_id');
    const unknown = Object.keys(wanted).find((name) => !names.includes(name));
    if (unknown !== undefined) throw badRequest(`Invalid input for field/attribute quota_set. Additional properties are not allowed ('${unknown}' was unexpected)`);
    const { id } = request.params;
    store.quotas.put({ id, limits: { ...store.quotas.get(id)?.limits, ...Object.fromEntries(Object.entries(wanted).map(([name, value]) => [name, Number(value)])) } });
    return { quota_set: without(limits(id), 'id') };
  });
  app.delete<WithId>('/v2.1/os-quota-sets/:id', (request, reply) => {
    adminOf(compute, request, 'os-quota-sets:delete');
    store.quotas.delete(request.params.id);
    return reply.code(202).send();
  });

  app.get('/v2.1/limits', (request) => {
    const { projectId } = callerOf(compute, request, 'limits');
    const used = usageOf(store, projectId);
    const limit = (name: string): number => limitOf(store, name, projectId);
    const absolute = {
      maxTotalInstances: limit('instances'),
      maxTotalCores: limit('cores'),
      maxTotalRAMSize: limit('ram'),
      maxServerMeta: limit('metadata_items'),
      maxImageMeta: limit('metadata_items'),
      maxPersonality: limit('injected_files'),
      maxPersonalitySize: limit('injected_file_content_bytes'),
      maxTotalKeypairs: limit('key_pairs'),
      maxServerGroups: limit('server_groups'),
      maxServerGroupMembers: limit('server_group_members'),
      maxTotalFloatingIps: -1,
      maxSecurityGroups: -1,
      maxSecurityGroupRules: -1,
      totalRAMUsed: used.ram,
      totalCoresUsed: used.cores,
      totalInstancesUsed: used.instances,
      totalFloatingIpsUsed: 0,
      totalSecurityGroupsUsed: 0,
      totalServerGroupsUsed: used.server_groups,
    };
    return { limits: { rate: [], absolute } };
  });
}

function refuseForeign(caller: ProjectToken, projectId: string, rule: string): void {
  if (caller.projectId !== projectId && !isAdmin(caller)) throw notAllowed(rule);
}
