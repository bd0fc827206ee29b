import type { IncomingHttpHeaders } from 'node:http';
import type { Duplex } from 'node:stream';
import { Agent, ProxyAgent, request, type Dispatcher } from 'undici';
import { z } from 'zod';
import type { Attempt, AttemptEnded } from '../domain/attempt.js';
import { DeadlineError, withDeadline } from '../domain/deadline.js';
import { failureReason } from '../domain/failure-reason.js';
import { lenientJson } from '../domain/lenient-json.js';
import { userAgent } from '../domain/user-agent.js';
import type { ClusterAccess } from './cluster-access.js';
import type { ClusterClientOptions } from './cluster-client-options.js';
import { ClusterError, clusterErrorOf, ClusterUnreachableError } from './cluster-error.js';
import { requestUpgrade } from './port-forward/request-upgrade.js';

export interface ClusterCallOptions {
  readonly signal?: AbortSignal;
  /** Instead of the usual one. */
  readonly timeoutMs?: number;
  /** The API server writes it into its audit log instead of an id of its own. */
  readonly requestId?: string;
  /** What the call is for: part of the User-Agent. */
  readonly purpose?: string;
  /** Told of the call as it begins, and of its end through what it returns: for whoever shows people what is waited for. Streams tell nothing. */
  readonly onAttempt?: (attempt: Attempt) => AttemptEnded;
}

export interface ClusterRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly body?: unknown;
  readonly contentType?: string;
}

export interface ClusterAnswer {
  readonly status: number;
  readonly text: string;
  /** The server's clock (header Date, whole seconds). */
  readonly serverTime?: Date;
  /** Seconds that the server wants to be left alone (header Retry-After). */
  readonly retryAfterSeconds?: number;
}

export interface ClusterStreamOptions extends ClusterCallOptions {
  /** The stream ends after so long, however lively it is (milliseconds). */
  readonly timeoutMs: number;
  /** Told once, when the server has begun to answer. */
  readonly onOpen?: () => void;
}

/** As people read it: whose machine does not answer. */
const service = "the cluster's Kubernetes API";

/** Few are enough: HTTP/1.1 calls to one cluster are short, and a machine of a tenant should not see a flood. */
const connectionsMax = 8;

/**
 * Pooled connections to one cluster's API with our client certificate. Every call has a deadline and a size cap, and
 * redirects are not followed: the other side is a tenant's machine, and must not send us elsewhere.
 */
export class ClusterTransport {
  private readonly dispatcher: Dispatcher;

  constructor(
    private readonly access: ClusterAccess,
    private readonly options: ClusterClientOptions,
  ) {
    const tls = { ca: access.caPem, cert: access.certificatePem, key: access.privateKeyPem };
    const timeout = options.connectTimeoutMs;
    // undici's own time-outs are off: the deadline of each call stands for them, and may be longer than theirs.
    const pool = { connections: connectionsMax, keepAliveTimeout: 30_000, headersTimeout: 0, bodyTimeout: 0 };
    const connect = (): Dispatcher =>
      access.proxyUrl === undefined
        ? new Agent({ ...pool, connect: { ...tls, timeout } })
        : new ProxyAgent({ ...pool, uri: access.proxyUrl, requestTls: { ...tls, timeout }, connect: { timeout } });
    this.dispatcher = options.dispatcherOf?.(access) ?? connect();
  }

  /** Any answer, whatever its status. Throws ClusterUnreachableError when there is none, and the signal's reason when aborted. */
  async send(call: ClusterRequest, options: ClusterCallOptions = {}): Promise<ClusterAnswer> {
    const { signal, timeoutMs = this.options.timeoutMs } = options;
    const startedAt = performance.now();
    const tellEnd = options.onAttempt?.({ service, call: describe(call) });
    const record = (status: number | null): void =>
      this.options.onCall?.({ clusterId: this.access.clusterId, method: call.method, path: call.path, status, ms: performance.now() - startedAt });
    try {
      const answer = await withDeadline(timeoutMs, signal, (deadline) => this.exchange(call, options, deadline));
      record(answer.status);
      return answer;
    } catch (error) {
      record(null);
      signal?.throwIfAborted();
      throw this.unreachable(call, null, failureReason(error), error);
    } finally {
      // It is not made again from here: the caller says itself what became of it.
      tellEnd?.(null);
    }
  }

  /**
   * A GET that becomes a web socket: its bare connection, which is the caller's to end. `problemOf` looks at the handshake's answer
   * and says what is wrong with it. The deadline is for the handshake. Throws a ClusterError for any other answer.
   */
  async openWebSocket(
    call: ClusterRequest,
    handshake: { readonly headers: Readonly<Record<string, string>>; readonly problemOf: (headers: IncomingHttpHeaders) => string | undefined },
    { signal, timeoutMs = this.options.timeoutMs, onAttempt }: ClusterCallOptions = {},
  ): Promise<Duplex> {
    const url = this.urlOf(call);
    const upgrade = { origin: url.origin, path: `${url.pathname}${url.search}`, headers: { 'user-agent': userAgent(undefined), ...handshake.headers } };
    const ask = (deadline: AbortSignal) => requestUpgrade(this.dispatcher, upgrade, deadline, this.options.answerLimitBytes);
    const tellEnd = onAttempt?.({ service, call: describe(call) });
    const answer = await withDeadline(timeoutMs, signal, ask)
      .catch((error: unknown) => {
        signal?.throwIfAborted();
        throw this.unreachable(call, null, failureReason(error), error);
      })
      .finally(() => tellEnd?.(null));
    if (answer.kind === 'answered') {
      this.accept(call, answer);
      throw this.unreachable(call, answer.status, 'this is no web socket');
    }
    const problem = handshake.problemOf(answer.headers);
    if (problem === undefined) return answer.socket;
    answer.socket.destroy();
    throw this.unreachable(call, 101, problem);
  }

