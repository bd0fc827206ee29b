export interface Account {
  readonly user: string;
  readonly password: string;
  readonly project: string;
}

export interface CloudAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed JSON; undefined when there is none. */
  readonly body: unknown;
}

interface Token {
  readonly catalog: readonly { readonly type: string; readonly endpoints: readonly { readonly interface: string; readonly url: string }[] }[];
  readonly project: { readonly id: string };
  readonly user: { readonly id: string };
}

/** Longest wait for one answer of a service (ms); the lab may share its processors with much else. */
const callWithinMs = 60_000;

/**
 * Somebody's sight of a cloud, for tests: plain calls with a token, renewed when it is refused. Deliberately not the
 * product's client: what the product did is judged through other eyes.
 */
export class CloudSession {
  private constructor(
    readonly authUrl: string,
    private readonly auth: unknown,
    private current: { readonly secret: string; readonly details: Token },
  ) {}

  /** By password, user and project of the domain Default. */
  static logIn(authUrl: string, { user, password, project }: Account): Promise<CloudSession> {
    const domain = { id: 'default' };
    const identity = { methods: ['password'], password: { user: { name: user, domain, password } } };
    return CloudSession.open(authUrl, { identity, scope: { project: { name: project, domain } } });
  }

  static logInWithApplicationCredential(authUrl: string, credential: { readonly id: string; readonly secret: string }): Promise<CloudSession> {
    return CloudSession.open(authUrl, { identity: { methods: ['application_credential'], application_credential: credential } });
  }

  private static async open(authUrl: string, auth: unknown): Promise<CloudSession> {
    return new CloudSession(authUrl, auth, await newToken(authUrl, auth));
  }

  get token(): string {
    return this.current.secret;
  }

  get projectId(): string {
    return this.current.details.project.id;
  }

  get userId(): string {
    return this.current.details.user.id;
  }

  /** Public endpoint of a service type, with its path, without a slash at the end. */
  endpoint(type: string): string {
    if (type === 'identity') return this.authUrl;
    const url = this.current.details.catalog.find((service) => service.type === type)?.endpoints.find((endpoint) => endpoint.interface === 'public')?.url;
    if (url === undefined) throw new Error(`the catalogue has no public endpoint of ${type}`);
    return url.replace(/\/$/, '');
  }

  /** `path` below the endpoint; answers whatever status comes. */
  async call(type: string, method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<CloudAnswer> {
    const first = await this.send(type, method, path, body, headers);
    if (first.status !== 401) return first;
    this.current = await newToken(this.authUrl, this.auth);
    return this.send(type, method, path, body, headers);
  }

  /** As `call`, and every status from 400 up is an error. */
  async must<T = unknown>(type: string, method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<T> {
    const answer = await this.call(type, method, path, body, headers);
    if (answer.status >= 400) throw new Error(`${method} ${type} ${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
    return answer.body as T;
  }

  get<T>(type: string, path: string, headers?: Record<string, string>): Promise<T> {
    return this.must<T>(type, 'GET', path, undefined, headers);
  }

  private async send(type: string, method: string, path: string, body: unknown, headers: Record<string, string>): Promise<CloudAnswer> {
    const answer = await fetch(`${this.endpoint(type)}${path}`, {
      method,
      // Heat answers 302 to look-ups by name; whoever asks decides what to do with it.
      redirect: 'manual',
      signal: AbortSignal.timeout(callWithinMs),
      headers: { 'X-Auth-Token': this.token, Accept: 'application/json', ...(body === undefined ? {} : { 'Content-Type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: body instanceof Uint8Array ? body : JSON.stringify(body) }),
    });
    return { status: answer.status, headers: answer.headers, body: parsed(await answer.text()) };
  }
}

/** As admin: Nova shows the server in ERROR from then on, whatever becomes of the machine. */
export async function putServerIntoError(admin: CloudSession, serverId: string): Promise<void> {
  await admin.must('compute', 'POST', `/servers/${serverId}/action`, { 'os-resetState': { state: 'error' } });
}

async function newToken(authUrl: string, auth: unknown): Promise<{ secret: string; details: Token }> {
  const answer = await fetch(`${authUrl}/auth/tokens`, {
    method: 'POST',
    signal: AbortSignal.timeout(callWithinMs),
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ auth }),
  });
  const secret = answer.headers.get('X-Subject-Token');
  const text = await answer.text();
  if (answer.status !== 201 || secret === null) throw new Error(`no token: ${answer.status} ${text}`);
  return { secret, details: (JSON.parse(text) as { token: Token }).token };
}

function parsed(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch (error) {
    // Errors of a web server in front of a service are pages; their text is still worth showing.
    if (error instanceof SyntaxError) return text;
    throw error;
  }
}
