import type { Collection, Journal } from '../../journal.js';
import { newUuid } from '../../ids.js';

/** Makes resources fail as if the cloud had let Heat down; for tests, through the admin listener. */
export interface HeatFaultSpec {
  /** Regular expressions on the names of stack and resource. */
  stack: string;
  resource: string;
  action: 'CREATE' | 'UPDATE' | 'DELETE';
  /** Becomes the resource's reason, after `ResourceInError: resources.<name>: `. */
  reason: string;
  /** How often it strikes; 0 = until removed. */
  times: number;
  /** before: nothing is asked of the cloud; after: what the cloud made stays, as with a server in ERROR. */
  when: 'before' | 'after';
  /**
   * Instead of failing, the stack stands still for ever, its timeout too, as when the engine that works on it dies. Whatever
   * is asked of the stack next goes on.
   */
  stall: boolean;
}

type HeatFault = HeatFaultSpec & { id: string; matched: number };

/** The resource faults in force; they outlive a restart. */
export class HeatFaults {
  private readonly faults: Collection<HeatFault>;
  private readonly stalledStacks = new Set<string>();

  constructor(journal: Journal) {
    this.faults = journal.collection('heat.faults');
  }

  /** Throws SyntaxError when a pattern is no regular expression. */
  add(spec: HeatFaultSpec): string {
    for (const pattern of [spec.stack, spec.resource]) new RegExp(pattern);
    return this.faults.put({ ...spec, id: newUuid(), matched: 0 }).id;
  }

  list(): (HeatFaultSpec & { id: string; matched: number })[] {
    return this.faults.values();
  }

  /** False when there is none of this id. */
  remove(id: string): boolean {
    const isThere = this.faults.get(id) !== undefined;
    this.faults.delete(id);
    return isThere;
  }

  clear(): void {
    for (const fault of this.faults.values()) this.faults.delete(fault.id);
  }

  markStalled(stackId: string, isStalled: boolean): void {
    if (isStalled) this.stalledStacks.add(stackId);
    else this.stalledStacks.delete(stackId);
  }

  isStalled(stackId: string): boolean {
    return this.stalledStacks.has(stackId);
  }

  /** The fault that this work meets now, or undefined. Counts. */
  strike(stack: string, resource: string, action: HeatFaultSpec['action'], when: HeatFaultSpec['when']): Pick<HeatFaultSpec, 'reason' | 'stall'> | undefined {
    const fault = this.faults.find(
      (each) =>
        each.action === action &&
        each.when === when &&
        (each.times === 0 || each.matched < each.times) &&
        new RegExp(each.stack).test(stack) &&
        new RegExp(each.resource).test(resource),
    );
    if (!fault) return undefined;
    this.faults.put({ ...fault, matched: fault.matched + 1 });
    return fault;
  }
}

const actions: readonly HeatFaultSpec['action'][] = ['CREATE', 'UPDATE', 'DELETE'];

/** Reads what `POST /heat-faults` was sent; `resource` and `reason` may be left out. Throws TypeError that says what is wrong. */
export function readHeatFault(body: Record<string, unknown>): HeatFaultSpec {
  const foreign = Object.keys(body).find((key) => !['stack', 'resource', 'action', 'reason', 'times', 'when', 'stall'].includes(key));
  if (foreign !== undefined) throw new TypeError(`unknown: ${foreign}`);
  const action = actions.find((known) => known === (body['action'] ?? 'CREATE'));
  if (!action) throw new TypeError(`action is one of ${actions.join(', ')}`);
  const { stack, resource = '.*', reason = 'injected fault', times = 1, when = 'before', stall = false } = body;
  if (typeof stack !== 'string' || typeof resource !== 'string' || typeof reason !== 'string') throw new TypeError('stack, resource and reason are strings');
  if (typeof times !== 'number') throw new TypeError('times is a number');
  if (when !== 'before' && when !== 'after') throw new TypeError('when is before or after');
  if (typeof stall !== 'boolean') throw new TypeError('stall is true or false');
  return { stack, resource, action, reason, times, when, stall };
}
