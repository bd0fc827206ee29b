import { request, type Dispatcher } from 'undici';
import { isObject, listAt, objectAt, type JsonObject } from '../../json.js';
import type { ServiceName, SimContext } from '../../sim-context.js';
import { readRefusal } from './cloud-refusal.js';

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** Those that Heat of 2025.1 asks for; what volumes and servers show as attributes depends on them. */
const microversions: Partial<Record<ServiceName, string>> = { compute: 'compute 2.96', volumev3: 'volume 3.70' };

/** The other services of the simulated cloud, called on behalf of one user in one project, over HTTP as real Heat does. */
export class Cloud {
  constructor(
    private readonly context: SimContext,
    private readonly dispatcher: Dispatcher,
    readonly projectId: string,
    private readonly userId: string,
  ) {}

  network(method: Method, path: string, body?: JsonObject): Promise<JsonObject> {
    return this.call('network', method, `/v2.0${path}`, body);
  }

  compute(method: Method, path: string, body?: JsonObject): Promise<JsonObject> {
    return this.call('compute', method, `/v2.1${path}`, body);
  }

  volume(method: Method, path: string, body?: JsonObject): Promise<JsonObject> {
    return this.call('volumev3', method, `/v3/${this.projectId}${path}`, body);
  }

  image(method: Method, path: string): Promise<JsonObject> {
    return this.call('image', method, `/v2${path}`);
  }

  loadBalancer(method: Method, path: string, body?: JsonObject): Promise<JsonObject> {
    return this.call('load-balancer', method, `/v2/lbaas${path}`, body);
  }

  identity(method: Method, path: string): Promise<JsonObject> {
    return this.call('identity', method, `/v3${path}`);
  }

  /** Throws CloudRefusal for any status of 400 and above, and undici's errors when the service cannot be reached. */
  private async call(service: ServiceName, method: Method, path: string, body?: JsonObject): Promise<JsonObject> {
    const microversion = microversions[service];
    const answer = await request(`${this.context.baseUrl(service)}${path}`, {
      method,
      dispatcher: this.dispatcher,
      headers: {
        'x-auth-token': this.context.internalToken(this.projectId, this.userId),
        'x-sim-internal': this.context.internalSecret,
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(microversion === undefined ? {} : { 'openstack-api-version': microversion }),
      },
      body: body === undefined ? null : JSON.stringify(body),
    });
    const text = await answer.body.text();
    if (answer.statusCode >= 400) throw readRefusal(service, answer.statusCode, text, String(answer.headers['x-openstack-request-id'] ?? ''));
    const parsed: unknown = text === '' ? {} : JSON.parse(text);
    return isObject(parsed) ? parsed : {};
  }
}

/** The object below `key` of an answer. Throws when the service did not send one. */
export function member(answer: JsonObject, key: string): JsonObject {
  const found = objectAt(answer, key);
  if (!found) throw new Error(`the answer holds no ${key}`);
  return found;
}

export const members = (answer: JsonObject, key: string): JsonObject[] => (listAt(answer, key) ?? []).filter(isObject);

export function idOf(object: JsonObject): string {
  const { id } = object;
  if (typeof id !== 'string') throw new Error('the answer holds no id');
  return id;
}
