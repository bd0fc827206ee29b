import { setTimeout as pause } from 'node:timers/promises';
import { Agent, request, type Dispatcher } from 'undici';
import { withDeadline } from '../domain/deadline.js';
import { failureReason } from '../domain/failure-reason.js';
import { userAgent } from '../domain/user-agent.js';
import type { CallOptions } from './call-options.js';
import { CloudUnavailableError, type CloudService } from './cloud-error.js';
import { AnswerTooLargeError, outcomeOfFailure } from './http-failure.js';
import { planRetry, retryAfterMs, type AttemptOutcome, type RetryLimits } from './retry-plan.js';

export interface TransportOptions extends RetryLimits {
  readonly connectTimeoutMs: number;
  /** One attempt from its first byte to the answer's last. */
  readonly timeoutMs: number;
  readonly answerLimitBytes: number;
  /** Certificates to trust instead of the system's. */
  readonly caPem?: string;
  /** Accepts any certificate: only what a person at a command line may ask for. */
  readonly insecure?: boolean;
  /** Told of each attempt, for logs and metrics. */
  readonly onAttempt?: (attempt: AttemptRecord) => void;
  /** Carries the calls instead of a pool of our own; `caPem`, `insecure` and `connectTimeoutMs` are its business then. */
  readonly dispatcher?: Dispatcher;
}

export interface AttemptRecord {
  readonly service: CloudService;
  readonly call: string;
  readonly method: HttpMethod;
  /** Without the query, which may carry names. */
  readonly path: string;
  /** What we sent as X-Openstack-Request-Id. */
  readonly requestId: string;
  /** The service's own id for the attempt; null when it told none. */
  readonly serviceRequestId: string | null;
  readonly attempt: number;
  /** Null when there was no whole answer. */
  readonly status: number | null;
  readonly milliseconds: number;
}

export type HttpMethod = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export interface HttpCall {
  readonly service: CloudService;
  readonly method: HttpMethod;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly requestId: string;
  readonly purpose?: string | undefined;
  readonly body?: unknown;
  /** Doing it twice is as good as once. */
  readonly repeatable: boolean;
}

export interface HttpAnswer {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

type AttemptEnd = { readonly outcome: AttemptOutcome | undefined } & ({ readonly answer: HttpAnswer } | { readonly error: unknown });

/** Pooled connections to one cloud, with deadlines, a size cap, and retries where they are safe. Redirects are the caller's. */
export class HttpTransport {
  private readonly dispatcher: Dispatcher;

  constructor(private readonly options: TransportOptions) {
    const { connectTimeoutMs, timeoutMs, caPem, insecure, dispatcher } = options;
    this.dispatcher = dispatcher ?? new Agent({
      connections: 32,
      keepAliveTimeout: 4_000, // under the 5 s of apache and uwsgi: a connection must not close under a request that may not be repeated
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
      connect: { timeout: connectTimeoutMs, rejectUnauthorized: insecure !== true, ...(caPem === undefined ? {} : { ca: caPem }) },
    });
  }

  /**
   * Answers with any status, after the retries that are safe. Throws CloudUnavailableError when there was no answer, the
   * signal's reason when the caller aborted, and what `beforeAttempt` throws.
   */
  async send(call: HttpCall, { signal, beforeAttempt, onAttempt }: CallOptions = {}): Promise<HttpAnswer> {
    const startedAt = performance.now();
    for (let attempts = 1; ; attempts++) {
      signal?.throwIfAborted();
      await beforeAttempt?.();
      const tellEnd = onAttempt?.({ service: call.service, call: describeCall(call) });
      const ended = await this.attempt(call, attempts, signal);
      tellEnd?.(problemOf(call, ended));
      const plan = ended.outcome
        ? planRetry(ended.outcome, { attempts, elapsedMs: performance.now() - startedAt, repeatable: call.repeatable }, this.options, Math.random())
        : ({ kind: 'stop' } as const);
      if (plan.kind === 'stop') {
        if ('answer' in ended) return ended.answer;
        throw unavailable(call, ended.error, attempts);
      }
      await interruptiblePause(plan.afterMs, signal);
    }
  }

  /** Ends idle connections and those in use. */
  async close(): Promise<void> {
    await this.dispatcher.destroy();
  }

  private async attempt(call: HttpCall, attempt: number, signal: AbortSignal | undefined): Promise<AttemptEnd> {
    const startedAt = performance.now();
    const record = (status: number | null, headers: HttpAnswer['headers'] = {}): void =>
      this.options.onAttempt?.({
        service: call.service,
        call: describeCall(call),
        method: call.method,
        path: call.url.pathname,
        requestId: call.requestId,
        serviceRequestId: serviceRequestIdOf(headers),
        attempt,
        status,
        milliseconds: performance.now() - startedAt,
      });
    try {
      const answer = await withDeadline(this.options.timeoutMs, signal, (deadline) => this.exchange(call, deadline));
      record(answer.status, answer.headers);
      const wait = retryAfterMs(answer.headers['retry-after'], new Date());
      return { answer, outcome: { kind: 'answered', status: answer.status, retryAfterMs: wait } };
    } catch (error) {
      record(null);
      signal?.throwIfAborted();
      return { error, outcome: outcomeOfFailure(error) };
    }
  }

  private async exchange(call: HttpCall, signal: AbortSignal): Promise<HttpAnswer> {
    const answer = await request(call.url, {
      dispatcher: this.dispatcher,
      method: call.method,
      signal,
      headers: {
        accept: 'application/json',
        'user-agent': userAgent(call.purpose),
        'x-openstack-request-id': call.requestId,
        ...(call.body === undefined ? {} : { 'content-type': 'application/json' }),
        ...call.headers,
      },
      ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
    });
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of answer.body as AsyncIterable<Buffer>) {
      size += chunk.length;
      // Leaving the loop destroys the body, so the rest is not read.
      if (size > this.options.answerLimitBytes) throw new AnswerTooLargeError(this.options.answerLimitBytes);
      chunks.push(chunk);
    }
    const headers = Object.entries(answer.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : (value ?? '')]);
    return { status: answer.statusCode, headers: Object.fromEntries(headers) as Record<string, string>, text: Buffer.concat(chunks).toString('utf8') };
  }
}

/** Nova has a header of its own besides the common one. */
export const serviceRequestIdOf = (headers: HttpAnswer['headers']): string | null => headers['x-openstack-request-id'] ?? headers['x-compute-request-id'] ?? null;

/** Method and path for people; queries may carry names, tokens never travel in either. */
export const describeCall = ({ method, url }: Pick<HttpCall, 'method' | 'url'>): string => `${method} ${url.host}${url.pathname}`;

/** Why an attempt may have to be repeated; null when it came to something. */
function problemOf(call: HttpCall, ended: AttemptEnd): string | null {
  if (!('answer' in ended)) return unavailable(call, ended.error, 1).message;
  const { status } = ended.answer;
  return status === 429 || status >= 500 ? `${call.service} answered ${status} to ${describeCall(call)}` : null;
}

function unavailable(call: HttpCall, error: unknown, attempts: number): CloudUnavailableError {
  const detail = `${failureReason(error)}${attempts > 1 ? `, tried ${attempts} times` : ''}`;
  return new CloudUnavailableError({ service: call.service, status: null, requestId: null, detail, call: describeCall(call) }, { cause: error });
}

async function interruptiblePause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await pause(milliseconds, undefined, signal ? { signal } : {});
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
}