  /** A body by its schema; throws a ClusterError for any other status than 200 to 299. */
  async json<Schema extends z.ZodType>(call: ClusterRequest, schema: Schema, options?: ClusterCallOptions): Promise<z.output<Schema>> {
    return this.parse(call, this.accept(call, await this.send(call, options)), schema);
  }

  /** The body of an answer by its schema. */
  parse<Schema extends z.ZodType>(call: ClusterRequest, answer: ClusterAnswer, schema: Schema): z.output<Schema> {
    const parsed = schema.safeParse(lenientJson(answer.text));
    if (parsed.success) return parsed.data;
    throw new ClusterUnreachableError({
      clusterId: this.access.clusterId,
      call: describe(call),
      status: answer.status,
      reason: null,
      detail: `the answer is not what Kubernetes promises: ${z.prettifyError(parsed.error).replace(/\s+/g, ' ')}`,
    });
  }

  /** The same answer when its status is a success; otherwise throws the ClusterError for it. */
  accept(call: ClusterRequest, answer: ClusterAnswer): ClusterAnswer {
    if (answer.status >= 200 && answer.status < 300) return answer;
    const status = statusSchema.safeParse(lenientJson(answer.text)).data;
    throw clusterErrorOf({
      clusterId: this.access.clusterId,
      call: describe(call),
      status: answer.status,
      reason: status?.reason ?? null,
      detail: answer.status < 400 ? 'a redirect, which is not followed' : (status?.message ?? shortened(answer.text)),
    });
  }

  /**
   * Lines of an answer that goes on (a watch), without blank ones: ends with the stream, at the deadline or with the signal, all of
   * which are ordinary. Throws a ClusterError when the server does not let us in, breaks off or sends a line that is too long.
   */
  async streamLines(call: ClusterRequest, options: ClusterStreamOptions, onLine: (line: string) => void): Promise<void> {
    const { signal, timeoutMs, onOpen } = options;
    try {
      await withDeadline(timeoutMs, signal, async (deadline) => {
        const answer = await request(this.urlOf(call), this.requestOf(call, options, deadline));
        if (answer.statusCode !== 200) {
          this.accept(call, { status: answer.statusCode, text: await this.textOf(answer.body) });
          throw new Error(`a stream was to begin, not an answer of status ${answer.statusCode}`);
        }
        onOpen?.();
        await this.readLines(answer.body, onLine);
      });
    } catch (error) {
      if (signal?.aborted === true || error instanceof DeadlineError) return;
      throw error instanceof ClusterError ? error : this.unreachable(call, null, failureReason(error), error);
    }
  }

  /** Lets calls in flight end. */
  async close(): Promise<void> {
    await this.dispatcher.close();
  }

  private async exchange(call: ClusterRequest, options: ClusterCallOptions, signal: AbortSignal): Promise<ClusterAnswer> {
    const answer = await request(this.urlOf(call), this.requestOf(call, options, signal));
    const text = await this.textOf(answer.body);
    const serverTime = new Date(headerOf(answer.headers, 'date') ?? Number.NaN);
    const retryAfterSeconds = Number(headerOf(answer.headers, 'retry-after') ?? Number.NaN);
    return {
      ...{ status: answer.statusCode, text },
      ...(Number.isNaN(serverTime.getTime()) ? {} : { serverTime }),
      ...(Number.isFinite(retryAfterSeconds) && retryAfterSeconds >= 0 ? { retryAfterSeconds } : {}),
    };
  }

  private requestOf(call: ClusterRequest, { requestId, purpose }: ClusterCallOptions, signal: AbortSignal) {
    return {
      dispatcher: this.dispatcher,
      method: call.method,
      signal,
      headers: {
        accept: 'application/json',
        'user-agent': userAgent(purpose),
        ...(requestId === undefined ? {} : { 'audit-id': requestId }),
        ...(call.body === undefined ? {} : { 'content-type': call.contentType ?? 'application/json' }),
      },
      ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
    };
  }

  private async textOf(body: AsyncIterable<Buffer>): Promise<string> {
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of body) {
      size += chunk.length;
      // Leaving the loop destroys the body, so the rest is not read.
      if (size > this.options.answerLimitBytes) throw new Error(`the answer is larger than ${this.options.answerLimitBytes} bytes`);
      chunks.push(chunk);
    }
    return Buffer.concat(chunks).toString('utf8');
  }

  private async readLines(body: AsyncIterable<Buffer>, onLine: (line: string) => void): Promise<void> {
    const decoder = new TextDecoder();
    let rest = '';
    for await (const chunk of body) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) if (line.trim() !== '') onLine(line);
      if (rest.length > this.options.answerLimitBytes) throw new Error(`a line of the stream is larger than ${this.options.answerLimitBytes} bytes`);
    }
  }

  private urlOf(call: ClusterRequest): URL {
    const url = new URL(call.path, this.access.apiAddress);
    for (const [name, value] of Object.entries(call.query ?? {})) if (value !== undefined) url.searchParams.append(name, String(value));
    return url;
  }

  private unreachable(call: ClusterRequest, status: number | null, detail: string, cause?: unknown): ClusterUnreachableError {
    return new ClusterUnreachableError({ clusterId: this.access.clusterId, call: describe(call), status, reason: null, detail }, { cause });
  }
}

/** Kubernetes' body of everything that failed. */
const statusSchema = z.object({ kind: z.literal('Status'), message: z.string().optional(), reason: z.string().optional() });

function headerOf(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}

const describe = ({ method, path }: ClusterRequest): string => `${method} ${path}`;

const shortened = (text: string): string => text.replace(/\s+/g, ' ').trim().slice(0, 300) || 'no explanation';
