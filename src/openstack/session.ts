import { drawRequestId, type CallOptions } from './call-options.js';
import { findEndpoint, type EndpointInterface } from './catalog.js';
import { CloudNotFoundError, CloudServiceMissingError, type CloudService } from './cloud-error.js';
import type { HttpCall, HttpMethod, HttpTransport } from './http-transport.js';
import { authenticationRequest, identityUrl, type Credentials } from './keystone/credentials.js';
import { keystoneToken, tokenBodySchema, type KeystoneToken } from './keystone/token.js';
import { acceptAnswer, notUnderstood, type Exchange, type ServiceAnswer } from './service-answer.js';

/** How the services of a cloud are reached. */
export interface CloudConnection {
  readonly transport: HttpTransport;
  /** Null: the first endpoint of a kind, whatever its region. */
  readonly region: string | null;
  readonly interface: EndpointInterface;
  /** URLs to use instead of the catalogue's, by service type. */
  readonly endpointOverrides?: Readonly<Record<string, string>>;
}

/** One call, relative to the service's endpoint. */
export interface ServiceCall {
  readonly service: CloudService;
  /** Type in the catalogue; `identity` is always the authentication URL. */
  readonly type: string;
  readonly method: HttpMethod;
  /** Begins with a slash; parts that come from data must be encoded. */
  readonly path: string;
  /** Undefined values are left out. */
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Default: everything but POST and PATCH. */
  readonly repeatable?: boolean;
  /** Added to the endpoint unless it ends with it already, for example `/v2.0`. */
  readonly version?: string;
}

/** A token and what can be reached with it. It renews itself when it was made from credentials. */
export class OpenStackSession {
  private current: { readonly token: KeystoneToken; readonly renewAt: number } | undefined;
  private renewal: Promise<KeystoneToken> | undefined;

  constructor(
    private readonly source: Credentials | { readonly kind: 'given'; readonly authUrl: string; readonly token: KeystoneToken },
    private readonly connection: CloudConnection,
    private readonly defaults: Pick<CallOptions, 'requestId'> = {},
  ) {}

  /** A token that is good for a while. Callers at the same time share one log-in, which no single caller's signal ends. */
  async token(call: CallOptions = {}): Promise<KeystoneToken> {
    if (this.source.kind === 'given') return this.source.token;
    if (this.current && performance.now() < this.current.renewAt) return this.current.token;
    this.renewal ??= this.logIn(this.source, call).finally(() => (this.renewal = undefined));
    const tellEnd = call.onAttempt?.({ service: 'keystone', call: `POST ${new URL(this.source.authUrl).host} (a log-in)` });
    try {
      return await abortable(this.renewal, call.signal);
    } finally {
      tellEnd?.(null);
    }
  }

  /** The project that calls act on. Throws when the token is unscoped. */
  async projectId(call: CallOptions = {}): Promise<string> {
    const { projectId } = await this.token(call);
    if (projectId === null) throw new Error('The session has no project: its token is unscoped.');
    return projectId;
  }

  /** URL of a service without a slash at its end; throws CloudServiceMissingError. */
  async endpoint(type: string, call: CallOptions = {}, service: CloudService = serviceOfType(type)): Promise<string> {
    const { region, interface: kind } = this.connection;
    const url = await this.findEndpoint(type, call);
    if (url !== undefined) return url;
    const place = region === null ? '' : ` in region ${region}`;
    throw new CloudServiceMissingError({
      service,
      status: null,
      requestId: null,
      detail: `the catalogue has no ${kind} endpoint of type ${type}${place}`,
      call: `look-up of ${type}`,
    });
  }

  async hasService(type: string, call: CallOptions = {}): Promise<boolean> {
    return (await this.findEndpoint(type, call)) !== undefined;
  }

  /** Sends a call with the session's token; a 401 renews the token once. Throws an OpenStackError for statuses from 400 on. */
  async request(call: ServiceCall, options: CallOptions = {}): Promise<ServiceAnswer> {
    const identified = { ...options, requestId: options.requestId ?? this.defaults.requestId ?? drawRequestId() };
    const first = await this.sendWithToken(call, identified);
    if (first.answer.status !== 401 || this.source.kind === 'given') return acceptAnswer(first);
    // The service turned the call away at the door, so even a POST may be sent again.
    if (this.current?.token.value === first.token) this.current = undefined;
    return acceptAnswer(await this.sendWithToken(call, identified));
  }

