// Imported before anything of the product: it replaces clocks, timers and randomness for the whole program.
import { createRequire, syncBuiltinESMExports } from 'node:module';
import type nodeCrypto from 'node:crypto';
import { Random } from './random.js';
import { worldBegins, type Delivery, type Scheduler } from './scheduler.js';

interface World {
  readonly scheduler: Scheduler;
  readonly random: Random;
}

let world: World | undefined;

/** From now on time is the scheduler's and chance is the seed's; undefined: both are real again. */
export function enterWorld(entered: World | undefined): void {
  world = entered;
}

const real = { setTimeout, setImmediate, now: Date.now.bind(Date), performanceNow: performance.now.bind(performance) };

/** Resolves when everything that can run without time passing has run: microtasks and ticks all come before an immediate. */
export const settled = (): Promise<void> => new Promise((resolve) => real.setImmediate(resolve));

/** The machine's own clock (ms), for measuring. */
export const realNow = real.performanceNow;

class VirtualTimer {
  private delivery: Delivery;

  constructor(
    private readonly scheduler: Scheduler,
    private readonly run: () => void,
    private readonly delayMs: number,
    private readonly isRepeated: boolean,
  ) {
    this.delivery = this.arm();
  }

  cancel(): void {
    this.delivery.cancelled = true;
  }

  refresh(): this {
    this.cancel();
    this.delivery = this.arm();
    return this;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  hasRef(): boolean {
    return true;
  }

  close(): this {
    this.cancel();
    return this;
  }

  [Symbol.dispose](): void {
    this.cancel();
  }

  private arm(): Delivery {
    return this.scheduler.after(this.delayMs, () => {
      if (this.isRepeated) this.delivery = this.arm();
      this.run();
    });
  }
}

class VirtualImmediate {
  constructor(private readonly delivery: Delivery) {}

  cancel(): void {
    this.delivery.cancelled = true;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }
}

type Callback = (...args: unknown[]) => void;

/** Node's rule: what is no number from 1 to 2^31 - 1 is 1. */
const delayOf = (ms: unknown): number => (typeof ms === 'number' && ms >= 1 && ms < 2 ** 31 ? ms : typeof ms === 'string' ? delayOf(Number(ms)) : 1);

function fakeTimer(original: Callback, isRepeated: boolean): Callback {
  return ((run: Callback, ms: unknown, ...args: unknown[]) =>
    world ? new VirtualTimer(world.scheduler, () => run(...args), delayOf(ms), isRepeated) : (original)(run, ms, ...args)) as Callback;
}

function fakeImmediate(original: Callback): Callback {
  return ((run: Callback, ...args: unknown[]) =>
    world ? new VirtualImmediate(world.scheduler.soon(() => run(...args))) : (original)(run, ...args)) as Callback;
}

function fakeClear(original: Callback): Callback {
  return (timer: unknown) => {
    if (timer instanceof VirtualTimer || timer instanceof VirtualImmediate) timer.cancel();
    else original(timer);
  };
}

interface PauseOptions {
  readonly signal?: AbortSignal;
}

function abortError(signal: AbortSignal): Error {
  return Object.assign(new Error('The operation was aborted', { cause: signal.reason }), { name: 'AbortError', code: 'ABORT_ERR' });
}

/** `timers/promises`: a pause that a signal ends. */
function virtualPause<T>(scheduler: Scheduler, ms: unknown, value: T, { signal }: PauseOptions = {}): Promise<T> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(abortError(signal));
      return;
    }
    const delivery = scheduler.after(delayOf(ms), () => {
      if (signal) signal.removeEventListener('abort', onAbort);
      resolve(value);
    });
    const onAbort = (): void => {
      delivery.cancelled = true;
      if (signal) reject(abortError(signal));
    };
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}

function fakeClocks(): void {
  const nowMs = (): number => (world ? worldBegins + Math.floor(world.scheduler.elapsed) : real.now());
  const NativeDate = Date;
  globalThis.Date = new Proxy(NativeDate, {
    construct: (target, args, newTarget) =>
      args.length === 0 ? new target(nowMs()) : (Reflect.construct(target, args, newTarget === globalThis.Date ? target : newTarget) as object),
    apply: () => new NativeDate(nowMs()).toString(),
    get: (target, name, receiver) => (name === 'now' ? nowMs : (Reflect.get(target, name, receiver) as unknown)),
  });
  performance.now = () => (world ? world.scheduler.elapsed : real.performanceNow());
}

function fakeTimers(): void {
  const require = createRequire(import.meta.url);
  const timers = require('node:timers') as Record<string, Callback>;
  const promises = require('node:timers/promises') as Record<string, unknown>;
  const { setTimeout: timeout, setInterval: interval, setImmediate: immediate, clearTimeout: clear, clearImmediate: clearSoon } = timers;
  if (!timeout || !interval || !immediate || !clear || !clearSoon) throw new Error('node:timers has changed');
  const fakes = {
    setTimeout: fakeTimer(timeout, false),
    setInterval: fakeTimer(interval, true),
    setImmediate: fakeImmediate(immediate),
    clearTimeout: fakeClear(clear),
    clearInterval: fakeClear(clear),
    clearImmediate: fakeClear(clearSoon),
  };
  Object.assign(timers, fakes);
  Object.assign(globalThis, fakes);
  const realPause = promises['setTimeout'] as (ms: unknown, value: unknown, options?: PauseOptions) => Promise<unknown>;
  promises['setTimeout'] = (ms: unknown, value?: unknown, options?: PauseOptions) =>
    world ? virtualPause(world.scheduler, ms, value, options) : realPause(ms, value, options);
  AbortSignal.timeout = (ms: number) => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(new DOMException('The operation was aborted due to timeout', 'TimeoutError')), ms);
    return controller.signal;
  };
}

function fakeChance(): void {
  const crypto = createRequire(import.meta.url)('node:crypto') as Record<string, unknown>;
  const original = { ...crypto } as unknown as typeof nodeCrypto;
  const realRandom = Math.random.bind(Math);
  const bytes = (size: number, random: Random): Buffer => {
    const filled = Buffer.alloc(size);
    for (let index = 0; index < size; index++) filled[index] = random.bits() & 0xff;
    return filled;
  };
  const uuid = (random: Random): string => {
    const raw = bytes(16, random);
    raw[6] = ((raw[6] ?? 0) & 0x0f) | 0x40;
    raw[8] = ((raw[8] ?? 0) & 0x3f) | 0x80;
    const hex = raw.toString('hex');
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  };
  crypto['randomBytes'] = (size: number) => (world ? bytes(size, world.random) : original.randomBytes(size));
  crypto['randomUUID'] = () => (world ? uuid(world.random) : original.randomUUID());
  crypto['randomInt'] = (a: number, b?: number) => {
    const [least, end] = b === undefined ? [0, a] : [a, b];
    return world ? world.random.integer(least, end - 1) : original.randomInt(least, end);
  };
  Math.random = () => (world ? world.random.fraction() : realRandom());
}

fakeClocks();
fakeTimers();
fakeChance();
syncBuiltinESMExports();
