import type { FastifyInstance } from 'fastify';
import { refuse } from './neutron-errors.js';
import { floatingIpRoutes } from './floating-ips.routes.js';
import { networkRoutes } from './networks.routes.js';
import { callerOf, type Networking } from './networking.js';
import { portRoutes } from './ports.routes.js';
import { quotaRoutes } from './quotas.routes.js';
import { routerRoutes } from './routers.routes.js';
import { securityGroupRoutes } from './security-groups.routes.js';
import { subnetRoutes } from './subnets.routes.js';
import { tagRoutes } from './tags.routes.js';

const extensions = [
  ...['agent', 'allowed-address-pairs', 'availability_zone', 'binding', 'default-subnetpools', 'dns-integration', 'ext-gw-mode', 'external-net', 'extra_dhcp_opt'],
  ...['extraroute', 'fip-port-details', 'l3-ha', 'net-mtu', 'pagination', 'port-security', 'project-id', 'provider', 'quotas', 'quota_details', 'router'],
  ...['security-group', 'sorting', 'standard-attr-description', 'standard-attr-revisions', 'standard-attr-tag', 'standard-attr-timestamp', 'subnet_allocation'],
];

/** Neutron v2.0. */
export function registerNeutron(app: FastifyInstance, networking: Networking): void {
  const url = networking.context.baseUrl('network');
  app.get('/', () => ({ versions: [{ id: 'v2.0', status: 'CURRENT', links: [{ rel: 'self', href: `${url}/v2.0/` }] }] }));
  app.get('/v2.0', (request) => {
    callerOf(networking, request);
    const resources = ['networks', 'subnets', 'ports', 'routers', 'floatingips', 'security-groups', 'security-group-rules', 'quotas'];
    return { resources: resources.map((name) => ({ name: name.replace(/s$/, ''), collection: name, links: [{ rel: 'self', href: `${url}/v2.0/${name}` }] })) };
  });
  networkRoutes(app, networking);
  subnetRoutes(app, networking);
  portRoutes(app, networking);
  routerRoutes(app, networking);
  floatingIpRoutes(app, networking);
  securityGroupRoutes(app, networking);
  quotaRoutes(app, networking);
  tagRoutes(app, networking);

  app.get('/v2.0/extensions', (request) => {
    callerOf(networking, request);
    return { extensions: extensions.map(extensionView) };
  });
  app.get<{ Params: { alias: string } }>('/v2.0/extensions/:alias', (request) => {
    callerOf(networking, request);
    if (!extensions.includes(request.params.alias)) throw refuse(404, 'HTTPNotFound', 'The resource could not be found.');
    return { extension: extensionView(request.params.alias) };
  });
  // This cloud has neither agents nor named zones of the network.
  app.get('/v2.0/agents', (request) => (callerOf(networking, request), { agents: [] }));
  app.get('/v2.0/availability_zones', (request) => (callerOf(networking, request), { availability_zones: [] }));
}

const extensionView = (alias: string): Record<string, unknown> => ({ alias, name: alias, description: alias, updated: '2015-01-01T10:00:00-00:00', links: [] });
