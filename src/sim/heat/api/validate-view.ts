import type { JsonObject } from '../../json.js';
import type { Constraint } from '../schema/constraint.js';
import type { ParameterSchema } from '../schema/parameter-schema.js';
import type { ParameterType } from '../schema/parameter-value.js';
import type { StackModel } from '../stack/stack-model.js';
import type { StackInput } from './stack-input.js';

const typeNames: Record<ParameterType, string> = {
  string: 'String',
  number: 'Number',
  comma_delimited_list: 'CommaDelimitedList',
  json: 'Json',
  boolean: 'Boolean',
};

/** The answer of `POST /validate`, in CloudFormation's words. */
export function validateView(model: StackModel, input: StackInput): JsonObject {
  const groups = model.template.parameterGroups;
  return {
    Description: model.template.description,
    Parameters: Object.fromEntries(model.parameters.schemas.map((schema) => [schema.name, parameterView(schema, input.parameters[schema.name])])),
    ...(Array.isArray(groups) ? { ParameterGroups: groups } : {}),
    Environment: { resource_registry: { resources: {} }, parameters: input.parameters, parameter_defaults: input.parameterDefaults, event_sinks: [] },
  };
}

function parameterView(schema: ParameterSchema, given: unknown): JsonObject {
  return {
    Type: typeNames[schema.type],
    Description: schema.description,
    NoEcho: String(schema.hidden),
    Label: schema.label ?? schema.name,
    ...(schema.hasDefault ? { Default: schema.default } : {}),
    ...(given === undefined || given === null ? {} : { Value: given }),
    ...(schema.tags ? { Tags: schema.tags } : {}),
    ...Object.fromEntries(schema.constraints.flatMap((constraint) => Object.entries(constraintView(constraint)))),
    ...descriptionView(schema.constraints),
  };
}

function constraintView(constraint: Constraint): JsonObject {
  switch (constraint.kind) {
    case 'range':
      return limits('Value', constraint);
    case 'length':
      return limits('Length', constraint);
    case 'modulo':
      return { Step: constraint.step, Offset: constraint.offset };
    case 'allowed_values':
      return { AllowedValues: constraint.values };
    case 'allowed_pattern':
      return { AllowedPattern: constraint.pattern };
    case 'custom':
      return { CustomConstraint: constraint.name };
  }
}

const limits = (of: string, { min, max }: { min?: number; max?: number }): JsonObject => ({
  ...(min === undefined ? {} : { [`Min${of}`]: min }),
  ...(max === undefined ? {} : { [`Max${of}`]: max }),
});

function descriptionView(constraints: readonly Constraint[]): JsonObject {
  const descriptions = constraints.map((constraint) => constraint.description).filter((text) => text !== undefined);
  return descriptions.length === 0 ? {} : { ConstraintDescription: descriptions.join(' ') };
}
