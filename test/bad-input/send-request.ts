import { request as httpRequest, type Agent, type IncomingHttpHeaders, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';

/** A request as it goes onto the wire. */
export interface WireRequest {
  readonly method: string;
  /** Path and query, not encoded any further. */
  readonly target: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string | Buffer | undefined;
}

export interface WireAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Of an event stream, which has no end, only what came first. */
  readonly text: string;
}

/** No request may take longer, even on a machine that does much else. */
export const answerDeadlineMs = 60_000;

/** Sends a request and reads its answer. Rejects when there is none within the deadline. */
export function sendRequest(base: string, { method, target, headers, body }: WireRequest, options: { readonly agent: Agent; readonly ca?: string }): Promise<WireAnswer> {
  const { hostname, port, protocol } = new URL(base);
  const send = protocol === 'https:' ? httpsRequest : httpRequest;
  // Node leaves a body of GET, HEAD and DELETE without a length, and the server would take it for another request.
  const framed = body === undefined ? headers : [...headers, ['Content-Length', String(Buffer.byteLength(body))] as const];
  const details: RequestOptions & { ca?: string } = { hostname, port, method, path: target, headers: framed.flatMap(([name, value]) => [name, value]), ...options };
  return new Promise((resolve, reject) => {
    const call = send(details, (answer) => {
      const chunks: Buffer[] = [];
      const done = (): void => {
        clearTimeout(deadline);
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text: Buffer.concat(chunks).toString('utf8') });
      };
      answer.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        if (!String(answer.headers['content-type']).startsWith('text/event-stream')) return;
        done();
        answer.destroy();
      });
      answer.on('end', done);
      answer.on('error', reject);
    });
    const deadline = setTimeout(() => call.destroy(new Error(`no answer within ${answerDeadlineMs} ms`)), answerDeadlineMs);
    call.on('error', (error) => {
      clearTimeout(deadline);
      reject(error);
    });
    call.end(body);
  });
}
