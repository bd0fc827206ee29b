import { isDeepStrictEqual } from 'node:util';
import { newUuid } from '../../ids.js';
import { EvaluationError } from '../hot/function.js';
import { heatTime, type ResourceRecord, type StackRecord, type StackSource } from '../stack/records.js';
import { StackModel } from '../stack/stack-model.js';
import type { NestedSource, NestedStackDesk } from '../types/resource-type.js';
import { outputValue } from './output-value.js';
import { allAttributes, callOf, typeOfRecord } from './resource-reader.js';
import { beginRemoval, beginStack, beginUpdate } from './state-changes.js';
import type { Workshop } from './workshop.js';

/** The nested stack of one resource, as its type deals with it. */
export function nestedStackDesk(shop: Workshop, parent: StackRecord, record: ResourceRecord): NestedStackDesk {
  const get = (id: string): StackRecord => {
    const stack = shop.store.stack(id);
    if (!stack) throw new EvaluationError(`The nested stack ${id} is gone.`);
    return stack;
  };
  const model = (stack: StackRecord): StackModel => new StackModel(stack.source, stack, shop.context.settings);
  return {
    start: (source) => {
      const stack = nestedRecord(shop, parent, record, { ...source, parameterDefaults: {} });
      beginStack(shop, stack, model(stack));
      return stack.id;
    },
    update: (id, source) => beginUpdate(shop, get(id), { ...source, parameterDefaults: {} }, {}),
    remove: (id) => {
      const stack = shop.store.stack(id);
      if (stack && stack.deletedAt === null) beginRemoval(shop, stack);
    },
    find: () => shop.store.stacks().find((stack) => stack.parent?.stackId === parent.id && stack.name === record.physicalName)?.id,
    state: (id) => shop.store.stack(id),
    differs: (id, source) => !isDeepStrictEqual(sourceOf(get(id)), source),
    output: (id, name) => output(shop, get(id), model(get(id)), name),
    outputs: async (id) => {
      const stack = get(id);
      const inner = model(stack);
      const entries = inner.template.outputs.map(async (each): Promise<[string, unknown]> => [each.name, await outputValue(shop, stack, inner, each)]);
      return Object.fromEntries(await Promise.all(entries));
    },
    reference: async (id) => {
      const stack = get(id);
      const inner = model(stack);
      // A nested template may name what the whole stands for.
      const own = inner.template.outputs.find(({ name }) => name === 'OS::stack_id');
      const value = own && (await outputValue(shop, stack, inner, own));
      return typeof value === 'string' ? value : `arn:openstack:heat::${stack.projectId}:stacks/${stack.name}/${stack.id}`;
    },
  };
}

const sourceOf = ({ source: { template, files, parameters } }: StackRecord): NestedSource => ({ template, files, parameters });

function nestedRecord(shop: Workshop, parent: StackRecord, record: ResourceRecord, source: StackSource): StackRecord {
  const now = new Date();
  return {
    ...parent,
    id: newUuid(),
    name: record.physicalName,
    source,
    previousSource: null,
    tags: [],
    // The outermost stack decides for the whole tree.
    disableRollback: true,
    action: 'CREATE',
    status: 'IN_PROGRESS',
    reason: '',
    createdAt: heatTime(now),
    updatedAt: null,
    deletedAt: null,
    startedAt: now.toISOString(),
    parent: { stackId: parent.id, resource: record.name },
    sequence: shop.store.nextSequence(),
  };
}

async function output(shop: Workshop, stack: StackRecord, model: StackModel, name: string): Promise<unknown> {
  const found = model.template.outputs.find((each) => each.name === name);
  if (found) return outputValue(shop, stack, model, found);
  const [, resource, attribute] = /^resource\.([^.]+)(?:\.(.+))?$/.exec(name) ?? [];
  const record = resource === undefined ? undefined : shop.store.resource(stack.id, resource);
  if (record?.physicalId == null) throw new EvaluationError(`The Referenced Attribute (${stack.parent?.resource ?? ''} ${name}) is incorrect.`);
  const type = typeOfRecord(stack, record);
  const call = callOf(shop, stack, record, shop.store.properties(record.id));
  if (attribute !== undefined) return type.attribute(call, record.physicalId, attribute);
  return allAttributes(type, call, record.physicalId);
}
