import { z } from 'zod';
import type { components } from '../api-client/api.js';
import type { HttpMethod } from '../openstack/http-transport.js';
import type { OpenStackSession, ServiceCall } from '../openstack/session.js';

/** The API's objects, from the OpenAPI document. */
export type Schemas = components['schemas'];
/** Any of them, for printing. */
export type Item = Readonly<Record<string, unknown>>;

type Query = Readonly<Record<string, string | number | undefined>>;

const itemSchema = z.record(z.string(), z.unknown());
const anything = z.unknown();

/** magnum-api, as a person's program calls it: microversion `latest` unless another was asked for. */
export class CoeClient {
  constructor(
    private readonly session: OpenStackSession,
    private readonly version: string,
  ) {}

  /** The caller names what the OpenAPI document says the path answers. */
  async get<Answer extends Item = Item>(path: string, query: Query = {}): Promise<Answer> {
    return (await this.send('GET', path, { query })) as Answer;
  }

  async post<Answer extends Item = Item>(path: string, body: unknown): Promise<Answer> {
    return (await this.send('POST', path, { body })) as Answer;
  }

  async patch<Answer extends Item = Item>(path: string, body: unknown): Promise<Answer> {
    return (await this.send('PATCH', path, { body })) as Answer;
  }

  async delete(path: string, query: Query = {}): Promise<void> {
    await this.session.request({ ...this.call('DELETE', path), query, repeatable: false });
  }

  /** All items of a list, page by page, at most `limit` of them. */
  async list<Entry extends Item = Item>(path: string, key: string, query: Query = {}): Promise<Entry[]> {
    const limit = typeof query['limit'] === 'number' ? query['limit'] : undefined;
    const items: Entry[] = [];
    let marker: string | undefined;
    for (;;) {
      const page = await this.get(path, { ...query, ...(marker === undefined ? {} : { marker }) });
      const found = z.array(itemSchema).parse(page[key]);
      items.push(...(found as Entry[]));
      const last = found.at(-1)?.['uuid'];
      if (page['next'] === undefined || typeof last !== 'string' || (limit !== undefined && items.length >= limit)) return items.slice(0, limit);
      marker = last;
    }
  }

  /** Where the events of a cluster are streamed from, and the headers to ask with. */
  async eventSource(clusterId: string): Promise<{ url: string; headers: Record<string, string> }> {
    const endpoint = await this.session.endpoint(serviceType);
    const base = endpoint.endsWith('/v1') ? endpoint : `${endpoint}/v1`;
    const { value } = await this.session.token();
    return { url: `${base}/clusters/${encodeURIComponent(clusterId)}/events`, headers: { 'X-Auth-Token': value, Accept: 'text/event-stream' } };
  }

  private async send(method: HttpMethod, path: string, parts: { body?: unknown; query?: Query }): Promise<Item> {
    const answer = await this.session.request({ ...this.call(method, path), ...parts });
    return answer.text === '' ? {} : itemSchema.parse(answer.json(anything));
  }

  private call(method: HttpMethod, path: string): ServiceCall {
    return { service: 'container-infra', type: serviceType, version: '/v1', method, path, headers: { 'OpenStack-API-Version': `container-infra ${this.version}` } };
  }
}

const serviceType = 'container-infra';

/** A part of a path that comes from a person. */
export const segment = (text: string): string => encodeURIComponent(text);
