import type { Environment } from '../../src/launch/environment.js';

export interface ApiAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

/** magnum-api as a person of the simulated cloud. `get` and `post` want success; `call` answers whatever comes. */
export interface ApiClient {
  readonly token: string;
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<ApiAnswer>;
  get<T>(path: string): Promise<T>;
  post<T>(path: string, body: unknown): Promise<T>;
}

export async function apiClient({ apiUrl, cloud }: Pick<Environment, 'apiUrl' | 'cloud'>, person: string, project = person): Promise<ApiClient> {
  if (!cloud) throw new Error('tests run on the simulated cloud');
  return clientWithToken(apiUrl, await logIn(cloud.auth_url, person, cloud.password, project));
}

/** magnum-api as whoever the token is for. */
export function clientWithToken(apiUrl: string, token: string): ApiClient {
  const call: ApiClient['call'] = async (method, path, body, headers = {}) => {
    const answer = await fetch(`${apiUrl}${path}`, {
      method,
      headers: {
        'X-Auth-Token': token,
        'OpenStack-API-Version': 'container-infra latest',
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, headers: answer.headers, body: text === '' ? undefined : JSON.parse(text) };
  };
  const succeed = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const answer = await call(method, path, body);
    if (answer.status >= 300) throw new Error(`${method} ${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
    return answer.body as T;
  };
  return { token, call, get: (path) => succeed('GET', path), post: (path, body) => succeed('POST', path, body) };
}

/** A project-scoped Keystone token by password. */
export async function logIn(authUrl: string, person: string, password: string, project: string): Promise<string> {
  const answer = await fetch(`${authUrl}/auth/tokens`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({
      auth: {
        identity: { methods: ['password'], password: { user: { name: person, domain: { name: 'Default' }, password } } },
        scope: { project: { name: project, domain: { name: 'Default' } } },
      },
    }),
  });
  const token = answer.headers.get('X-Subject-Token');
  if (answer.status !== 201 || token === null) throw new Error(`${person} could not log in: ${answer.status} ${await answer.text()}`);
  return token;
}
