import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { callerOf, type FaultBoard } from '../../http/fault-board.js';
import type { RequestLog } from '../../http/request-log.js';
import type { ApiContext } from './api-context.js';
import { sendJson } from './response.js';

/** The simulator's common plumbing, as far as the Kubernetes API takes part in it under the service name `kubernetes`. */
export interface ApiPlumbing {
  faults: Pick<FaultBoard, 'strike'>;
  requests: Pick<RequestLog, 'add'>;
}

const service = 'kubernetes';

/** Logs each request from outside and lets the faults of the admin listener strike it. Kubelets pass untouched. */
export function obstruction(plumbing: ApiPlumbing | undefined, internalSecret: string): ApiContext['obstruct'] {
  return async (request, response, body) => {
    const internal = request.headers['x-sim-internal'] === internalSecret;
    if (!plumbing || internal) return 'goes-on';
    logWhenDone(plumbing, request, response);
    const strike = plumbing.faults.strike({ service, method: request.method ?? '', url: request.url ?? '', body, internal, ...callerOf(request.headers) });
    if (!strike) return 'goes-on';
    const { action } = strike;
    if ('delay_ms' in action) {
      await delay(action.delay_ms);
      return 'goes-on';
    }
    if ('hold' in action) {
      if (action.hold === 'before') await strike.untilRemoved();
      else holdAnswer(response, strike.untilRemoved());
      return 'goes-on';
    }
    if ('cut' in action) {
      response.end = () => response.destroy();
      return 'goes-on';
    }
    if ('status' in action) {
      for (const [name, value] of Object.entries(action.headers ?? {})) response.setHeader(name, value);
      sendJson(response, action.status, typeof action.body === 'object' && action.body !== null ? action.body : { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message: 'injected fault', code: action.status });
      return 'answered';
    }
    if ('hang' in action) await strike.untilRemoved();
    response.destroy();
    return 'answered';
  };
}

function logWhenDone({ requests }: ApiPlumbing, request: IncomingMessage, response: ServerResponse): void {
  const startedAt = Date.now();
  response.on('close', () => {
    requests.add({
      at: new Date(startedAt).toISOString(),
      service,
      method: request.method ?? '',
      path: request.url ?? '',
      status: response.headersSent ? response.statusCode : 0,
      ms: Date.now() - startedAt,
      user_id: null,
      request_id: callerOf(request.headers).requestId ?? null,
      user_agent: request.headers['user-agent'] ?? null,
    });
  });
}

/** The change is made, but its answer waits. */
function holdAnswer(response: ServerResponse, released: Promise<void>): void {
  const end = response.end.bind(response) as (...parts: unknown[]) => ServerResponse;
  response.end = ((...parts: unknown[]) => {
    void released.then(() => end(...parts));
    return response;
  }) as typeof response.end;
}
