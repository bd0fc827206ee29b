import type { JsonObject } from '../../json.js';
import { HeatError, TemplateRefusal } from '../heat-error.js';
import { parseTemplateText } from '../hot/template-text.js';
import { readTemplate, type Template } from '../hot/template.js';
import { readParameterSchema } from '../schema/parameter-schema.js';
import type { ParameterType } from '../schema/parameter-value.js';
import type { PropertySchema, PropertySchemas, PropertyType } from '../schema/property-schema.js';
import { NestedFailure, ResourceFailure, type ResourceCall, type ResourceType } from './resource-type.js';

/** Whether a resource's type names a file of the request, which then is the template of a stack of its own. */
export const isNestedType = (type: string): boolean => /\.(yaml|template)$/.test(type);

const propertyTypes: Record<ParameterType, PropertyType> = {
  string: 'string',
  number: 'number',
  boolean: 'boolean',
  json: 'map',
  comma_delimited_list: 'list',
};

/** The template behind a nested type, as an object. Throws StackValidationFailed when the request brought no such file. */
export function nestedTemplate(type: string, files: Readonly<Record<string, string>>): JsonObject {
  const text = files[type];
  if (text === undefined) throw new TemplateRefusal(`Could not fetch remote template "${type}": Invalid URL scheme `);
  try {
    return parseTemplateText(text);
  } catch (error) {
    if (!(error instanceof HeatError)) throw error;
    throw new TemplateRefusal((error.text ?? '').replace(/^Template not in valid format: (Error parsing template )?(\[root stack\])?/, `Error parsing template ${type}`));
  }
}

/** A type made of a template: its parameters are the properties, its outputs the attributes. */
export function nestedStack(type: string, files: Readonly<Record<string, string>>): ResourceType {
  const source = (properties: JsonObject): Parameters<ResourceCall['nested']['start']>[0] => ({ template: nestedTemplate(type, files), files: { ...files }, parameters: properties });
  return {
    name: type,
    get properties() {
      return propertiesOf(readTemplate(nestedTemplate(type, files)));
    },
    attributes: 'any',
    create: ({ nested, properties }) => Promise.resolve(nested.start(source(properties))),
    isCreated: ({ nested }, id) => Promise.resolve(isDone(nested.state(id), 'CREATE')),
    findLost: ({ nested }) => Promise.resolve(nested.find()),
    remove: ({ nested }, id) => {
      nested.remove(id);
      return Promise.resolve();
    },
    isRemoved: ({ nested }, id) => Promise.resolve(isDone(nested.state(id), 'DELETE')),
    isOutdated: ({ nested, properties }, id) => nested.differs(id, source(properties)),
    update: ({ nested, properties }, id) => {
      nested.update(id, source(properties));
      return Promise.resolve(true);
    },
    isUpdated: ({ nested }, id) => Promise.resolve(isDone(nested.state(id), 'UPDATE')),
    reference: ({ nested }, id) => nested.reference(id),
    attribute: ({ nested }, id, name) => nested.output(id, name),
    show: ({ nested }, id) => nested.outputs(id),
  };
}

function propertiesOf(template: Template): PropertySchemas {
  const entries = Object.entries(template.parameters).map(([name, section]): [string, PropertySchema] => {
    const schema = readParameterSchema(name, section);
    return [name, { type: propertyTypes[schema.type], required: !schema.hasDefault, constraints: schema.constraints, updatable: true }];
  });
  return Object.fromEntries(entries);
}

interface NestedState {
  action: string;
  status: string;
  reason: string;
}

/** Throws what became of the nested stack when it failed; it is gone only when DELETE is complete. */
function isDone(state: NestedState | undefined, wanted: 'CREATE' | 'UPDATE' | 'DELETE'): boolean {
  if (!state) {
    if (wanted === 'DELETE') return true;
    throw new ResourceFailure('NotFound', 'The nested stack is gone.');
  }
  if (state.status === 'FAILED') throw new NestedFailure(state.reason);
  return state.action === wanted && state.status === 'COMPLETE';
}
