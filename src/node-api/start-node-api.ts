import { createNodeApi } from './create-node-api.js';
import type { NodeApiRuntime } from './node-api-runtime.js';

export interface Listening {
  readonly url: string;
  /** Takes no more requests and lets the running ones end. */
  readonly close: () => Promise<void>;
}

/** Listens where NODE_LISTEN says; `url` has the port that was really bound. */
export async function startNodeApi(runtime: NodeApiRuntime): Promise<Listening> {
  const app = await createNodeApi(runtime);
  const listen = runtime.config.NODE_LISTEN;
  const separator = listen.lastIndexOf(':');
  const url = await app.listen({ host: listen.slice(0, separator).replace(/^\[|\]$/g, ''), port: Number(listen.slice(separator + 1)) });
  return { url, close: () => app.close() };
}
