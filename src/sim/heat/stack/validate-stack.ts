import { isObject, type JsonObject } from '../../json.js';
import { pythonStr } from '../../python-repr.js';
import { EvaluationError } from '../hot/function.js';
import { checkCondition } from '../hot/expression.js';
import type { ResourceDefinition } from '../hot/template.js';
import { HeatError, TemplateRefusal } from '../heat-error.js';
import type { CustomCheck } from '../schema/constraint.js';
import { checkProperties, refuseUnknownProperties } from '../schema/check-properties.js';
import type { PropertySchemas } from '../schema/property-schema.js';
import { isNestedType, nestedTemplate } from '../types/nested-stack.js';
import type { ResourceType } from '../types/resource-type.js';
import { nothingYet, StackModel } from './stack-model.js';

/** Heat's max_nested_stack_depth. */
const nestingMax = 5;

/** What `POST /validate` looks at: everything that does not depend on parameters' values or the cloud. Throws HeatError. */
export function validateTemplate(model: StackModel): void {
  const { template, surroundings } = model;
  model.parameters.refuseUnknown();
  refuseBadGroups(model);
  refuseDuplicateNames(model);
  for (const [name, definition] of Object.entries(template.conditions)) {
    template.expressions.check(definition, `conditions.${name}`, surroundings, 'condition');
  }
  for (const { name, condition } of template.resources) checkCondition(template.expressions, condition, `resources.${name}.condition`, surroundings);
  for (const definition of model.enabled) model.typeOf(definition);
  model.refuseBadReferences();
  for (const definition of model.enabled) {
    const path = `resources.${definition.name}.properties`;
    template.expressions.check(definition.properties, path, surroundings);
    template.expressions.check(definition.metadata, `resources.${definition.name}.metadata`, surroundings);
    const type = model.typeOf(definition);
    if (!type.acceptsAnyProperty && definition.externalId === undefined) refuseUnknownProperties(definition.properties, type.properties, { path, typeName: type.name });
  }
  for (const { name, value, condition } of template.outputs) {
    checkCondition(template.expressions, condition, `outputs.${name}.condition`, surroundings);
    if (model.holds(condition)) template.expressions.check(value, `outputs.${name}.value`, surroundings);
  }
}

/** What only the cloud can tell. */
export interface CloudChecks {
  custom: CustomCheck;
  exists(type: ResourceType, definition: ResourceDefinition, id: string): Promise<boolean>;
}

/** What a create or an update must pass as well: parameters' values, and properties as far as they are known. Throws HeatError. */
export async function validateStack(model: StackModel, checks: CloudChecks, depth = 0): Promise<void> {
  if (depth > nestingMax) throw new HeatError(400, 'RequestLimitExceeded', `Request limit exceeded: Recursion depth exceeds ${nestingMax}.`);
  model.parameters.refuseUnknown();
  await model.parameters.check(checks.custom);
  validateTemplate(model);
  for (const definition of model.enabled) await validateResource(model, definition, checks, depth);
}

async function validateResource(model: StackModel, definition: ResourceDefinition, checks: CloudChecks, depth: number): Promise<void> {
  const type = model.typeOf(definition);
  const externalId = definition.externalId === undefined ? null : model.evaluate(definition.externalId, nothingYet);
  if (externalId !== null) {
    const id = pythonStr(externalId);
    if (await checks.exists(type, definition, id)) return;
    throw new TemplateRefusal(`Invalid external resource: Resource ${id} (${type.name}) can not be found.`);
  }
  const { properties, isComplete } = await validateProperties(model, definition, checks.custom);
  // What depends on resources that are not there yet shows when the nested stack is made.
  if (!isNestedType(type.name) || !isComplete) return;
  try {
    const source = { template: nestedTemplate(type.name, model.source.files), files: model.source.files, parameters: properties, parameterDefaults: {} };
    await validateStack(new StackModel(source, model.identity, model.offered), checks, depth + 1);
  } catch (error) {
    if (!(error instanceof TemplateRefusal)) throw error;
    const inner = error.path === '' ? '' : `.${error.path}`;
    throw new TemplateRefusal(error.reason, `resources.${definition.name}<${type.name}>${inner}`, error.label);
  }
}

/** Properties that refer to resources of the same stack are left for when these exist. */
async function validateProperties(model: StackModel, definition: ResourceDefinition, customCheck: CustomCheck): Promise<{ properties: JsonObject; isComplete: boolean }> {
  const type = model.typeOf(definition);
  if (type.acceptsAnyProperty) return { properties: {}, isComplete: true };
  const path = `resources.${definition.name}.properties`;
  const given: JsonObject = {};
  const later = new Set<string>();
  for (const [name, expression] of Object.entries(definition.properties)) {
    if (model.resourcesIn(expression).length > 0) {
      later.add(name);
      continue;
    }
    const value = evaluateProperty(model, expression, `${path}.${name}`);
    if (value !== undefined) given[name] = value;
  }
  const schemas: PropertySchemas = Object.fromEntries(Object.entries(type.properties).filter(([name]) => !later.has(name)));
  const checked = await checkProperties(given, schemas, { path, typeName: type.name }, customCheck);
  const isGiven = (name: string): boolean => later.has(name) || (given[name] !== undefined && given[name] !== null);
  type.check?.(checked, isGiven, definition.name);
  return { properties: checked, isComplete: later.size === 0 };
}

/** Throws StackValidationFailed at `path` for what cannot be evaluated. */
export function evaluateProperty(model: StackModel, expression: unknown, path: string, reader = nothingYet): unknown {
  try {
    return model.evaluate(expression, reader);
  } catch (error) {
    const isRefusal = error instanceof EvaluationError || (error instanceof HeatError && error.type === 'UserParameterMissing');
    if (isRefusal) throw new TemplateRefusal(error.message, path, 'Property error');
    throw error;
  }
}

/** Parameters and resources share one space of names. */
function refuseDuplicateNames({ enabled, parameters }: StackModel): void {
  const names = enabled.map(({ name }) => name).filter((name) => parameters.schemas.some((schema) => schema.name === name));
  if (names.length > 0) throw new TemplateRefusal(`Duplicate names {${names.map((name) => `'${name}'`).join(', ')}}`);
}

function refuseBadGroups({ template, parameters }: StackModel): void {
  const groups = template.parameterGroups;
  if (groups === undefined || groups === null) return;
  const label = 'Parameter Groups error';
  if (!Array.isArray(groups)) throw new TemplateRefusal('The parameter_groups should be a list.', 'parameter_groups', label);
  for (const group of (groups as unknown[]).filter(isObject)) {
    const place = `parameter_groups.${typeof group['label'] === 'string' ? group['label'] : ''}`;
    if (!Array.isArray(group['parameters'])) throw new TemplateRefusal('The parameters must be provided for each parameter group.', place, label);
    for (const name of group['parameters'] as unknown[]) {
      if (parameters.schemas.some((schema) => schema.name === name)) continue;
      throw new TemplateRefusal(`The grouped parameter ${String(name)} does not reference a valid parameter.`, place, label);
    }
  }
}