  private async findEndpoint(type: string, call: CallOptions): Promise<string | undefined> {
    const { region, interface: kind, endpointOverrides } = this.connection;
    const override = endpointOverrides?.[type];
    if (override !== undefined) return override.replace(/\/+$/, '');
    if (type === 'identity') return identityUrl(this.source.authUrl);
    return findEndpoint((await this.token(call)).catalog, { type, region, interface: kind });
  }

  private async sendWithToken(call: ServiceCall, options: CallOptions & { readonly requestId: string }): Promise<Exchange & { token: string }> {
    const endpoint = await this.endpoint(call.type, options, call.service);
    const { value: token } = await this.token(options);
    const base = call.version === undefined || endpoint.endsWith(call.version) ? endpoint : `${endpoint}${call.version}`;
    refuseDotSegments(call);
    const url = new URL(base + call.path);
    for (const [name, value] of Object.entries(call.query ?? {})) if (value !== undefined) url.searchParams.append(name, String(value));
    const request: HttpCall = {
      service: call.service,
      method: call.method,
      url,
      headers: { 'x-auth-token': token, ...call.headers },
      requestId: options.requestId,
      purpose: options.purpose,
      repeatable: call.repeatable ?? (call.method !== 'POST' && call.method !== 'PATCH'),
      ...(call.body === undefined ? {} : { body: call.body }),
    };
    return { request, token, answer: await this.connection.transport.send(request, options) };
  }

  /** The log-in is told apart by what the first caller that needs it told of itself. */
  private async logIn(credentials: Credentials, { requestId, purpose }: CallOptions): Promise<KeystoneToken> {
    const request: HttpCall = {
      service: 'keystone',
      method: 'POST',
      url: new URL(`${identityUrl(credentials.authUrl)}/auth/tokens`),
      headers: {},
      requestId: requestId ?? this.defaults.requestId ?? drawRequestId(),
      purpose,
      body: authenticationRequest(credentials),
      repeatable: true, // a token too many harms nobody
    };
    const startedAt = performance.now();
    const answer = acceptAnswer({ request, answer: await this.connection.transport.send(request) });
    const value = answer.headers['x-subject-token'];
    if (value === undefined) throw notUnderstood({ request, answer }, 'the answer to a log-in has no X-Subject-Token');
    const token = keystoneToken(value, answer.json(tokenBodySchema));
    // Lifetime instead of the time of expiry: our clock and Keystone's may differ.
    const lifetimeMs = token.expiresAt.getTime() - token.issuedAt.getTime();
    this.current = { token, renewAt: startedAt + lifetimeMs - Math.min(renewalMarginMs, lifetimeMs / 10) };
    return token;
  }
}

/** A token is given up so long before its end: what is called with it (Heat, above all) goes on using it for a while. */
const renewalMarginMs = 120_000;

/** For programs that act for one person, such as the command line. */
export const createSession = (credentials: Credentials, connection: CloudConnection): OpenStackSession =>
  new OpenStackSession(credentials, connection);

const services: Readonly<Record<string, CloudService>> = {
  identity: 'keystone',
  image: 'glance',
  compute: 'nova',
  network: 'neutron',
  volumev3: 'cinder',
  orchestration: 'heat',
  'load-balancer': 'octavia',
};
const serviceOfType = (type: string): CloudService => services[type] ?? 'container-infra';

/** The promise goes on for its other waiters when this one's signal is aborted. */
async function abortable<Value>(promise: Promise<Value>, signal: AbortSignal | undefined): Promise<Value> {
  if (!signal) return promise;
  signal.throwIfAborted();
  let onAbort: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(asError(signal.reason));
    signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    if (onAbort) signal.removeEventListener('abort', onAbort);
  }
}

const asError = (reason: unknown): Error => (reason instanceof Error ? reason : new Error(String(reason)));

/** URLs know no way to spell a name `.` or `..`: even escaped, they would lead to another resource. So nothing has such a name. */
function refuseDotSegments({ service, method, path }: ServiceCall): void {
  if (!path.split('/').some((part) => part === '.' || part === '..')) return;
  throw new CloudNotFoundError({ service, status: null, requestId: null, detail: 'nothing can be named . or .. in a URL', call: `${method} ${path}` });
}
