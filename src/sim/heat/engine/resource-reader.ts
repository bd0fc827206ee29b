import type { JsonObject } from '../../json.js';
import { isNotFound } from '../cloud/cloud-refusal.js';
import type { Cloud } from '../cloud/cloud.js';
import type { ResourceRecord, StackRecord } from '../stack/records.js';
import type { ResourceReader, StackModel } from '../stack/stack-model.js';
import type { StackStore } from '../stack/stack-store.js';
import { resourceType } from '../types/registry.js';
import type { ResourceCall, ResourceType } from '../types/resource-type.js';

/** A resource as its type's functions want it. */
export function callOf(store: StackStore, cloud: Cloud, record: ResourceRecord, properties: JsonObject): ResourceCall {
  return {
    cloud,
    properties,
    resourceName: record.name,
    physicalName: record.physicalName,
    startedAt: record.createdAt,
    isOwned: (id) => store.isOwned(id),
  };
}

/** Reads beforehand what the expression's get_attr calls want, so that evaluating it needs no waiting. */
export async function readerFor(store: StackStore, cloud: Cloud, stack: StackRecord, model: StackModel, expression: unknown): Promise<ResourceReader> {
  const reference = (name: string): unknown => store.resource(stack.id, name)?.physicalId ?? name;
  const known = new Map<string, unknown>();
  for (const [name, attribute] of model.attributesIn(expression, { reference, attribute: () => null })) {
    const key = keyOf(name, attribute);
    if (!known.has(key)) known.set(key, await readAttribute(store, cloud, store.resource(stack.id, name), attribute));
  }
  return { reference, attribute: (name, attribute) => known.get(keyOf(name, attribute)) ?? null };
}

const keyOf = (name: string, attribute: string | undefined): string => JSON.stringify([name, attribute ?? null]);

/** One attribute, or without a name all of them. Null while there is no such thing, or no more. */
async function readAttribute(store: StackStore, cloud: Cloud, record: ResourceRecord | undefined, attribute: string | undefined): Promise<unknown> {
  if (record?.physicalId == null) return null;
  const type = resourceType(record.type, true);
  const call = callOf(store, cloud, record, store.properties(record.id));
  try {
    if (attribute === 'show') return await type.show(call, record.physicalId);
    if (attribute !== undefined) return await type.attribute(call, record.physicalId, attribute);
    return await allAttributes(type, call, record.physicalId);
  } catch (error) {
    if (isNotFound(error)) return null;
    throw error;
  }
}

async function allAttributes(type: ResourceType, call: ResourceCall, id: string): Promise<JsonObject> {
  const names = type.attributes === 'any' ? [] : type.attributes;
  return Object.fromEntries(await Promise.all(names.map(async (name): Promise<[string, unknown]> => [name, await type.attribute(call, id, name)])));
}
