import type { CloudSession } from '../support/cloud-session.js';
import { leftInProject, type Leftover } from './leftovers.js';

/** Where a kind of thing is deleted by its id, in the order in which one thing lets go of another. */
const deletions: readonly (readonly [kind: string, service: string, path: (id: string) => string])[] = [
  ['load balancer', 'load-balancer', (id) => `/v2/lbaas/loadbalancers/${id}?cascade=true`],
  ['server', 'compute', (id) => `/servers/${id}`],
  ['floating address', 'network', (id) => `/v2.0/floatingips/${id}`],
  ['router', 'network', (id) => `/v2.0/routers/${id}`],
  ['port', 'network', (id) => `/v2.0/ports/${id}`],
  ['network', 'network', (id) => `/v2.0/networks/${id}`],
  ['security group', 'network', (id) => `/v2.0/security-groups/${id}`],
  ['volume', 'volumev3', (id) => `/volumes/${id}`],
  ['server group', 'compute', (id) => `/os-server-groups/${id}`],
];

/**
 * Asks for the end of everything in a project that belongs to no stack: what a job made beside its cluster and did not come
 * to take away. Refusals are left to the caller's next look, since some things go only after others.
 */
export async function clearProject(overseer: CloudSession): Promise<void> {
  const left = await leftInProject(overseer);
  for (const router of of(left, 'router')) await unplug(overseer, router.id);
  for (const [kind, service, path] of deletions) {
    for (const { id } of of(left, kind)) await overseer.call(service, 'DELETE', path(id));
  }
}

const of = (left: readonly Leftover[], kind: string): Leftover[] => left.filter((thing) => thing.kind === kind);

async function unplug(overseer: CloudSession, router: string): Promise<void> {
  const { ports } = await overseer.get<{ ports: { id: string }[] }>('network', `/v2.0/ports?device_id=${router}&device_owner=network:router_interface`);
  for (const { id } of ports) await overseer.call('network', 'PUT', `/v2.0/routers/${router}/remove_router_interface`, { port_id: id });
}
