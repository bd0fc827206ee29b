import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Metrics } from './metrics.js';

/** Undefined when all is well, otherwise a sentence for people. */
export type HealthCheck = () => Promise<string | undefined>;

export interface MetricsListener {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * `GET /metrics` in Prometheus' text format and `GET /healthz` (200, or 503 with the reasons), on a listener of its own: there
 * is no authentication, so it belongs into the operator's network.
 */
export async function startMetricsListener(listen: string, metrics: Metrics, checks: readonly HealthCheck[]): Promise<MetricsListener> {
  const server = createServer((request, response) => {
    const path = (request.url ?? '/').split('?', 1)[0];
    answerTo(request.method ?? '', path, response).catch((error: unknown) => {
      answer(response, 500, `${error instanceof Error ? error.message : String(error)}\n`);
    });
  });
  const answerTo = async (method: string, path: string | undefined, response: ServerResponse): Promise<void> => {
    if (method !== 'GET' && method !== 'HEAD') answer(response, 405, 'This is read only.\n');
    else if (path === '/metrics') await answerMetrics(metrics, response);
    else if (path === '/healthz') await answerHealth(checks, response);
    else answer(response, 404, 'There are /metrics and /healthz.\n');
  };
  const separator = listen.lastIndexOf(':');
  const host = listen.slice(0, separator).replace(/^\[|\]$/g, '');
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port: Number(listen.slice(separator + 1)) }, resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${port}`,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()));
        server.closeAllConnections();
      }),
  };
}

async function answerMetrics({ registry }: Metrics, response: ServerResponse): Promise<void> {
  const text = await registry.metrics();
  answer(response, 200, text, registry.contentType);
}

async function answerHealth(checks: readonly HealthCheck[], response: ServerResponse): Promise<void> {
  const reasons = (await Promise.all(checks.map((check) => check()))).filter((reason) => reason !== undefined);
  answer(response, reasons.length === 0 ? 200 : 503, reasons.length === 0 ? 'ok\n' : `${reasons.join('\n')}\n`);
}

function answer(response: ServerResponse, status: number, text: string, type = 'text/plain; charset=utf-8'): void {
  response.writeHead(status, { 'Content-Type': type, 'Cache-Control': 'no-store', 'Content-Length': Buffer.byteLength(text) });
  response.end(response.req.method === 'HEAD' ? undefined : text);
}
