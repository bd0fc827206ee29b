import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect } from 'node:net';
import type { Monitor } from './front.js';

export interface Real {
  host: string;
  port: number;
}

/**
 * One look at a machine as Octavia's monitor would take it: whether it accepts connections, or answers HTTP as expected.
 * Certificates are not verified, as HAProxy does not. `headers` go along with HTTP.
 */
export async function checkBackend(monitor: Monitor, real: Real | undefined, headers: Readonly<Record<string, string>>): Promise<boolean> {
  if (!real) return false;
  const timeoutMs = Math.max(monitor.timeoutSeconds, 1) * 1000;
  switch (monitor.type) {
    case 'HTTP':
    case 'HTTPS': {
      const status = await statusOf(monitor, real, headers, timeoutMs);
      return status !== undefined && isExpected(monitor.expectedCodes, status);
    }
    // PING would pass for any machine that is on; what is not on resolves to nothing.
    case 'PING':
      return true;
    default:
      return acceptsConnections(real, timeoutMs);
  }
}

function statusOf({ type, method, path }: Monitor, real: Real, headers: Readonly<Record<string, string>>, timeoutMs: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const options: RequestOptions = { ...real, method, path, headers, agent: false, signal: AbortSignal.timeout(timeoutMs) };
    const answered = (response: IncomingMessage): void => {
      response.resume();
      response.on('error', () => resolve(undefined));
      response.on('end', () => resolve(response.statusCode));
    };
    const call = type === 'HTTPS' ? httpsRequest({ ...options, rejectUnauthorized: false }, answered) : httpRequest(options, answered);
    call.on('error', () => resolve(undefined));
    call.end();
  });
}

function acceptsConnections({ host, port }: Real, timeoutMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: timeoutMs });
    const end = (accepts: boolean) => (): void => {
      socket.destroy();
      resolve(accepts);
    };
    socket.once('connect', end(true));
    socket.once('timeout', end(false));
    socket.once('error', end(false));
  });
}

/** Whether the codes of the monitor (`200`, `200,202`, `200-204`) cover this one. */
export function isExpected(codes: string, status: number): boolean {
  return codes.split(',').some((part) => {
    const [first = '', last = first] = part.trim().split('-');
    return status >= Number(first) && status <= Number(last);
  });
}
