import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { authenticate, isAdmin, unauthenticated } from '../http/authentication.js';
import { ServiceError } from '../http/service-error.js';
import { pythonStr } from '../python-repr.js';
import type { SimContext, TokenInfo } from '../sim-context.js';
import type { Image, ImageStore } from './image-store.js';

const middlewareWords =
  'This server could not verify that you are authorized to access the document you requested. Either you supplied the wrong credentials (e.g., bad password), or your browser does not understand how to supply the credentials required.';
const visibilities = ['public', 'private', 'shared', 'community', 'all'];
/** Glance's api_limit_max and limit_param_default. */
const pageSizeMax = 1000;
const pageSizeDefault = 25;

interface WithId {
  Params: { id: string };
}

/** Glance v2: looking at images. Their content is not kept, so none can be made. */
export function registerGlance(app: FastifyInstance, context: SimContext, images: ImageStore): void {
  app.get('/', (_request, reply) => {
    reply.code(300);
    return { versions: ['v2.17', 'v2.9', 'v2.0'].map((id, index) => ({ id, status: index === 0 ? 'CURRENT' : 'SUPPORTED', links: [{ rel: 'self', href: `${context.baseUrl('image')}/v2/` }] })) };
  });

  app.get('/v2/images', (request) => {
    const caller = callerOf(context, request);
    return imageList(request, images.filter((image) => canSee(caller, image)));
  });

  app.get<WithId>('/v2/images/:id', (request) => imageView(getImage(images, callerOf(context, request), request.params.id)));

  app.delete<WithId>('/v2/images/:id', (request, reply) => {
    const caller = callerOf(context, request);
    const image = getImage(images, caller, request.params.id);
    if (!isAdmin(caller) && image.owner !== caller.projectId) throw new ServiceError(403, 'You are not authorized to complete delete_image action.');
    images.delete(image.id);
    return reply.code(204).send();
  });
}

function callerOf(context: SimContext, request: FastifyRequest): TokenInfo {
  try {
    return authenticate(context, request);
  } catch (error) {
    if (error instanceof ServiceError && error.status === unauthenticated().status) throw new ServiceError(401, middlewareWords);
    throw error;
  }
}

const canSee = (caller: TokenInfo, image: Image): boolean =>
  isAdmin(caller) || image.visibility === 'public' || image.visibility === 'community' || image.owner === caller.projectId;

function getImage(images: ImageStore, caller: TokenInfo, id: string): Image {
  const image = images.get(id);
  if (!image || !canSee(caller, image)) throw new ServiceError(404, `No image found with ID ${id}`);
  return image;
}

function imageList(request: FastifyRequest, visible: Image[]): Record<string, unknown> {
  const query = request.query as Record<string, string | undefined>;
  const limit = limitOf(query['limit']);
  if (query['visibility'] !== undefined && !visibilities.includes(query['visibility'])) throw new ServiceError(400, `Invalid visibility value: ${query['visibility']}`);
  // Newest first, as Glance sorts when nobody says how.
  const found = visible.filter((image) => matches(image, query)).sort((one, other) => other.created_at.localeCompare(one.created_at) || other.id.localeCompare(one.id));
  const at = query['marker'] === undefined ? -1 : found.findIndex((image) => image.id === query['marker']);
  if (query['marker'] !== undefined && at < 0) throw new ServiceError(400, 'Marker image could not be found.');
  const page = found.slice(at + 1, at + 1 + limit);
  const last = page.at(-1);
  const more = last !== undefined && found.length > at + 1 + limit;
  return { images: page.map(imageView), first: `/v2/images${firstQuery(request)}`, schema: '/v2/schemas/images', ...(more && { next: `/v2/images?${nextQuery(request, last.id)}` }) };
}

function limitOf(text: string | undefined): number {
  if (text === undefined) return pageSizeDefault;
  if (!/^-?\d+$/.test(text)) throw new ServiceError(400, 'limit param must be an integer');
  if (Number(text) < 0) throw new ServiceError(400, 'limit param must be positive');
  return Math.min(Number(text), pageSizeMax);
}

/** Any property is a filter; `in:a,b` takes several values. */
function matches(image: Image, query: Record<string, string | undefined>): boolean {
  const view = imageView(image);
  return Object.entries(query).every(([name, wanted]) => {
    if (wanted === undefined || ['limit', 'marker', 'sort', 'sort_key', 'sort_dir', 'member_status', 'created_at', 'updated_at'].includes(name)) return true;
    if (name === 'tag') return image.tags.includes(wanted);
    if (name === 'visibility' && wanted === 'all') return true;
    if (name === 'size_min') return image.size >= Number(wanted);
    if (name === 'size_max') return image.size <= Number(wanted);
    const values = wanted.startsWith('in:') ? wanted.slice(3).split(',').map((each) => each.replaceAll('"', '')) : [wanted];
    return values.includes(pythonStr(view[name] ?? ''));
  });
}

function firstQuery(request: FastifyRequest): string {
  const query = new URLSearchParams(request.url.split('?')[1] ?? '');
  query.delete('marker');
  const text = query.toString();
  return text === '' ? '' : `?${text}`;
}

function nextQuery(request: FastifyRequest, marker: string): string {
  const query = new URLSearchParams(request.url.split('?')[1] ?? '');
  query.set('marker', marker);
  return query.toString();
}

/** Free properties stand beside Glance's own, as in Glance. The digests are those of the name, there being no content. */
function imageView(image: Image): Record<string, unknown> {
  const { properties, ...own } = image;
  return {
    ...properties,
    ...own,
    disk_format: 'qcow2',
    container_format: 'bare',
    virtual_size: image.size,
    checksum: createHash('md5').update(image.name).digest('hex'),
    protected: false,
    os_hidden: false,
    os_hash_algo: 'sha512',
    os_hash_value: createHash('sha512').update(image.name).digest('hex'),
    self: `/v2/images/${image.id}`,
    file: `/v2/images/${image.id}/file`,
    schema: '/v2/schemas/image',
    stores: 'fs',
  };
}
