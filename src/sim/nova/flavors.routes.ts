import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ServiceError } from '../http/service-error.js';
import { newUuid } from '../ids.js';
import { objectAt, textAt, type JsonObject } from '../json.js';
import { adminOf, badRequest, callerOf, linksOf, type Compute, type WithId } from './compute.js';
import type { Flavor } from './compute-store.js';

export function flavorRoutes(app: FastifyInstance, compute: Compute): void {
  app.get('/v2.1/flavors', (request) => {
    callerOf(compute, request, 'flavors');
    return { flavors: page(compute, request).map((flavor) => ({ id: flavor.id, name: flavor.name, ...(request.microversion >= 55 && { description: null }), links: linksOf(compute, `flavors/${flavor.id}`) })) };
  });
  app.get('/v2.1/flavors/detail', (request) => {
    callerOf(compute, request, 'flavors');
    return { flavors: page(compute, request).map((flavor) => flavorView(compute, flavor, request.microversion)) };
  });
  app.get<WithId>('/v2.1/flavors/:id', (request) => {
    callerOf(compute, request, 'flavors');
    return { flavor: flavorView(compute, getFlavor(compute, request.params.id), request.microversion) };
  });
  app.post('/v2.1/flavors', (request) => {
    adminOf(compute, request, 'os-flavor-manage:create');
    const flavor = compute.store.flavors.put(newFlavor(compute, objectAt(request.body, 'flavor') ?? {}));
    return { flavor: flavorView(compute, flavor, request.microversion) };
  });
  app.delete<WithId>('/v2.1/flavors/:id', (request, reply) => {
    adminOf(compute, request, 'os-flavor-manage:delete');
    compute.store.flavors.delete(getFlavor(compute, request.params.id).id);
    return reply.code(202).send();
  });
  app.get<WithId>('/v2.1/flavors/:id/os-extra_specs', (request) => {
    callerOf(compute, request, 'os-flavor-extra-specs:index');
    getFlavor(compute, request.params.id);
    return { extra_specs: {} };
  });
}

function getFlavor({ store }: Compute, id: string): Flavor {
  const flavor = store.flavors.get(id);
  if (!flavor) throw new ServiceError(404, `Flavor ${id} could not be found.`);
  return flavor;
}

function newFlavor({ store }: Compute, wanted: JsonObject): Flavor {
  const name = textAt(wanted, 'name');
  const id = textAt(wanted, 'id') ?? 'auto';
  const [vcpus, ram, disk] = ['vcpus', 'ram', 'disk'].map((key) => Number(wanted[key]));
  if (name === undefined || !isPositive(vcpus) || !isPositive(ram) || disk === undefined || !(disk >= 0)) {
    throw badRequest('Invalid input for field/attribute flavor: name, vcpus, ram and disk are required');
  }
  if (store.flavors.find((flavor) => flavor.name === name)) throw new ServiceError(409, `Flavor with name ${name} already exists.`);
  if (store.flavors.get(id)) throw new ServiceError(409, `Flavor with ID ${id} already exists.`);
  return { id: id === 'auto' ? newUuid() : id, name, vcpus, ram, disk };
}

const isPositive = (value: number | undefined): value is number => value !== undefined && Number.isInteger(value) && value > 0;

function page({ store }: Compute, request: FastifyRequest): Flavor[] {
  const { limit, marker, minDisk, minRam } = request.query as Record<string, string | undefined>;
  const fitting = store.flavors.filter((flavor) => flavor.disk >= Number(minDisk ?? 0) && flavor.ram >= Number(minRam ?? 0));
  const start = marker === undefined ? 0 : fitting.findIndex((flavor) => flavor.id === marker) + 1;
  return fitting.slice(start, limit === undefined ? undefined : start + Number(limit));
}

function flavorView(compute: Compute, { id, name, vcpus, ram, disk }: Flavor, microversion: number): Record<string, unknown> {
  return {
    id,
    name,
    ram,
    disk,
    // From 2.75 on a number like the others.
    swap: microversion >= 75 ? 0 : '',
    'OS-FLV-EXT-DATA:ephemeral': 0,
    'OS-FLV-DISABLED:disabled': false,
    vcpus,
    'os-flavor-access:is_public': true,
    rxtx_factor: 1,
    links: linksOf(compute, `flavors/${id}`),
    ...(microversion >= 55 && { description: null }),
    ...(microversion >= 61 && { extra_specs: {} }),
  };
}
