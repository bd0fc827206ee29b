import type { z } from 'zod';
import type { CallOptions } from './call-options.js';
import { CloudNotFoundError, type CloudService } from './cloud-error.js';
import type { HttpMethod } from './http-transport.js';
import type { ServiceAnswer } from './service-answer.js';
import type { OpenStackSession, ServiceCall } from './session.js';

interface ServiceAddress {
  readonly service: CloudService;
  /** Type in the catalogue. */
  readonly type: string;
  /** Path that some clouds leave out of the catalogue, for example `/v2.0`. */
  readonly version?: string;
  /** Sent with every call, for example a microversion. */
  readonly headers?: Readonly<Record<string, string>>;
}

type Details = Pick<ServiceCall, 'query' | 'body' | 'headers' | 'repeatable'>;

/** The verbs that the clients of all services are written with. */
export class ServiceApi {
  constructor(
    readonly session: OpenStackSession,
    private readonly address: ServiceAddress,
  ) {}

  /** Throws an OpenStackError for statuses from 400 on. */
  send(method: HttpMethod, path: string, details: Details = {}, options?: CallOptions): Promise<ServiceAnswer> {
    const headers = { ...this.address.headers, ...details.headers };
    return this.session.request({ ...this.address, ...details, method, path, headers }, options);
  }

  async get<Schema extends z.ZodType>(
    path: string,
    schema: Schema,
    query: ServiceCall['query'] = {},
    options?: CallOptions,
  ): Promise<z.output<Schema>> {
    return (await this.send('GET', path, { query }, options)).json(schema);
  }

  /** Undefined when the service does not know it. */
  find<Schema extends z.ZodType>(
    path: string,
    schema: Schema,
    query: ServiceCall['query'] = {},
    options?: CallOptions,
  ): Promise<z.output<Schema> | undefined> {
    return undefinedWhenNotFound(this.get(path, schema, query, options));
  }

  async post<Schema extends z.ZodType>(path: string, body: unknown, schema: Schema, options?: CallOptions): Promise<z.output<Schema>> {
    return (await this.send('POST', path, { body }, options)).json(schema);
  }

  /** What is not there need not be deleted. */
  async delete(path: string, options?: CallOptions): Promise<'accepted' | 'gone'> {
    const answer = await undefinedWhenNotFound(this.send('DELETE', path, {}, options));
    return answer ? 'accepted' : 'gone';
  }
}

export async function undefinedWhenNotFound<Value>(answer: Promise<Value>): Promise<Value | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof CloudNotFoundError) return undefined;
    throw error;
  }
}

/** A piece of a path that came from data. */
export const segment = (text: string): string => encodeURIComponent(text);
