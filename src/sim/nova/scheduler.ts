import type { ComputeService, Flavor, Server, ServerGroup } from './compute-store.js';

/** What one simulated hypervisor holds at most; a flavor above it fits nowhere. Hosts never fill up: quotas are the limit here. */
export const hostVcpus = 128;
export const hostRamMiB = 512 * 1024;

/** The host for a new server, or undefined: then Nova says "No valid host was found". */
export function chooseHost(services: readonly ComputeService[], servers: readonly Server[], flavor: Flavor, group: ServerGroup | undefined): string | undefined {
  if (flavor.vcpus > hostVcpus || flavor.ram > hostRamMiB) return undefined;
  const usable = services.filter((service) => service.status === 'enabled' && !service.forced_down).map((service) => service.host);
  const load = (host: string): number => servers.filter((server) => server.host === host).length;
  const members = new Set(group ? servers.filter((server) => server.groupId === group.id).flatMap((server) => server.host ?? []) : []);
  const leastLoaded = (hosts: string[]): string | undefined => hosts.reduce<string | undefined>((best, host) => (best === undefined || load(host) < load(best) ? host : best), undefined);
  const apart = usable.filter((host) => !members.has(host));
  const together = usable.filter((host) => members.has(host));
  switch (group?.policy) {
    case undefined:
      return leastLoaded(usable);
    case 'anti-affinity':
      return leastLoaded(apart);
    case 'soft-anti-affinity':
      return leastLoaded(apart.length > 0 ? apart : usable);
    case 'affinity':
      return leastLoaded(members.size === 0 ? usable : together);
    case 'soft-affinity':
      return leastLoaded(together.length > 0 ? together : usable);
  }
}
