import type { JsonObject } from '../../json.js';
import { isNotFound } from '../cloud/cloud-refusal.js';
import type { ResourceRecord, StackRecord } from '../stack/records.js';
import type { ResourceReader, StackModel } from '../stack/stack-model.js';
import { isNestedType } from '../types/nested-stack.js';
import { everything, resourceType } from '../types/registry.js';
import type { ResourceCall, ResourceType } from '../types/resource-type.js';
import type { Workshop } from './workshop.js';

export const typeOfRecord = (stack: StackRecord, record: ResourceRecord): ResourceType => resourceType(record.type, everything, stack.source.files);

/** A resource as its type's functions want it. */
export function callOf(shop: Workshop, stack: StackRecord, record: ResourceRecord, properties: JsonObject): ResourceCall {
  const { store } = shop;
  return {
    cloud: shop.cloudOf(stack),
    nested: shop.nestedOf(stack, record),
    properties,
    resourceName: record.name,
    physicalName: record.physicalName,
    startedAt: record.createdAt,
    isOwned: (id) => store.isOwned(id),
  };
}

/** Reads beforehand what the expression's get_attr calls want, so that evaluating it needs no waiting. */
export async function readerFor(shop: Workshop, stack: StackRecord, model: StackModel, expression: unknown): Promise<ResourceReader> {
  const references = new Map<string, string | null>();
  for (const name of model.resourcesIn(expression)) {
    const record = shop.store.resource(stack.id, name);
    if (record) references.set(name, record.physicalId === null ? null : await referenceOf(shop, stack, record, record.physicalId));
  }
  const reference = (name: string): unknown => (references.has(name) ? references.get(name) : name);
  const known = new Map<string, unknown>();
  for (const [name, attribute] of model.attributesIn(expression, { reference, attribute: () => null })) {
    const key = keyOf(name, attribute);
    if (!known.has(key)) known.set(key, await readAttribute(shop, stack, shop.store.resource(stack.id, name), attribute));
  }
  return { reference, attribute: (name, attribute) => known.get(keyOf(name, attribute)) ?? null };
}

async function referenceOf(shop: Workshop, stack: StackRecord, record: ResourceRecord, id: string): Promise<string> {
  const type = typeOfRecord(stack, record);
  return type.reference ? type.reference(callOf(shop, stack, record, {}), id) : id;
}

const keyOf = (name: string, attribute: string | undefined): string => JSON.stringify([name, attribute ?? null]);

/** One attribute, or without a name all of them. Null while there is no such thing, or no more. */
async function readAttribute(shop: Workshop, stack: StackRecord, record: ResourceRecord | undefined, attribute: string | undefined): Promise<unknown> {
  if (record?.physicalId == null) return null;
  const type = typeOfRecord(stack, record);
  const call = callOf(shop, stack, record, shop.store.properties(record.id));
  try {
    if (attribute === 'show' && !isNestedType(record.type)) return await type.show(call, record.physicalId);
    if (attribute !== undefined) return await type.attribute(call, record.physicalId, attribute);
    return await allAttributes(type, call, record.physicalId);
  } catch (error) {
    if (isNotFound(error)) return null;
    throw error;
  }
}

export async function allAttributes(type: ResourceType, call: ResourceCall, id: string): Promise<unknown> {
  if (isNestedType(type.name)) return type.show(call, id);
  const names = type.attributes === 'any' ? [] : type.attributes;
  return Object.fromEntries(await Promise.all(names.map(async (name): Promise<[string, unknown]> => [name, await type.attribute(call, id, name)])));
}
