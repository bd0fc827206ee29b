import type { SimContext } from '../../sim-context.js';
import type { Workshop } from '../engine/workshop.js';
import { stackNotFound } from '../heat-error.js';
import type { StackRecord } from '../stack/records.js';
import { StackModel } from '../stack/stack-model.js';
import type { StackStore } from '../stack/stack-store.js';

/** Everything that the routes work with. */
export interface Heat {
  context: SimContext;
  store: StackStore;
  shop: Workshop;
}

export const modelOf = ({ context }: Heat, stack: StackRecord): StackModel =>
  new StackModel(stack.source, { id: stack.id, name: stack.name, projectId: stack.projectId }, context.settings);

/** By canonical name and id; a deleted stack is still found. Throws 404. */
export function getStack({ store }: Heat, projectId: string, name: string, id: string): StackRecord {
  const stack = store.stack(id);
  if (!stack || stack.projectId !== projectId || stack.name !== name) throw stackNotFound(name);
  return stack;
}

/** By name (living stacks only) or id. Throws 404. */
export function lookUpStack({ store }: Heat, projectId: string, nameOrId: string): StackRecord {
  const byId = store.stack(nameOrId);
  if (byId && byId.projectId === projectId) return byId;
  const byName = store.stacks().find((stack) => stack.name === nameOrId && stack.projectId === projectId && stack.deletedAt === null);
  if (!byName) throw stackNotFound(nameOrId);
  return byName;
}

export const stackUrl = ({ context }: Heat, stack: Pick<StackRecord, 'projectId' | 'name' | 'id'>): string =>
  `${context.baseUrl('orchestration')}/v1/${stack.projectId}/stacks/${stack.name}/${stack.id}`;
