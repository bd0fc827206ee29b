import type { IncomingHttpHeaders } from 'node:http';
import { seededRandom } from './seeded-random.js';

export type FaultAction =
  | { status: number; body?: unknown; headers?: Record<string, string> }
  | { delay_ms: number }
  | { hang: true }
  | { reset: true }
  /** Applied, but the answer is cut off. */
  | { cut: true }
  | { hold: 'before' | 'after' };

export interface FaultSpec {
  service?: string;
  method?: string;
  /** Regular expressions, matched against path with query and against the raw body. */
  path?: string;
  body?: string;
  /** Regular expression, matched against the caller's User-Agent. */
  user_agent?: string;
  /** Exactly what the caller calls its request: X-Openstack-Request-Id, and Audit-ID at a cluster's API. */
  request_id?: string;
  /** How many matching requests it strikes; 0 = every one until it is removed. */
  times?: number;
  /** How many matches pass unharmed first. */
  after?: number;
  /** Part of the matches that it strikes, 0 to 1, drawn by a generator that starts with `seed`; without it all. */
  share?: number;
  seed?: number;
  /** Strikes calls between the simulated services too (what Heat asks of Nova, say); otherwise only calls from outside. */
  internal?: boolean;
  action: FaultAction;
}

export interface FaultTarget {
  service: string;
  method: string;
  url: string;
  body: string;
  internal: boolean;
  userAgent: string;
  requestId: string | undefined;
}

/** How a caller names itself and its request; services log both and check neither. */
export function callerOf(headers: IncomingHttpHeaders): Pick<FaultTarget, 'userAgent' | 'requestId'> {
  const requestId = headers['x-openstack-request-id'] ?? headers['audit-id'];
  return { userAgent: headers['user-agent'] ?? '', requestId: Array.isArray(requestId) ? requestId[0] : requestId };
}

interface Fault {
  id: string;
  spec: FaultSpec;
  path: RegExp | undefined;
  body: RegExp | undefined;
  userAgent: RegExp | undefined;
  matched: number;
  draw: () => number;
  waiting: Set<() => void>;
}

/** One strike: what to do, and for holds the wait that ends when the fault is removed. */
export interface Strike {
  action: FaultAction;
  untilRemoved(): Promise<void>;
}

/** The faults in force. The first one (in order of creation) that still has strikes left takes a request. */
export class FaultBoard {
  private readonly faults = new Map<string, Fault>();
  private lastId = 0;

  /** Throws SyntaxError when a pattern is no regular expression. */
  add(spec: FaultSpec): string {
    const id = `fault-${++this.lastId}`;
    this.faults.set(id, {
      id,
      spec,
      path: spec.path === undefined ? undefined : new RegExp(spec.path),
      body: spec.body === undefined ? undefined : new RegExp(spec.body),
      userAgent: spec.user_agent === undefined ? undefined : new RegExp(spec.user_agent),
      matched: 0,
      draw: seededRandom(spec.seed ?? 0),
      waiting: new Set(),
    });
    return id;
  }

  list(): Record<string, unknown>[] {
    return [...this.faults.values()].map(({ id, spec, matched, waiting }) => ({ id, ...spec, matched, holding: waiting.size }));
  }

  /** Returns false when there is no such fault. What it holds goes on. */
  remove(id: string): boolean {
    const fault = this.faults.get(id);
    if (!fault) return false;
    this.faults.delete(id);
    for (const release of fault.waiting) release();
    return true;
  }

  clear(): void {
    for (const id of [...this.faults.keys()]) this.remove(id);
  }

  strike(target: FaultTarget): Strike | undefined {
    for (const fault of this.faults.values()) {
      if (!matches(fault, target)) continue;
      if (fault.spec.share !== undefined && fault.draw() >= fault.spec.share) continue;
      fault.matched += 1;
      const nth = fault.matched - (fault.spec.after ?? 0);
      const times = fault.spec.times ?? 1;
      if (nth < 1 || (times !== 0 && nth > times)) continue;
      return { action: fault.spec.action, untilRemoved: () => this.wait(fault) };
    }
    return undefined;
  }

  private wait(fault: Fault): Promise<void> {
    if (!this.faults.has(fault.id)) return Promise.resolve();
    return new Promise((resolve) => {
      fault.waiting.add(resolve);
    });
  }
}

function matches({ spec, path, body, userAgent }: Fault, target: FaultTarget): boolean {
  if (target.internal && spec.internal !== true) return false;
  if (spec.service !== undefined && spec.service !== target.service) return false;
  if (spec.method !== undefined && spec.method.toUpperCase() !== target.method) return false;
  if (spec.request_id !== undefined && spec.request_id !== target.requestId) return false;
  if (userAgent && !userAgent.test(target.userAgent)) return false;
  if (path && !path.test(target.url)) return false;
  return !body || body.test(target.body);
}
