import { isObject, type JsonObject } from '../../json.js';
import { EvaluationError } from '../hot/function.js';
import { checkCondition } from '../hot/expression.js';
import type { ResourceDefinition } from '../hot/template.js';
import { HeatError, TemplateRefusal } from '../heat-error.js';
import type { CustomCheck } from '../schema/constraint.js';
import { checkProperties, refuseUnknownProperties } from '../schema/check-properties.js';
import type { PropertySchemas } from '../schema/property-schema.js';
import { nothingYet, type StackModel } from './stack-model.js';

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
    if (type.attributes !== 'any') refuseUnknownProperties(definition.properties, type.properties, { path, typeName: type.name });
  }
  for (const { name, value, condition } of template.outputs) {
    checkCondition(template.expressions, condition, `outputs.${name}.condition`, surroundings);
    if (model.holds(condition)) template.expressions.check(value, `outputs.${name}.value`, surroundings);
  }
}

/** What a create or an update must pass as well: parameters' values, and properties as far as they are known. Throws HeatError. */
export async function validateStack(model: StackModel, customCheck: CustomCheck): Promise<void> {
  model.parameters.refuseUnknown();
  await model.parameters.check(customCheck);
  validateTemplate(model);
  for (const definition of model.enabled) await validateProperties(model, definition, customCheck);
}

/** Properties that refer to resources of the same stack are left for when these exist. */
async function validateProperties(model: StackModel, definition: ResourceDefinition, customCheck: CustomCheck): Promise<void> {
  const type = model.typeOf(definition);
  if (type.attributes === 'any') return;
  const path = `resources.${definition.name}.properties`;
  const given: JsonObject = {};
  const later = new Set<string>();
  for (const [name, expression] of Object.entries(definition.properties)) {
    if (model.refersToResources(expression)) {
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
