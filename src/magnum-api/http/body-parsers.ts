import type { FastifyInstance } from 'fastify';
import { ProtocolError } from './protocol-errors.js';

const formType = 'application/x-www-form-urlencoded';

/** Media types Magnum reads JSON from. */
const jsonTypes = new Set(['application/json', 'text/javascript', 'application/javascript']);

/**
 * One parser for everything: an empty body is no body whatever its type says (python-magnumclient sends
 * `application/octet-stream` with its DELETEs), other types are 415, and text that is not JSON is 400.
 */
export function useJsonBodies(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('*', { parseAs: 'buffer' }, (request, body: Buffer, done) => {
    if (body.length === 0) {
      done(null, undefined);
      return;
    }
    const type = mediaType(request.headers['content-type']);
    if (type === undefined || !jsonTypes.has(type)) {
      // Magnum reads forms (and takes a body without a type for one) and then misses its fields, hence 400 for them.
      const code = type === undefined || type === formType ? 'bad-request' : 'unsupported-media-type';
      done(new ProtocolError(code, `Media type ${type ?? '(none)'} is not supported; send Content-Type: application/json.`), undefined);
      return;
    }
    try {
      done(null, parseJson(body.toString('utf8')));
    } catch (error) {
      if (error instanceof ProtocolError) {
        done(error, undefined);
        return;
      }
      const reason = error instanceof Error ? error.message : String(error);
      done(new ProtocolError('bad-request', `The request's body is not valid JSON: ${reason}`), undefined);
    }
  });
}

/**
 * JSON.parse, but a member __proto__ is refused (400): objects cannot hold one like any other member, so it would be lost
 * on the way without a word, or worse.
 */
export function parseJson(text: string): unknown {
  const parsed: unknown = JSON.parse(text);
  // Most texts have neither the name nor an escape it could be spelled with.
  if (!/__proto__|\\u00/.test(text)) return parsed;
  const pending = [parsed];
  for (let value = pending.pop(); value !== undefined; value = pending.pop()) {
    if (typeof value !== 'object' || value === null) continue;
    if (Object.hasOwn(value, '__proto__')) throw new ProtocolError('bad-request', "The request's body has a member __proto__, which cannot be taken; leave it out.");
    for (const member of Object.values(value)) pending.push(member);
  }
  return parsed;
}

function mediaType(header: string | undefined): string | undefined {
  const type = header?.split(';', 1)[0]?.trim().toLowerCase();
  return type === '' ? undefined : type;
}

/** Whether an Accept header lets us answer with one of these media types; absent or empty means anything. */
export function accepts(header: string | undefined, types: readonly string[]): boolean {
  if (header === undefined || header.trim() === '') return true;
  const wanted = header.split(',').flatMap((part) => {
    const [range, ...parameters] = part.split(';').map((piece) => piece.trim().toLowerCase());
    return range === undefined || parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter)) ? [] : [range];
  });
  return types.some((type) => wanted.some((range) => range === '*/*' || range === type || range === `${type.split('/', 1)[0] ?? ''}/*`));
}
