import { setTimeout as pause } from 'node:timers/promises';
import { request } from 'undici';
import type { CloudSession } from './cloud-session.js';
import type { Answer, Exchange, Json, JsonObject } from './exchange.js';
import { at } from './pointer.js';
import { renderJson, renderText, withoutIdentity, type Variables } from './variables.js';

interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** Runs one exchange, waits where it says so, captures variables. Redirects are answers like others: they are not followed. */
export async function runExchange(session: CloudSession, exchange: Exchange, variables: Variables): Promise<Answer> {
  const raw = await sendUntil(session, exchange, variables);
  const body = parse(raw.text);
  for (const [variable, source] of Object.entries(exchange.capture ?? {})) {
    const value = source.startsWith('header:') ? raw.headers[source.slice('header:'.length)] : at(renderText(source, variables), body);
    if (value !== undefined && !(Array.isArray(value) && source.startsWith('header:'))) variables.set(variable, value);
  }
  return { status: raw.status, headers: headersThatMatter(raw, variables), body: trimmed(parse(withoutIdentity(raw.text, variables))) };
}

async function sendUntil(session: CloudSession, exchange: Exchange, variables: Variables): Promise<RawAnswer> {
  const { until } = exchange;
  const deadline = Date.now() + (until?.seconds ?? 0) * 1000;
  for (;;) {
    const raw = await send(session, exchange, variables);
    if (!until || isReached(until, raw, variables)) return raw;
    if (Date.now() > deadline) throw new Error(`not reached within ${until.seconds} s: ${JSON.stringify(until)}; the last answer was ${raw.status} ${raw.text.slice(0, 2000)}`);
    await pause(250);
  }
}

function isReached(until: NonNullable<Exchange['until']>, raw: RawAnswer, variables: Variables): boolean {
  if ('status' in until) return raw.status === until.status;
  const value = at(until.pointer, parse(raw.text));
  return value !== undefined && until.in.some((wanted) => JSON.stringify(renderJson(wanted, variables)) === JSON.stringify(value));
}

async function send(session: CloudSession, exchange: Exchange, variables: Variables): Promise<RawAnswer> {
  const token = await session.tokenFor(exchange.actor);
  const headers: Record<string, string> = { accept: 'application/json' };
  if (token !== undefined) headers['x-auth-token'] = token;
  for (const [name, value] of Object.entries(exchange.headers ?? {})) headers[name] = renderText(value, variables);
  const body = exchange.rawBody === undefined ? exchange.body && JSON.stringify(renderJson(exchange.body, variables)) : renderText(exchange.rawBody, variables);
  if (typeof body === 'string') headers['content-type'] ??= 'application/json';
  const path = renderText(exchange.path, variables);
  const answer = await request(path.startsWith('http') ? path : session.baseOf(exchange.service) + path, {
    method: exchange.method,
    headers,
    ...(typeof body === 'string' ? { body } : {}),
    headersTimeout: 60_000,
  });
  return { status: answer.statusCode, headers: answer.headers, text: await answer.body.text() };
}

function parse(text: string): Json {
  if (text === '') return null;
  try {
    return JSON.parse(text) as Json;
  } catch {
    // Glance and Heat's proxy layers answer some refusals in HTML or plain text.
    return text;
  }
}

/** A whole catalogue would be most of the recording, and its other entries are like these. */
const keptCatalogueTypes: readonly Json[] = ['identity', 'compute', 'orchestration'];

function trimmed(body: Json): Json {
  const token = at('/token', body);
  const catalogue = at('/token/catalog', body);
  if (!isObject(token) || !Array.isArray(catalogue)) return body;
  return { token: { ...token, catalog: catalogue.filter((entry) => keptCatalogueTypes.includes(at('/type', entry) ?? null)) } };
}

const isObject = (value: Json | undefined): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Values where the value is part of the protocol, `present` where only the header's being there is. */
function headersThatMatter(raw: RawAnswer, variables: Variables): Record<string, string> {
  const { headers } = raw;
  const kept: Record<string, string> = {};
  const mediaType = single(headers['content-type'])?.split(';')[0];
  // Without a body the type says nothing, and the services differ in whether they send one.
  if (mediaType !== undefined && raw.text !== '') kept['content-type'] = mediaType;
  for (const name of ['location', 'openstack-api-version']) {
    const value = single(headers[name]);
    if (value !== undefined) kept[name] = withoutIdentity(value, variables);
  }
  for (const name of ['x-subject-token', 'www-authenticate', 'x-openstack-request-id', 'retry-after']) {
    if (headers[name] !== undefined) kept[name] = 'present';
  }
  return kept;
}

const single = (value: string | string[] | undefined): string | undefined => (Array.isArray(value) ? value[0] : value);
