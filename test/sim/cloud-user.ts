import type { ReadyLine } from './simulator-process.js';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed JSON, text, or null when there is none. Tests reach into it by path. */
  readonly body: Json;
}
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

const ports = { identity: 5000, image: 9292, compute: 8774, network: 9696, volumev3: 8776, orchestration: 8004, 'load-balancer': 9876, admin: 9000 };
export type Listener = keyof typeof ports;

/** One HTTP call to a listener of the simulator. */
export async function call(ready: ReadyLine, listener: Listener, method: string, path: string, options: { token?: string; body?: Json; headers?: Record<string, string> } = {}): Promise<Answer> {
  const host = new URL(ready.auth_url).hostname;
  const response = await fetch(`http://${host}:${ports[listener]}${path}`, {
    method,
    headers: {
      ...(options.token !== undefined && { 'x-auth-token': options.token }),
      ...(options.body !== undefined && { 'content-type': 'application/json' }),
      ...options.headers,
    },
    ...(options.body !== undefined && { body: JSON.stringify(options.body) }),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') === true;
  return { status: response.status, headers: response.headers, body: text === '' ? null : isJson ? (JSON.parse(text) as Json) : text };
}

/** The value at a path like `server.status` or `servers.0.id`; undefined when there is none. */
export function at(value: Json | undefined, path: string): Json | undefined {
  return path.split('.').reduce<Json | undefined>((inner, key) => {
    if (Array.isArray(inner)) return inner[Number(key)];
    return typeof inner === 'object' && inner !== null ? inner[key] : undefined;
  }, value);
}

export function textAt(value: Json | undefined, path: string): string {
  const found = at(value, path);
  if (typeof found !== 'string') throw new Error(`no text at ${path} of ${JSON.stringify(value)}`);
  return found;
}

/** Somebody with a token. */
export class CloudUser {
  private constructor(
    readonly ready: ReadyLine,
    readonly token: string,
    readonly userId: string,
    readonly projectId: string,
  ) {}

  static async logIn(ready: ReadyLine, name: string, project = name, password = ready.password): Promise<CloudUser> {
    const domain = { id: 'default' };
    const identity = { methods: ['password'], password: { user: { name, domain, password } } };
    return CloudUser.with(ready, { identity, scope: { project: { name: project, domain } } });
  }

  static async with(ready: ReadyLine, auth: Json): Promise<CloudUser> {
    const answer = await call(ready, 'identity', 'POST', '/v3/auth/tokens', { body: { auth } });
    const token = answer.headers.get('x-subject-token');
    if (answer.status !== 201 || token === null) throw new Error(`no token: ${answer.status} ${JSON.stringify(answer.body)}`);
    return new CloudUser(ready, token, textAt(answer.body, 'token.user.id'), at(answer.body, 'token.project') === undefined ? '' : textAt(answer.body, 'token.project.id'));
  }

  call(listener: Listener, method: string, path: string, body?: Json, headers?: Record<string, string>): Promise<Answer> {
    return call(this.ready, listener, method, path, { token: this.token, ...(body !== undefined && { body }), ...(headers && { headers }) });
  }

  /** As `call`, for what must succeed. */
  async must(listener: Listener, method: string, path: string, body?: Json, headers?: Record<string, string>): Promise<Json> {
    const answer = await this.call(listener, method, path, body, headers);
    if (answer.status >= 400) throw new Error(`${method} ${listener}${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  async idOf(listener: Listener, path: string, collection: string): Promise<string> {
    return textAt(await this.must(listener, 'GET', path), `${collection}.0.id`);
  }

  /** A server of the smallest useful kind on the project's network; answers its id at once. */
  async createServer(name: string, more: { [key: string]: Json } = {}): Promise<string> {
    const images = await this.must('image', 'GET', '/v2/images?name=ubuntu-2404-kube-v1.32.4');
    const flavors = (await this.must('compute', 'GET', '/v2.1/flavors')) as { flavors: { id: string; name: string }[] };
    const flavor = flavors.flavors.find((each) => each.name === 'm1.small')?.id ?? '';
    const network = await this.idOf('network', '/v2.0/networks?name=private', 'networks');
    const server = { name, imageRef: textAt(images, 'images.0.id'), flavorRef: flavor, networks: [{ uuid: network }], ...more };
    return textAt(await this.must('compute', 'POST', '/v2.1/servers', { server }), 'server.id');
  }

  async serverStatus(id: string): Promise<string | number> {
    const answer = await this.call('compute', 'GET', `/v2.1/servers/${id}`);
    return answer.status === 200 ? textAt(answer.body, 'server.status') : answer.status;
  }
}
