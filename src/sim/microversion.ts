import type { FastifyInstance } from 'fastify';
import { ServiceError } from './http/service-error.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** The minor number asked for, e.g. 61 for 2.61. */
    microversion: number;
  }
}

export interface Microversions {
  /** Name of the service in the header: compute, volume. */
  service: string;
  major: number;
  minimum: number;
  maximum: number;
  /** An older header with the bare number. */
  legacyHeader?: string;
}

/** Reads the version asked for into `request.microversion` and says in the answer which one it was. */
export function negotiateMicroversions(app: FastifyInstance, { service, major, minimum, maximum, legacyHeader }: Microversions): void {
  app.decorateRequest('microversion', minimum);
  app.addHook('onRequest', async (request, reply) => {
    const header = request.headers['openstack-api-version'];
    const named = String(header ?? '').split(',').map((part) => part.trim().split(/\s+/)).find(([name]) => name === service)?.[1];
    const legacy = legacyHeader === undefined ? undefined : request.headers[legacyHeader.toLowerCase()];
    const asked = named ?? (typeof legacy === 'string' ? legacy : undefined) ?? `${major}.${minimum}`;
    const text = asked === 'latest' ? `${major}.${maximum}` : asked;
    const [, majorText, minorText] = /^(\d+)\.(\d+)$/.exec(text) ?? [];
    if (majorText === undefined || minorText === undefined) {
      throw new ServiceError(400, `API Version String ${text} is of invalid format. Must be of format MajorNum.MinorNum.`);
    }
    reply.header('openstack-api-version', `${service} ${text}`);
    if (legacyHeader !== undefined) reply.header(legacyHeader, text);
    reply.header('vary', 'OpenStack-API-Version');
    request.microversion = Number(minorText);
    if (Number(majorText) !== major || request.microversion < minimum || request.microversion > maximum) {
      throw new ServiceError(406, `Version ${text} is not supported by the API. Minimum is ${major}.${minimum} and maximum is ${major}.${maximum}.`);
    }
  });
}
