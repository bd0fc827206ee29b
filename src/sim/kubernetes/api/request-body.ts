import type { IncomingMessage } from 'node:http';
import { parse as parseYaml, YAMLParseError } from 'yaml';
import { isFields, type Fields } from '../objects/kube-object.js';
import type { ApiRequest } from './api-request.js';
import { decodeProtobuf, protobufType } from './protobuf.js';
import { StatusError, badRequest, unsupportedMediaType } from './status-error.js';

/** etcd takes 1.5 MiB; the API server reads twice that. */
const bodyBytesMax = 3 * 1024 * 1024;

/** The body as text; protobuf is turned into JSON on the way. */
export async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > bodyBytesMax) throw new StatusError(413, 'RequestEntityTooLarge', `Request entity too large: limit is ${bodyBytesMax}`, {});
    chunks.push(chunk);
  }
  const bytes = Buffer.concat(chunks);
  return mediaTypeOf(request) === protobufType ? JSON.stringify(decodeProtobuf(bytes)) : bytes.toString('utf8');
}

export const mediaTypeOf = (request: IncomingMessage): string => (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';

/** The body as an object, from JSON, protobuf or YAML, as every API server takes them. */
export function objectIn({ request, body }: Pick<ApiRequest, 'request' | 'body'>): Fields {
  const mediaType = mediaTypeOf(request);
  const isYaml = mediaType === 'application/yaml';
  const isJson = mediaType === '' || mediaType === 'application/json' || mediaType === protobufType;
  if (!isJson && !isYaml) throw unsupportedMediaType();
  return asObject(parseDocument(body, isYaml));
}

export function asObject(document: unknown): Fields {
  if (!isFields(document)) throw badRequest('the object provided is unrecognized (must be of type Object)');
  return document;
}

export function parseDocument(text: string, isYaml: boolean): unknown {
  if (text.trim() === '') return {};
  try {
    return isYaml ? parseYaml(text) : (JSON.parse(text) as unknown);
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof YAMLParseError) throw badRequest(`the body of the request is not valid: ${error.message}`);
    throw error;
  }
}
