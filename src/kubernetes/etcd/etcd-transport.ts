import type { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { Client, request, type Dispatcher } from 'undici';
import { z } from 'zod';
import { withDeadline } from '../../domain/deadline.js';
import { failureReason } from '../../domain/failure-reason.js';
import { refusalSchema } from './etcd-answers.js';
import { EtcdError, etcdErrorOf, EtcdUnreachableError } from './etcd-error.js';

/** How one member is reached, and as whom. */
export interface EtcdAccess {
  /** How people know the member, for example `etcd-<node name> of cluster <id>`. */
  readonly endpoint: string;
  /** A new connection to the member's client port; called again whenever one is needed. */
  readonly dial: (signal: AbortSignal) => Promise<Duplex>;
  /** The etcd CA's certificate, which must have signed the member's. */
  readonly caPem: string;
  readonly certificatePem: string;
  readonly privateKeyPem: string;
  /** A name in the member's certificate. kubeadm puts `localhost` into each, and a tunnel has no better name. */
  readonly serverName?: string;
}

export interface EtcdClientOptions {
  readonly connectTimeoutMs: number;
  /** A call from its first byte to the answer's last, unless the call says otherwise. */
  readonly timeoutMs: number;
  readonly answerLimitBytes: number;
}

export interface EtcdCallOptions {
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
}

export interface EtcdCall {
  /** For messages, for example `member list`. */
  readonly name: string;
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
  /** Reads may be sent again when a connection breaks; a change may have been made although its answer was lost. */
  readonly isRead: boolean;
}

/** etcd's election lasts a second or so; three looks over about one second step over the usual hiccup. */
const readAttempts = 3;
const readPauseMs = 400;

/** HTTP/1.1 with JSON over mutual TLS to one member. */
export class EtcdTransport {
  private readonly client: Client;

  constructor(
    private readonly access: EtcdAccess,
    private readonly options: EtcdClientOptions,
  ) {
    // undici's own time-outs are off: the deadline of each call stands for them.
    this.client = new Client('https://etcd', { headersTimeout: 0, bodyTimeout: 0, keepAliveTimeout: 30_000, connect: (_target, done) => void this.connect().then((socket) => done(null, socket), (error: unknown) => done(asError(error), null)) });
  }

  /** The body by its schema. Throws an EtcdError. */
  async json<Schema extends z.ZodType>(call: EtcdCall, schema: Schema, { signal, timeoutMs = this.options.timeoutMs }: EtcdCallOptions = {}): Promise<z.output<Schema>> {
    return this.attempt(call, signal, () =>
      withDeadline(timeoutMs, signal, async (deadline) => {
        const answer = await this.send(call, deadline);
        const text = await this.textOf(answer);
        if (answer.statusCode !== 200) throw this.refusal(call, answer.statusCode, text);
        const parsed = schema.safeParse(jsonOf(text));
        if (parsed.success) return parsed.data;
        throw this.unreachable(call, `the answer is not what etcd promises: ${z.prettifyError(parsed.error).replace(/\s+/g, ' ')}`);
      }),
    );
  }

  /** Status and text of a GET, whatever the status. */
  async get(name: string, path: string, { signal, timeoutMs = this.options.timeoutMs }: EtcdCallOptions = {}): Promise<{ status: number; text: string }> {
    return this.attempt({ name, path, body: {}, isRead: true }, signal, () =>
      withDeadline(timeoutMs, signal, async (deadline) => {
        const answer = await request(`https://etcd${path}`, { dispatcher: this.client, signal: deadline });
        return { status: answer.statusCode, text: await this.textOf(answer) };
      }),
    );
  }

  /** An answer whose body is read by the caller while `deadline` holds. Throws an EtcdError for any other status than 200. */
  async open(call: EtcdCall, deadline: AbortSignal): Promise<AsyncIterable<Buffer>> {
    const answer = await this.send(call, deadline);
    if (answer.statusCode !== 200) throw this.refusal(call, answer.statusCode, await this.textOf(answer));
    return answer.body as AsyncIterable<Buffer>;
  }

  refusal(call: EtcdCall, status: number, text: string): EtcdError {
    const { message, error, code } = refusalSchema.safeParse(jsonOf(text)).data ?? {};
    const detail = message ?? error ?? (text.replace(/\s+/g, ' ').trim().slice(0, 300) || `status ${status}`);
    return etcdErrorOf({ endpoint: this.access.endpoint, call: call.name, detail }, code ?? null, status);
  }

  unreachable(call: Pick<EtcdCall, 'name'>, detail: string, cause?: unknown): EtcdUnreachableError {
    return new EtcdUnreachableError({ endpoint: this.access.endpoint, call: call.name, detail }, { cause });
  }

  get endpoint(): string {
    return this.access.endpoint;
  }

  /** Cuts what is under way. */
  async close(): Promise<void> {
    await this.client.destroy();
  }

  private send({ path, body }: EtcdCall, signal: AbortSignal): Promise<Dispatcher.ResponseData> {
    return request(`https://etcd${path}`, { dispatcher: this.client, method: 'POST', signal, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  }

  /** Every failure as an EtcdError; reads are tried again when it may only have been a hiccup. */
  private async attempt<Result>(call: EtcdCall, signal: AbortSignal | undefined, run: () => Promise<Result>): Promise<Result> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await run();
      } catch (error) {
        signal?.throwIfAborted();
        const failure = error instanceof EtcdError ? error : this.unreachable(call, failureReason(error), error);
        const mayRepeat = call.isRead && failure instanceof EtcdUnreachableError && attempt < readAttempts;
        if (!mayRepeat) throw failure;
      }
      await delay(readPauseMs, undefined, signal && { signal });
    }
  }

  private async textOf({ body }: Dispatcher.ResponseData): Promise<string> {
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of body as AsyncIterable<Buffer>) {
      size += chunk.length;
      // Leaving the loop destroys the body, so the rest is not read.
      if (size > this.options.answerLimitBytes) throw new Error(`the answer is larger than ${this.options.answerLimitBytes} bytes`);
      chunks.push(chunk);
    }
    return Buffer.concat(chunks).toString('utf8');
  }

  private connect(): Promise<TLSSocket> {
    const { dial, caPem, certificatePem, privateKeyPem, serverName = 'localhost' } = this.access;
    return withDeadline(this.options.connectTimeoutMs, undefined, async (deadline) => {
      const stream = await dial(deadline);
      return new Promise((resolve, reject) => {
        // A session that is resumed would show an old certificate; each tunnel makes a new one.
        const socket = connectTls({ socket: stream, ca: caPem, cert: certificatePem, key: privateKeyPem, servername: serverName, ALPNProtocols: ['http/1.1'], minVersion: 'TLSv1.2' });
        const fail = (error: unknown): void => {
          socket.destroy();
          stream.destroy();
          reject(asError(error));
        };
        const onAbort = (): void => fail(deadline.reason);
        deadline.addEventListener('abort', onAbort, { once: true });
        // The tunnel's own words say more than the TLS that broke over it.
        stream.once('error', fail);
        socket.once('error', fail);
        socket.once('close', () => fail(new Error('the member closed the connection during the handshake')));
        socket.once('secureConnect', () => {
          deadline.removeEventListener('abort', onAbort);
          socket.removeAllListeners('close').off('error', fail);
          stream.off('error', fail).on('error', (error) => socket.destroy(error));
          socket.once('close', () => stream.destroy());
          resolve(socket);
        });
      });
    });
  }
}

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(failureReason(error), { cause: error }));

/** Undefined, which fits no schema, for what is no JSON. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
