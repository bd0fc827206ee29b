import type { FastifyInstance } from 'fastify';
import { isObject } from '../json.js';
import type { Collection } from '../journal.js';
import { texts } from './attributes.js';
import { revised } from './network-store.js';
import { getOwn, writerOf, type Networking } from './networking.js';
import { badRequest, notFound, refuse, type ResourceKind } from './neutron-errors.js';

interface Tagged {
  id: string;
  project_id: string;
  tags: string[];
  revision_number: number;
  updated_at: string;
}
interface WithTag {
  Params: { resource: string; id: string; tag: string };
}

const kinds: Record<string, ResourceKind> = {
  networks: 'network',
  subnets: 'subnet',
  ports: 'port',
  routers: 'router',
  floatingips: 'floatingip',
  'security-groups': 'security_group',
};

/** `/v2.0/<resource>/<id>/tags`. */
export function tagRoutes(app: FastifyInstance, networking: Networking): void {
  const { store } = networking;
  const collections: Record<string, unknown> = {
    networks: store.networks,
    subnets: store.subnets,
    ports: store.ports,
    routers: store.routers,
    floatingips: store.floatingAddresses,
    'security-groups': store.securityGroups,
  };
  const path = `/v2.0/:resource(${Object.keys(kinds).join('|')})/:id/tags`;
  const open = (request: Parameters<typeof writerOf>[1], { resource, id }: WithTag['Params'], rule: string): [Collection<Tagged>, Tagged] => {
    const caller = writerOf(networking, request, rule);
    const collection = collections[resource] as Collection<Tagged>;
    return [collection, getOwn(collection, kinds[resource] ?? 'network', id, caller, rule)];
  };

  app.get<WithTag>(path, (request) => ({ tags: open(request, request.params, 'get_tags')[1].tags }));

  app.put<WithTag>(path, (request) => {
    const [collection, record] = open(request, request.params, 'update_tags');
    const wanted = isObject(request.body) ? request.body['tags'] : undefined;
    if (!Array.isArray(wanted)) throw badRequest("Invalid input for tags. Reason: a list of strings is required.");
    return { tags: collection.put(revised(record, { tags: [...new Set(texts(wanted))] })).tags };
  });

  app.delete<WithTag>(path, (request, reply) => {
    const [collection, record] = open(request, request.params, 'delete_tags');
    collection.put(revised(record, { tags: [] }));
    return reply.code(204).send();
  });

  app.put<WithTag>(`${path}/:tag`, (request, reply) => {
    const [collection, record] = open(request, request.params, 'update_tags');
    if (!record.tags.includes(request.params.tag)) collection.put(revised(record, { tags: [...record.tags, request.params.tag] }));
    return reply.code(201).send();
  });

  app.delete<WithTag>(`${path}/:tag`, (request, reply) => {
    const [collection, record] = open(request, request.params, 'delete_tags');
    const { id, tag } = request.params;
    if (!record.tags.includes(tag)) throw refuse(404, 'TagNotFound', `Tag ${tag} could not be found.`);
    if (!collection.get(id)) throw notFound('network', id);
    collection.put(revised(record, { tags: record.tags.filter((each) => each !== tag) }));
    return reply.code(204).send();
  });
}
