import { parseParameter, type ParameterType } from '../schema/parameter-value.js';
import { allowed } from '../schema/constraint.js';
import { any, required, string, updatable } from '../schema/property-schema.js';
import { TemplateRefusal } from '../heat-error.js';
import type { ResourceCall, ResourceType } from './resource-type.js';

/** Exists in Heat only; its physical id is its generated name. */
export const value: ResourceType = {
  name: 'OS::Heat::Value',
  properties: {
    value: any({ ...required, ...updatable }),
    type: string({ ...updatable, constraints: [allowed('string', 'number', 'comma_delimited_list', 'json', 'boolean')] }),
  },
  attributes: ['value'],
  check(properties, _isGiven, resourceName) {
    if (properties['value'] === undefined) return;
    try {
      typedValue(properties);
    } catch (error) {
      if (!(error instanceof TemplateRefusal)) throw error;
      const reason = error.reason.replace(/^Parameter '.*?' is invalid: /, '');
      throw new TemplateRefusal(reason, `resources.${resourceName}.properties.value`, 'Property error');
    }
  },
  create: (call) => Promise.resolve(call.physicalName),
  findLost: (call) => Promise.resolve(call.physicalName),
  remove: () => Promise.resolve(),
  update: () => Promise.resolve(true),
  attribute: (call, _id, name) => Promise.resolve(name === 'value' ? typedValue(call.properties) : null),
  show: () => Promise.resolve(null),
};

function typedValue(properties: ResourceCall['properties']): unknown {
  const { type } = properties;
  return typeof type === 'string' ? parseParameter('value', type as ParameterType, properties['value']) : properties['value'];
}

/** Accepts any property and gives null for any attribute. */
export const none: ResourceType = {
  name: 'OS::Heat::None',
  properties: {},
  attributes: 'any',
  acceptsAnyProperty: true,
  create: (call) => Promise.resolve(call.physicalName),
  findLost: (call) => Promise.resolve(call.physicalName),
  remove: () => Promise.resolve(),
  update: () => Promise.resolve(true),
  attribute: () => Promise.resolve(null),
  show: () => Promise.resolve(null),
};
