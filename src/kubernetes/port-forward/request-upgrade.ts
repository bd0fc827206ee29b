import type { IncomingHttpHeaders } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Dispatcher } from 'undici';

export interface UpgradeRequest {
  /** `https://host:port` */
  readonly origin: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

export type UpgradeAnswer =
  | { readonly kind: 'upgraded'; readonly socket: Duplex; readonly headers: IncomingHttpHeaders }
  | { readonly kind: 'answered'; readonly status: number; readonly text: string };

/**
 * Asks for a web socket through the dispatcher, so with its TLS and its proxy. Not by undici's own `upgrade`, which throws away
 * the body of a refusal: it is the cluster's explanation. The connection leaves the dispatcher's pool when it is upgraded.
 */
export function requestUpgrade(dispatcher: Dispatcher, request: UpgradeRequest, signal: AbortSignal, answerLimitBytes: number): Promise<UpgradeAnswer> {
  return new Promise((resolve, reject) => {
    let stop = (): void => undefined;
    let status = 0;
    let size = 0;
    const chunks: Buffer[] = [];
    const onAbort = (): void => {
      stop();
      reject(asError(signal.reason));
    };
    const settle = (answer: UpgradeAnswer): void => {
      signal.removeEventListener('abort', onAbort);
      resolve(answer);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    dispatcher.dispatch(
      { ...request, method: 'GET', upgrade: 'websocket' },
      {
        onRequestStart: (controller) => {
          stop = () => controller.abort(asError(signal.reason));
          if (signal.aborted) stop();
        },
        onRequestUpgrade: (_controller, _status, headers, socket) => {
          if (signal.aborted) socket.destroy();
          else settle({ kind: 'upgraded', socket, headers });
        },
        onResponseStart: (_controller, code) => {
          status = code;
        },
        onResponseData: (controller, chunk) => {
          size += chunk.length;
          if (size > answerLimitBytes) controller.abort(new Error(`the answer is larger than ${answerLimitBytes} bytes`));
          else chunks.push(chunk);
        },
        onResponseEnd: () => settle({ kind: 'answered', status, text: Buffer.concat(chunks).toString('utf8') }),
        onResponseError: (_controller, error) => {
          signal.removeEventListener('abort', onAbort);
          reject(error);
        },
      },
    );
  });
}

const asError = (reason: unknown): Error => (reason instanceof Error ? reason : new Error('aborted', { cause: reason }));
