import { randomInt } from 'node:crypto';
import { newUuid } from '../../ids.js';
import type { ResourceDefinition } from '../hot/template.js';
import { heatTime, type Action, type ResourceRecord, type StackRecord, type StackSource, type Status } from '../stack/records.js';
import type { StackModel } from '../stack/stack-model.js';
import type { Workshop } from './workshop.js';

/** Puts a new stack with its resources on record and begins to make it. */
export function beginStack(shop: Workshop, stack: StackRecord, model: StackModel): void {
  shop.store.putStack(stack);
  for (const definition of model.enabled) {
    shop.store.putResource(newResource(stack, definition, [...(model.dependencies.get(definition.name) ?? [])]));
  }
  enterStack(shop, stack, 'CREATE', 'IN_PROGRESS', 'Stack CREATE started');
  shop.start(stack.id);
}

export function beginUpdate(shop: Workshop, stack: StackRecord, source: StackSource, change: Partial<StackRecord>): void {
  begin(shop, stack, 'UPDATE', { ...change, source, previousSource: stack.source });
}

/** Also in the middle of another action, which is broken off, and again after a failure. */
export function beginRemoval(shop: Workshop, stack: StackRecord): void {
  // Asked again while it is under way: it goes on; when its engine died, another one takes it up.
  if (!shop.faults.isStalled(stack.id) && stack.action === 'DELETE' && stack.status === 'IN_PROGRESS') return;
  begin(shop, stack, 'DELETE', {});
}

function begin(shop: Workshop, stack: StackRecord, action: Action, change: Partial<StackRecord>): void {
  const now = new Date();
  if (stack.status === 'IN_PROGRESS') enterStack(shop, stack, stack.action, 'FAILED', `Stack ${stack.action} cancelled`);
  const begun = { ...stack, ...change, startedAt: now.toISOString(), updatedAt: heatTime(now) };
  enterStack(shop, begun, action, 'IN_PROGRESS', `Stack ${action} started`);
  shop.start(stack.id);
}

/** A stack's state and the event that tells of it. */
export function enterStack({ store }: Workshop, stack: StackRecord, action: Action, status: Status, reason: string): void {
  const isGone = action === 'DELETE' && status === 'COMPLETE';
  store.addEvent({ stackId: stack.id, resourceName: stack.name, resourceId: null, resourceType: '', physicalId: stack.id, status: `${action}_${status}`, reason });
  store.putStack({ ...stack, action, status, reason, deletedAt: isGone ? heatTime(new Date()) : stack.deletedAt });
}

export function newResource(stack: StackRecord, definition: ResourceDefinition, needs: string[]): ResourceRecord {
  return {
    id: newUuid(),
    stackId: stack.id,
    name: definition.name,
    type: definition.type,
    physicalName: `${stack.name}-${definition.name}-${randomName()}`,
    physicalId: null,
    isAsked: false,
    action: 'INIT',
    status: 'COMPLETE',
    reason: '',
    createdAt: new Date().toISOString(),
    updatedAt: heatTime(new Date()),
    needs,
    deletionPolicy: definition.deletionPolicy,
    isExternal: false,
    metadata: {},
    description: definition.description,
    isReplaced: false,
  };
}

/** Twelve letters and digits of the base-32 alphabet, as Heat draws them. */
const randomName = (): string => Array.from({ length: 12 }, () => 'abcdefghijklmnopqrstuvwxyz234567'.charAt(randomInt(32))).join('');
