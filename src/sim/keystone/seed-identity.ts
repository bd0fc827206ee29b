import { seedHexId } from '../ids.js';
import type { ServiceName, SimContext } from '../sim-context.js';
import type { SeedRegister } from '../seed-register.js';
import { grantId, hashSecret, type Endpoint, type IdentityStore } from './identity-store.js';

export const seedPassword = 'simpass';

const roles = ['admin', 'member', 'reader', 'service', 'heat_stack_owner', 'load-balancer_member', 'creator'];
const tenantRoles = ['member', 'reader', 'heat_stack_owner', 'load-balancer_member', 'creator'];

export const seededProjects = ['admin', 'demo', 'other', 'service'] as const;
export const projectId = (name: (typeof seededProjects)[number]): string => seedHexId('project', name);
export const userId = (name: string): string => seedHexId('user', name);

/** `jeroboam` is the service credential that makes clusters' users; it lives where service users do. */
const people: { name: string; project: (typeof seededProjects)[number]; roles: string[] }[] = [
  { name: 'admin', project: 'admin', roles: ['admin'] },
  { name: 'demo', project: 'demo', roles: tenantRoles },
  { name: 'other', project: 'other', roles: tenantRoles },
  { name: 'demo_reader', project: 'demo', roles: ['reader'] },
  { name: 'jeroboam', project: 'service', roles: ['admin', 'service'] },
];

const catalogue: { service: ServiceName; name: string; path: string }[] = [
  { service: 'identity', name: 'keystone', path: '/v3' },
  { service: 'image', name: 'glance', path: '' },
  { service: 'compute', name: 'nova', path: '/v2.1' },
  { service: 'network', name: 'neutron', path: '' },
  { service: 'volumev3', name: 'cinderv3', path: '/v3/$(project_id)s' },
  { service: 'orchestration', name: 'heat', path: '/v1/$(project_id)s' },
  { service: 'load-balancer', name: 'octavia', path: '' },
];

/** Domains, projects, people and the catalogue; adds what is missing and changes nothing that is there. */
export function seedIdentity(context: SimContext, store: IdentityStore, seeds: SeedRegister, containerInfra: string | undefined): void {
  seeds.ensure(store.domains, { id: 'default', name: 'Default', description: 'The default domain', enabled: true });
  seeds.ensure(store.domains, { id: seedHexId('domain', 'jeroboam'), name: 'jeroboam', description: 'Users of clusters', enabled: true });
  seeds.ensure(store.regions, { id: context.region, description: '', parent_region_id: null });
  for (const name of seededProjects) seeds.ensure(store.projects, { id: projectId(name), name, domain_id: 'default', description: '', enabled: true });
  for (const name of roles) seeds.ensure(store.roles, { id: seedHexId('role', name), name });
  for (const person of people) seedPerson(store, seeds, person);
  const offered = catalogue.filter(({ service }) => (service !== 'volumev3' || context.settings.cinder) && (service !== 'load-balancer' || context.settings.octavia));
  for (const { service, name, path } of offered) seedService(context, store, seeds, service, name, `${context.baseUrl(service)}${path}`);
  if (containerInfra !== undefined) seedService(context, store, seeds, 'container-infra', 'magnum', containerInfra);
}

function seedPerson(store: IdentityStore, seeds: SeedRegister, { name, project, roles: granted }: (typeof people)[number]): void {
  const { salt, hash } = hashSecret(seedPassword);
  const user = { id: userId(name), name, domain_id: 'default', enabled: true, salt, passwordHash: hash, tokensValidFrom: 0, extra: {} };
  seeds.ensure(store.users, user);
  for (const role of granted) {
    const roleId = seedHexId('role', role);
    const id = grantId('projects', projectId(project), user.id, roleId);
    seeds.ensure(store.grants, { id, scope: 'projects', scopeId: projectId(project), userId: user.id, roleId });
  }
}

function seedService(context: SimContext, store: IdentityStore, seeds: SeedRegister, type: string, name: string, url: string): void {
  const service = { id: seedHexId('service', type), type, name, description: null, enabled: true };
  seeds.ensure(store.services, service);
  const interfaces: Endpoint['interface'][] = ['public', 'internal', 'admin'];
  for (const each of interfaces) {
    const endpoint = { id: seedHexId('endpoint', `${type}/${each}`), service_id: service.id, interface: each, region_id: context.region, url, enabled: true };
    seeds.ensure(store.endpoints, endpoint);
    // The URL is the operator's to say at each start.
    if (store.endpoints.get(endpoint.id)?.url !== url) store.endpoints.put(endpoint);
  }
}
