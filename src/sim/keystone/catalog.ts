import type { Endpoint, IdentityStore } from './identity-store.js';

/** The catalogue as a token for this project shows it: endpoint templates filled in, services without endpoints left out. */
export function catalogFor(store: IdentityStore, projectId: string): Record<string, unknown>[] {
  const endpoints = store.endpoints.filter((endpoint) => endpoint.enabled);
  return store.services
    .filter((service) => service.enabled)
    .map((service) => ({
      endpoints: endpoints.filter((endpoint) => endpoint.service_id === service.id).map((endpoint) => catalogEndpoint(endpoint, projectId)),
      id: service.id,
      type: service.type,
      name: service.name ?? '',
    }));
}

function catalogEndpoint(endpoint: Endpoint, projectId: string): Record<string, unknown> {
  const url = endpoint.url.replaceAll(/[$%]\((?:project_id|tenant_id)\)s/g, projectId);
  return { id: endpoint.id, interface: endpoint.interface, region_id: endpoint.region_id, url, region: endpoint.region_id };
}
