import type { JsonObject } from '../../json.js';
import { failureReason } from '../engine/failure-reason.js';
import { callOf, readerFor } from '../engine/resource-reader.js';
import { EvaluationError } from '../hot/function.js';
import type { OutputDefinition } from '../hot/template.js';
import { requiredBy } from '../hot/dependencies.js';
import { heatTime, type EventRecord, type ResourceRecord, type StackRecord } from '../stack/records.js';
import type { StackModel } from '../stack/stack-model.js';
import { resourceType } from '../types/registry.js';
import { isNotFound } from '../cloud/cloud-refusal.js';
import { cloudFor, modelOf, stackUrl, type Heat } from './heat.js';

const selfLink = (href: string): JsonObject => ({ href, rel: 'self' });

/** A row of the list. */
export function stackSummary(heat: Heat, stack: StackRecord, showProject: boolean): JsonObject {
  const description = stack.source.template['description'];
  return {
    id: stack.id,
    links: [selfLink(stackUrl(heat, stack))],
    ...(showProject ? { project: stack.projectId } : {}),
    stack_name: stack.name,
    description: typeof description === 'string' ? description : '',
    stack_status: `${stack.action}_${stack.status}`,
    stack_status_reason: stack.reason,
    creation_time: stack.createdAt,
    updated_time: stack.updatedAt,
    deletion_time: stack.deletedAt,
    stack_owner: stack.userName,
    parent: null,
    stack_user_project_id: stack.stackUserProjectId,
    tags: stack.tags.length === 0 ? null : stack.tags,
  };
}

/** The stack without its outputs. */
export function stackDetail(heat: Heat, stack: StackRecord, model: StackModel): JsonObject {
  return {
    stack_name: stack.name,
    id: stack.id,
    links: [selfLink(stackUrl(heat, stack))],
    creation_time: stack.createdAt,
    updated_time: stack.updatedAt,
    deletion_time: stack.deletedAt,
    notification_topics: [],
    parameters: model.parameters.shown(),
    description: model.template.description,
    template_description: model.template.description,
    capabilities: [],
    disable_rollback: stack.disableRollback,
    timeout_mins: stack.timeoutMins,
    stack_owner: stack.userName,
    parent: null,
    stack_user_project_id: stack.stackUserProjectId,
    // The list says null for none.
    tags: stack.tags,
    stack_status: `${stack.action}_${stack.status}`,
    stack_status_reason: stack.reason,
  };
}

export async function outputView(heat: Heat, stack: StackRecord, model: StackModel, output: OutputDefinition): Promise<JsonObject> {
  const shown = { output_key: output.name, description: output.description };
  if (!model.holds(output.condition)) return { ...shown, output_value: null };
  try {
    const reader = await readerFor(heat.store, cloudFor(heat, stack.projectId, stack.userId), stack, model, output.value);
    return { ...shown, output_value: model.evaluate(output.value, reader) ?? null };
  } catch (error) {
    // An output that cannot be worked out is told as such and does not spoil the rest.
    const text = error instanceof EvaluationError || error instanceof Error ? error.message : String(error);
    return { ...shown, output_error: text, output_value: null };
  }
}

export function resourceView(heat: Heat, stack: StackRecord, record: ResourceRecord, dependents: ReadonlyMap<string, string[]>): JsonObject {
  const url = stackUrl(heat, stack);
  return {
    updated_time: record.updatedAt,
    creation_time: heatTime(new Date(record.createdAt)),
    logical_resource_id: record.name,
    resource_name: record.name,
    physical_resource_id: record.physicalId ?? '',
    resource_status: `${record.action}_${record.status}`,
    resource_status_reason: record.reason,
    resource_type: record.type,
    links: [selfLink(`${url}/resources/${record.name}`), { href: url, rel: 'stack' }],
    required_by: dependents.get(record.name) ?? [],
  };
}

/** Description and attributes, which the list leaves out. */
export async function resourceDetail(heat: Heat, stack: StackRecord, record: ResourceRecord): Promise<JsonObject> {
  return { description: record.description, attributes: await attributesOf(heat, stack, record) };
}

async function attributesOf(heat: Heat, stack: StackRecord, record: ResourceRecord): Promise<unknown> {
  const type = resourceType(record.type, true);
  const names = type.attributes === 'any' ? [] : type.attributes;
  const empty = Object.fromEntries(names.map((name) => [name, null]));
  if (record.physicalId === null) return empty;
  const call = callOf(heat.store, cloudFor(heat, stack.projectId, stack.userId), record, heat.store.properties(record.id));
  try {
    const shown = await type.show(call, record.physicalId);
    if (shown !== null) return shown;
    const id = record.physicalId;
    return Object.fromEntries(await Promise.all(names.map(async (name): Promise<[string, unknown]> => [name, await type.attribute(call, id, name)])));
  } catch (error) {
    if (isNotFound(error)) return empty;
    heat.context.log('attributes cannot be read', { stack: stack.name, resource: record.name, reason: failureReason('CHECK', record.name, error) });
    return empty;
  }
}

export function dependentsOf(heat: Heat, stack: StackRecord): Map<string, string[]> {
  return requiredBy(new Map(heat.store.resources(stack.id).map((record) => [record.name, new Set(record.needs)])));
}

export function eventView(heat: Heat, stack: StackRecord, event: EventRecord): JsonObject {
  const url = stackUrl(heat, stack);
  const resourceUrl = `${url}/resources/${event.resourceName}`;
  return {
    id: event.id,
    links: [selfLink(`${resourceUrl}/events/${event.id}`), { href: resourceUrl, rel: 'resource' }, { href: url, rel: 'stack' }],
    event_time: event.time,
    logical_resource_id: event.resourceName,
    resource_name: event.resourceName,
    physical_resource_id: event.physicalId,
    resource_status: event.status,
    resource_status_reason: event.reason,
  };
}

export const environmentView = (heat: Heat, stack: StackRecord): JsonObject => ({
  resource_registry: { resources: {} },
  parameters: modelOf(heat, stack).givenParameters(),
  parameter_defaults: stack.source.parameterDefaults,
  event_sinks: [],
  encrypted_param_names: [],
});
