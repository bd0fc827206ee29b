import type { FastifyInstance } from 'fastify';
import { newHexId } from '../ids.js';
import { objectAt, textAt } from '../json.js';
import { pythonRepr } from '../python-repr.js';
import { ServiceError } from '../http/service-error.js';
import { callerOf, collectionOf, filtered, selfUrl, type Identity } from './identity.js';
import type { Endpoint, Region, Service } from './identity-store.js';
import { expecting, invalid, missing, requireAdmin, requiredProperty } from './keystone-errors.js';

interface WithId {
  Params: { id: string };
}

const interfaces = ['admin', 'internal', 'public'];

/** Services, endpoints and regions: what the catalogue is made of. */
export function serviceRoutes(app: FastifyInstance, identity: Identity): void {
  const { store } = identity;

  app.get('/v3/services', (request) => {
    requireAdmin(callerOf(identity, request), 'list_services');
    const services = filtered(store.services.values(), request.query, ['type', 'name']);
    return collectionOf(identity, request, 'services', services.map((service) => serviceView(identity, service)));
  });

  app.post('/v3/services', (request, reply) => {
    requireAdmin(callerOf(identity, request), 'create_service');
    const wanted = objectAt(request.body, 'service');
    if (!wanted) throw new ServiceError(400, "'service' is a required property");
    const type = textAt(wanted, 'type');
    if (type === undefined) throw requiredProperty('service', wanted, 'type');
    const description = textAt(wanted, 'description') ?? null;
    const service = store.services.put({ id: newHexId(), type, name: textAt(wanted, 'name') ?? null, description, enabled: wanted['enabled'] !== false });
    reply.code(201);
    return { service: serviceView(identity, service) };
  });

  app.get<WithId>('/v3/services/:id', (request) => {
    requireAdmin(callerOf(identity, request), 'get_service');
    const service = store.services.get(request.params.id);
    if (!service) throw missing('service', request.params.id);
    return { service: serviceView(identity, service) };
  });

  app.delete<WithId>('/v3/services/:id', (request, reply) => {
    requireAdmin(callerOf(identity, request), 'delete_service');
    const service = store.services.get(request.params.id);
    if (!service) throw missing('service', request.params.id);
    for (const endpoint of store.endpoints.filter((each) => each.service_id === service.id)) store.endpoints.delete(endpoint.id);
    store.services.delete(service.id);
    return reply.code(204).send();
  });

  app.get('/v3/endpoints', (request) => {
    requireAdmin(callerOf(identity, request), 'list_endpoints');
    const endpoints = filtered(store.endpoints.values(), request.query, ['service_id', 'interface', 'region_id']);
    return collectionOf(identity, request, 'endpoints', endpoints.map((endpoint) => endpointView(identity, endpoint)));
  });

  app.post('/v3/endpoints', (request, reply) => {
    requireAdmin(callerOf(identity, request), 'create_endpoint');
    const endpoint = store.endpoints.put(newEndpoint(identity, request.body));
    reply.code(201);
    return { endpoint: endpointView(identity, endpoint) };
  });

  app.get<WithId>('/v3/endpoints/:id', (request) => {
    requireAdmin(callerOf(identity, request), 'get_endpoint');
    return { endpoint: endpointView(identity, getEndpoint(identity, request.params.id)) };
  });

  app.patch<WithId>('/v3/endpoints/:id', (request) => {
    requireAdmin(callerOf(identity, request), 'update_endpoint');
    const endpoint = getEndpoint(identity, request.params.id);
    const wanted = objectAt(request.body, 'endpoint');
    const enabled = typeof wanted?.['enabled'] === 'boolean' ? wanted['enabled'] : endpoint.enabled;
    return { endpoint: endpointView(identity, store.endpoints.put({ ...endpoint, url: textAt(wanted, 'url') ?? endpoint.url, enabled })) };
  });

  app.delete<WithId>('/v3/endpoints/:id', (request, reply) => {
    requireAdmin(callerOf(identity, request), 'delete_endpoint');
    store.endpoints.delete(getEndpoint(identity, request.params.id).id);
    return reply.code(204).send();
  });

  // Regions may be read without a token (`rule:allow`: ""), but not by nobody.
  app.get('/v3/regions', (request) => {
    callerOf(identity, request);
    return collectionOf(identity, request, 'regions', store.regions.values().map((region) => regionView(identity, region)));
  });

  app.get<WithId>('/v3/regions/:id', (request) => {
    callerOf(identity, request);
    const region = store.regions.get(request.params.id);
    if (!region) throw missing('region', request.params.id);
    return { region: regionView(identity, region) };
  });

  app.post('/v3/regions', (request, reply) => {
    requireAdmin(callerOf(identity, request), 'create_region');
    const wanted = objectAt(request.body, 'region');
    if (!wanted) throw new ServiceError(400, "'region' is a required property");
    const id = textAt(wanted, 'id') ?? newHexId();
    if (store.regions.get(id)) throw new ServiceError(409, `Conflict occurred attempting to store region - Duplicate ID, ${id}.`);
    const description = textAt(wanted, 'description') ?? '';
    const region = store.regions.put({ id, description, parent_region_id: textAt(wanted, 'parent_region_id') ?? null });
    reply.code(201);
    return { region: regionView(identity, region) };
  });
}

