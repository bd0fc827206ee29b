import type { AddressInfo } from 'node:net';
import { createMagnumApi } from './create-magnum-api.js';
import type { Runtime } from './runtime.js';

export interface Listening {
  readonly url: string;
  /** Takes no more requests and lets the running ones end. */
  readonly close: () => Promise<void>;
}

/** Builds the API and listens where API_LISTEN says; `url` has the port that was really bound. */
export async function startMagnumApi(runtime: Runtime): Promise<Listening> {
  const { config } = runtime;
  const app = await createMagnumApi(runtime);
  const separator = config.API_LISTEN.lastIndexOf(':');
  const host = config.API_LISTEN.slice(0, separator).replace(/^\[|\]$/g, '');
  await app.listen({ host, port: Number(config.API_LISTEN.slice(separator + 1)) });
  const { port } = app.getHttpServer().address() as AddressInfo;
  const scheme = config.API_TLS_CERT_FILE === undefined ? 'http' : 'https';
  return { url: `${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}`, close: () => app.close() };
}
