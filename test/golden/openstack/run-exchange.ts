import { setTimeout as pause } from 'node:timers/promises';
import { request } from 'undici';
import type { CloudSession } from './cloud-session.js';
import type { Answer, Exchange, Json } from './exchange.js';
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
    const value = source.startsWith('header:') ? raw.headers[source.slice('header:'.length)] : at(source, body);
    if (value !== undefined && !(Array.isArray(value) && source.startsWith('header:'))) variables.set(variable, value as Json);
  }
  return { status: raw.status, headers: headersThatMatter(raw, variables), body: parse(withoutIdentity(raw.text, variables)) };
}

async function sendUntil(session: CloudSession, exchange: Exchange, variables: Variables): Promise<RawAnswer> {
  const { until } = exchange;
  const deadline = Date.now() + (until?.seconds ?? 0) * 1000;
  for (;;) {
    const raw = await send(session, exchange, variables);
    if (!until || isReached(until, raw)) return raw;
    if (Date.now() > deadline) throw new Error(`not reached within ${until.seconds} s: ${JSON.stringify(until)}; the last answer was ${raw.status} ${raw.text.slice(0, 2000)}`);
    await pause(250);
  }
}

function isReached(until: NonNullable<Exchange['until']>, raw: RawAnswer): boolean {
  if ('status' in until) return raw.status === until.status;
  const value = at(until.pointer, parse(raw.text));
  return value !== undefined && until.in.some((wanted) => JSON.stringify(wanted) === JSON.stringify(value));
}

async function send(session: CloudSession, exchange: Exchange, variables: Variables): Promise<RawAnswer> {
  const token = await session.tokenFor(exchange.actor);
  const headers: Record<string, string> = { accept: 'application/json' };
  if (token !== undefined) headers['x-auth-token'] = token;
  for (const [name, value] of Object.entries(exchange.headers ?? {})) headers[name] = renderText(value, variables);
  const body = exchange.rawBody === undefined ? exchange.body && JSON.stringify(renderJson(exchange.body, variables)) : renderText(exchange.rawBody, variables);
  if (typeof body === 'string') headers['content-type'] ??= 'application/json';
  const answer = await request(session.baseOf(exchange.service) + renderText(exchange.path, variables), {
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

/** Values where the value is part of the protocol, `present` where only the header's being there is. */
function headersThatMatter({ headers }: RawAnswer, variables: Variables): Record<string, string> {
  const kept: Record<string, string> = {};
  const mediaType = single(headers['content-type'])?.split(';')[0];
  if (mediaType !== undefined) kept['content-type'] = mediaType;
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
