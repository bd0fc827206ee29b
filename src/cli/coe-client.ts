import { z } from 'zod';
import type { CallOptions } from '../openstack/call-options.js';
import type { HttpMethod } from '../openstack/http-transport.js';
import type { OpenStackSession } from '../openstack/session.js';

/** An object as the API answers it; the OpenAPI document says which fields. */
export type Item = Readonly<Record<string, unknown>>;

const itemSchema = z.record(z.string(), z.unknown());
const anything = z.unknown();

/** magnum-api, as a person's program calls it: microversion `latest` unless another was asked for. */
export class CoeClient {
  constructor(
    private readonly session: OpenStackSession,
    private readonly version: string,
  ) {}

  get(path: string, query: Readonly<Record<string, string | number | undefined>> = {}): Promise<Item> {
    return this.send('GET', path, undefined, query);
  }

  post(path: string, body: unknown): Promise<Item> {
    return this.send('POST', path, body);
  }

  patch(path: string, body: unknown): Promise<Item> {
    return this.send('PATCH', path, body);
  }

  async delete(path: string): Promise<void> {
    await this.session.request({ ...this.call('DELETE', path), repeatable: false });
  }

  /** All items of a list, page by page, at most `limit` of them. */
  async list(path: string, key: string, query: Readonly<Record<string, string | number | undefined>> = {}): Promise<Item[]> {
    const limit = typeof query['limit'] === 'number' ? query['limit'] : undefined;
    const items: Item[] = [];
    let marker: string | undefined;
    for (;;) {
      const page = await this.get(path, { ...query, ...(marker === undefined ? {} : { marker }) });
      const found = z.array(itemSchema).parse(page[key]);
      items.push(...found);
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

  private async send(method: HttpMethod, path: string, body?: unknown, query: Readonly<Record<string, string | number | undefined>> = {}, options?: CallOptions): Promise<Item> {
    const answer = await this.session.request({ ...this.call(method, path), query, ...(body === undefined ? {} : { body }) }, options);
    if (answer.text === '') return {};
    return itemSchema.parse(answer.json(anything));
  }

  private call(method: HttpMethod, path: string): { service: 'container-infra'; type: string; version: string; method: HttpMethod; path: string; headers: Record<string, string> } {
    return { service: 'container-infra', type: serviceType, version: '/v1', method, path, headers: { 'OpenStack-API-Version': `container-infra ${this.version}` } };
  }
}

const serviceType = 'container-infra';

/** A part of a path that comes from a person. */
export const segment = (text: string): string => encodeURIComponent(text);
