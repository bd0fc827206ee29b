import type { ResourceRecord, StackRecord } from '../heat/stack/records.js';
import type { CloudContent } from './leftovers.js';

export interface WorldContent extends Omit<CloudContent, 'stacks' | 'lbaas'> {
  stacks: StackRecord[];
  resources: ResourceRecord[];
}

/**
 * What an onlooker who samples the cloud many times a second needs, in one answer and nothing more: things beyond the
 * seeds, who made them, what holds what. Stacks that are nested in others are left out.
 */
export function worldView({ identity, network, compute, volume, seeds, stacks, resources }: WorldContent): Record<string, unknown> {
  const living = new Map(stacks.map((stack) => [stack.id, stack]));
  const beyond = <T extends { id: string }>(records: T[]): T[] => records.filter(({ id }) => !seeds.has(id));
  const rootOf = (stackId: string): string | undefined => {
    const stack = living.get(stackId);
    return stack?.parent ? rootOf(stack.parent.stackId) : stack?.id;
  };
  const stackOf = new Map(
    resources.flatMap(({ type, physicalId, stackId }) => {
      const root = type === 'OS::Nova::Server' && physicalId !== null ? rootOf(stackId) : undefined;
      return root === undefined || physicalId === null ? [] : [[physicalId, root] as const];
    }),
  );
  const portsOf = new Map<string, string[]>();
  for (const { id, device_id } of network.ports.values()) portsOf.set(device_id, [...(portsOf.get(device_id) ?? []), id]);
  return {
    servers: compute.servers.values().map(({ id, name, project_id, user_id, status, volumes }) => ({
      ...{ id, name, project_id, user_id, status },
      stack_id: stackOf.get(id) ?? null,
      ports: portsOf.get(id) ?? [],
      volumes: volumes.map(({ volumeId }) => volumeId),
    })),
    volumes: volume.volumes.values().map(({ id, attachments }) => ({ id, servers: attachments.map(({ server_id }) => server_id) })),
    stacks: [...living.values()]
      .filter(({ parent }) => parent === null)
      .map(({ id, name, projectId, userId, tags }) => ({ id, name, project_id: projectId, user_id: userId, tags })),
    // Seeded users as well: an onlooker tells by their names whose calls the request log shows.
    users: identity.users.values().map(({ id, name }) => ({ id, name })),
    role_assignments: beyond(identity.grants.values())
      .filter(({ scope }) => scope === 'projects')
      .map(({ id, userId, scopeId }) => ({ id, user_id: userId, project_id: scopeId })),
    application_credentials: beyond(identity.applicationCredentials.values()).map(({ id, name, user_id, project_id }) => ({ id, name, user_id, project_id })),
  };
}
