import type { StackLevel } from './stack-level.js';

export interface DoomedStack {
  readonly name: string;
  readonly level: StackLevel | undefined;
  readonly status: string;
}

/**
 * Names of the stacks that Heat is asked to delete now: all that are not on their way out yet. Slots behind a load balancer
 * go one at a time, the youngest first: each takes its member out of the same pool, and Octavia answers 500 to some of
 * several such calls at once. A slot that would not go is tried again when no other is left, so that it holds up nobody.
 * `askAgain`: also what is on its way out, because the engine that was asked may have died.
 */
export function planStackDeletion(stacks: readonly DoomedStack[], slotsShareLoadBalancer: boolean, askAgain = false): string[] {
  const leaving = askAgain ? stacks.filter(({ status }) => status === 'DELETE_IN_PROGRESS').map(({ name }) => name) : [];
  return [...leaving, ...planFirstRequests(stacks, slotsShareLoadBalancer)];
}

function planFirstRequests(stacks: readonly DoomedStack[], slotsShareLoadBalancer: boolean): string[] {
  const waiting = stacks.filter(({ status }) => status !== 'DELETE_IN_PROGRESS');
  if (!slotsShareLoadBalancer) return waiting.map(({ name }) => name);
  const others = waiting.filter(({ level }) => level !== 'slot').map(({ name }) => name);
  if (stacks.some(({ level, status }) => level === 'slot' && status === 'DELETE_IN_PROGRESS')) return others;
  const slots = waiting.filter(({ level }) => level === 'slot').sort((one, other) => slotNumber(other.name) - slotNumber(one.name));
  const next = slots.find(({ status }) => status !== 'DELETE_FAILED') ?? slots[0];
  return next ? [...others, next.name] : others;
}

const slotNumber = (stackName: string): number => Number(/\d+$/.exec(stackName)?.[0] ?? 0);