function getEndpoint({ store }: Identity, id: string): Endpoint {
  const endpoint = store.endpoints.get(id);
  if (!endpoint) throw missing('endpoint', id);
  return endpoint;
}

function newEndpoint({ store, context }: Identity, body: unknown): Endpoint {
  const wanted = objectAt(body, 'endpoint');
  if (!wanted) throw new ServiceError(400, "'endpoint' is a required property");
  const { interface: kind, service_id, url } = wanted;
  if (kind === undefined) throw requiredProperty('endpoint', wanted, 'interface');
  if (typeof service_id !== 'string') throw requiredProperty('endpoint', wanted, 'service_id');
  if (typeof url !== 'string') throw requiredProperty('endpoint', wanted, 'url');
  if (!isInterface(kind)) throw invalid('interface', kind, `${pythonRepr(kind)} is not one of ${pythonRepr(interfaces)}`);
  if (!store.services.get(service_id)) throw expecting('endpoint service_id', 'service table');
  const region = textAt(wanted, 'region_id') ?? textAt(wanted, 'region') ?? null;
  // Keystone makes a region that only an endpoint names (`region`), and refuses an unknown `region_id`.
  if (region !== null && !store.regions.get(region)) {
    if (wanted['region_id'] !== undefined) throw expecting('endpoint region_id', 'region table');
    store.regions.put({ id: region, description: '', parent_region_id: null });
  }
  context.log('endpoint registered', { url, region });
  return { id: newHexId(), interface: kind, service_id, url, region_id: region, enabled: wanted['enabled'] !== false };
}

const isInterface = (value: unknown): value is Endpoint['interface'] => typeof value === 'string' && interfaces.includes(value);

function serviceView(identity: Identity, { id, name, type, enabled, description }: Service): Record<string, unknown> {
  const links = { self: selfUrl(identity, `services/${id}`) };
  return { ...(name !== null && { name }), id, type, enabled, ...(description !== null && { description }), links };
}

function endpointView(identity: Identity, endpoint: Endpoint): Record<string, unknown> {
  const { id, service_id, region_id, url, enabled } = endpoint;
  const links = { self: selfUrl(identity, `endpoints/${id}`) };
  return { id, interface: endpoint.interface, region_id, service_id, url, enabled, region: region_id, links };
}

const regionView = (identity: Identity, region: Region): Record<string, unknown> => ({ ...region, links: { self: selfUrl(identity, `regions/${region.id}`) } });
