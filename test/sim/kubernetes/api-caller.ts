import { request as httpsRequest, type RequestOptions } from 'node:https';
import type { ClientIdentity } from './cluster-pki.js';

export interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
  /** The parsed body of a JSON answer that is one document. */
  body: unknown;
}

export interface Caller {
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
}

/** Calls an API server as one identity, a connection a call. A body that is no string is sent as JSON. */
export function caller(address: { host: string; port: number }, ca: string, identity?: ClientIdentity): Caller {
  const tls: RequestOptions = { ...address, ca, agent: false, ...(identity && { cert: identity.cert, key: identity.key }) };
  return {
    call: (method, path, body, headers = {}) =>
      new Promise((resolve, reject) => {
        const payload = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
        // Node announces no length for the body of a DELETE by itself.
        const contentType = payload === undefined ? {} : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(payload)) };
        const request = httpsRequest({ ...tls, method, path, headers: { accept: 'application/json', ...contentType, ...headers } }, (response) => {
          let text = '';
          response.setEncoding('utf8');
          response.on('data', (chunk: string) => (text += chunk));
          response.on('error', reject);
          response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text, body: parsed(text) }));
        });
        request.on('error', reject);
        request.end(payload);
      }),
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Health endpoints speak plain text, watches several documents.
    return undefined;
  }
}
