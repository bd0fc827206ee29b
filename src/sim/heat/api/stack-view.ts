import type { JsonObject } from '../../json.js';
import { failureReason } from '../engine/failure-reason.js';
import { outputValue } from '../engine/output-value.js';
import { allAttributes, callOf, typeOfRecord } from '../engine/resource-reader.js';
import type { OutputDefinition } from '../hot/template.js';
import { requiredBy } from '../hot/dependencies.js';
import { heatTime, type EventRecord, type ResourceRecord, type StackRecord } from '../stack/records.js';
import type { StackModel } from '../stack/stack-model.js';
import { isNestedType } from '../types/nested-stack.js';
import { isNotFound } from '../cloud/cloud-refusal.js';
import { modelOf, stackUrl, type Heat } from './heat.js';

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
    parent: stack.parent?.stackId ?? null,
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
    parent: stack.parent?.stackId ?? null,
    stack_user_project_id: stack.stackUserProjectId,
    // The list says null for none.
    tags: stack.tags,
    stack_status: `${stack.action}_${stack.status}`,
    stack_status_reason: stack.reason,
  };
}

export async function outputView(heat: Heat, stack: StackRecord, model: StackModel, output: OutputDefinition): Promise<JsonObject> {
  const shown = { output_key: output.name, description: output.description };
  try {
    return { ...shown, output_value: await outputValue(heat.shop, stack, model, output) };
  } catch (error) {
    // An output that cannot be worked out is told as such and does not spoil the rest.
    const text = error instanceof Error ? error.message : String(error);
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
    links: [selfLink(`${url}/resources/${record.name}`), { href: url, rel: 'stack' }, ...nestedLinks(heat, record)],
    required_by: dependents.get(record.name) ?? [],
    ...(stack.parent ? { parent_resource: stack.parent.resource } : {}),
  };
}

function nestedLinks(heat: Heat, record: ResourceRecord): JsonObject[] {
  const nested = isNestedType(record.type) && record.physicalId !== null ? heat.store.stack(record.physicalId) : undefined;
  return nested ? [{ href: stackUrl(heat, nested), rel: 'nested' }] : [];
}

/** Description and attributes, which the list leaves out. */
export async function resourceDetail(heat: Heat, stack: StackRecord, record: ResourceRecord): Promise<JsonObject> {
  return { description: record.description, attributes: await attributesOf(heat, stack, record) };
}

async function attributesOf(heat: Heat, stack: StackRecord, record: ResourceRecord): Promise<unknown> {
  const type = typeOfRecord(stack, record);
  const names = type.attributes === 'any' ? [] : type.attributes;
  const empty = Object.fromEntries(names.map((name) => [name, null]));
  if (record.physicalId === null || type.hidesDetail) return empty;
  const call = callOf(heat.shop, stack, record, heat.store.properties(record.id));
  try {
    const shown = await type.show(call, record.physicalId);
    if (shown !== null) return shown;
    return await allAttributes(type, call, record.physicalId);
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
