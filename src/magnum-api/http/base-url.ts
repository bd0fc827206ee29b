import type { FastifyRequest } from 'fastify';

const hostPattern = /^[A-Za-z0-9._[\]:-]+$/;

/**
 * Base of links, without `/v1`: what a proxy in front says (X-Forwarded-*), else the configured public URL, else the
 * Host header. Clients follow `next` as it is, so it must be an address that they reach.
 */
export function baseUrl(request: FastifyRequest, publicUrl: string | undefined): string {
  const forwardedHost = firstOf(request.headers['x-forwarded-host']);
  const forwardedScheme = firstOf(request.headers['x-forwarded-proto']);
  const prefix = firstOf(request.headers['x-forwarded-prefix']);
  if (forwardedHost !== undefined && hostPattern.test(forwardedHost)) {
    return `${scheme(forwardedScheme ?? request.protocol)}://${forwardedHost}${cleanPrefix(prefix)}`;
  }
  if (publicUrl !== undefined) return publicUrl.replace(/\/+$/, '').replace(/\/v1$/, '');
  const host = request.headers.host;
  const named = host !== undefined && hostPattern.test(host) ? host : localAddress(request);
  return `${scheme(forwardedScheme ?? request.protocol)}://${named}${cleanPrefix(prefix)}`;
}

const localAddress = (request: FastifyRequest): string => `${request.socket.localAddress ?? 'localhost'}:${request.socket.localPort ?? 80}`;

const scheme = (text: string): 'http' | 'https' => (text.toLowerCase() === 'https' ? 'https' : 'http');

const cleanPrefix = (prefix: string | undefined): string => (prefix !== undefined && /^(\/[A-Za-z0-9._~-]+)+\/?$/.test(prefix) ? prefix.replace(/\/$/, '') : '');

function firstOf(header: string | string[] | undefined): string | undefined {
  const text = Array.isArray(header) ? header[0] : header;
  const first = text?.split(',', 1)[0]?.trim();
  return first === '' ? undefined : first;
}
