import { Dispatcher } from 'undici';
import type { Random } from './random.js';
import { currentProcess, type Scheduler, type WorldProcess } from './scheduler.js';

export interface NetworkRequest {
  readonly method: string;
  /** `http://host:port` */
  readonly origin: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface NetworkAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Somebody who answers requests as a process of their own. */
export interface Service {
  readonly process: WorldProcess;
  readonly answer: (request: NetworkRequest) => Promise<NetworkAnswer>;
}

/** What becomes of one request. `after`: it was done all the same. */
export type Fate =
  | { readonly kind: 'fine' }
  | { readonly kind: 'refused' }
  | { readonly kind: 'cut' | 'hangs'; readonly when: 'before' | 'after' }
  | { readonly kind: 'status'; readonly status: number; readonly when: 'before' | 'after' };

export interface NetworkWorld {
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly find: (origin: string) => Service | undefined;
  readonly fateOf: (request: NetworkRequest) => Fate;
  readonly onExchange: (client: WorldProcess, request: NetworkRequest, fate: Fate, status: number | null) => void;
}

const failure = (code: string, message: string): Error => Object.assign(new Error(message), { code });

/** Requests and answers travel apart, each with a delay of its own; either may be lost. */
export class Network {
  constructor(private readonly world: NetworkWorld) {}

  /** Rejects as a broken connection does; a hanging exchange never ends. */
  exchange(request: NetworkRequest, client: WorldProcess = currentProcess.getStore() ?? { name: 'nobody', state: 'running' }): Promise<NetworkAnswer> {
    const { scheduler, world } = { scheduler: this.world.scheduler, world: this.world };
    const fate = world.fateOf(request);
    return new Promise((resolve, reject) => {
      const fail = (error: Error): void => void scheduler.after(this.delay(), () => reject(error), client);
      const service = world.find(request.origin);
      const settle = (answer: NetworkAnswer): void => {
        world.onExchange(client, request, fate, answer.status);
        switch (fate.kind) {
          case 'cut':
            fail(failure('ECONNRESET', 'read ECONNRESET'));
            return;
          case 'hangs':
            return;
          case 'status':
            scheduler.after(this.delay(), () => resolve(injected(fate.status)), client);
            return;
          case 'fine':
          case 'refused':
            scheduler.after(this.delay(), () => resolve(answer), client);
        }
      };
      if (fate.kind === 'refused' || !service || service.process.state === 'dead') {
        world.onExchange(client, request, { kind: 'refused' }, null);
        fail(failure('ECONNREFUSED', `connect ECONNREFUSED ${request.origin}`));
        return;
      }
      if (fate.kind !== 'fine' && fate.when === 'before') {
        settle({ status: 0, headers: {}, body: '' });
        return;
      }
      scheduler.after(this.delay(), () => void service.answer(request).then(settle, (error: unknown) => fail(error as Error)), service.process);
    });
  }

  dispatcher(originOf?: (origin: string) => string): Dispatcher {
    return new VirtualDispatcher(this, originOf);
  }

  /** Mostly some milliseconds, sometimes much longer. */
  private delay(): number {
    const { random } = this.world;
    return random.chance(0.03) ? random.between(50, 2_000) : random.between(0.3, 12);
  }
}

const injected = (status: number): NetworkAnswer => ({
  status,
  headers: { 'content-type': 'application/json', ...(status === 429 ? { 'retry-after': '1' } : {}) },
  body: JSON.stringify({ error: { code: status, message: 'injected fault' } }),
});

/** What `request` of undici 7 hands to a dispatcher; its newer interface is for interceptors only. */
interface UndiciHandler {
  onConnect(abort: (reason?: Error) => void): void;
  onHeaders(status: number, headers: readonly Buffer[], resume: () => void, text: string): void;
  onData(chunk: Buffer): void;
  onComplete(trailers: readonly string[]): void;
  onError(error: Error): void;
}

/** undici's way into the network. */
class VirtualDispatcher extends Dispatcher {
  constructor(
    private readonly network: Network,
    private readonly originOf: (origin: string) => string = (origin) => origin,
  ) {
    super();
  }

  override dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    const undici = handler as unknown as UndiciHandler;
    const exchange = { isOver: false };
    const end = (act: () => void): void => {
      if (exchange.isOver) return;
      exchange.isOver = true;
      act();
    };
    undici.onConnect((reason) => end(() => undici.onError(reason ?? new Error('aborted'))));
    if (exchange.isOver) return true;
    const { method, path, headers, body } = options;
    const origin = this.originOf(String(options.origin));
    this.network.exchange({ method, path, origin, headers: headersOf(headers), body: typeof body === 'string' ? body : '' }).then(
      (answer) =>
        end(() => {
          undici.onHeaders(answer.status, rawHeaders(answer.headers), () => undefined, '');
          if (answer.body !== '') undici.onData(Buffer.from(answer.body));
          undici.onComplete([]);
        }),
      (error: unknown) => end(() => undici.onError(error as Error)),
    );
    return true;
  }

  override close(): Promise<void>;
  override close(done: () => void): void;
  override close(done?: () => void): Promise<void> | void {
    if (!done) return Promise.resolve();
    done();
  }

  override destroy(): Promise<void>;
  override destroy(error: Error | null): Promise<void>;
  override destroy(done: () => void): void;
  override destroy(error: Error | null, done: () => void): void;
  override destroy(): Promise<void> {
    return Promise.resolve();
  }
}

function headersOf(headers: Dispatcher.DispatchOptions['headers']): Record<string, string> {
  const plain: Record<string, string> = {};
  if (headers && !Array.isArray(headers) && !(Symbol.iterator in headers)) for (const [name, value] of Object.entries(headers)) plain[name.toLowerCase()] = String(value);
  return plain;
}

const rawHeaders = (headers: Readonly<Record<string, string>>): Buffer[] => Object.entries(headers).flatMap(([name, value]) => [Buffer.from(name), Buffer.from(value)]);
