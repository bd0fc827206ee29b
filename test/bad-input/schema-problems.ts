import { resolved, type Schema } from './openapi.js';

/** Where a value does not fit its schema, as sentences; none when it fits. */
export function schemaProblems(given: unknown, schemaOrReference: Schema, place = 'the answer'): string[] {
  const schema = resolved(schemaOrReference);
  if (given === null && schema.nullable === true) return [];
  if (schema.enum) return schema.enum.includes(given) ? [] : [`${place} is ${JSON.stringify(given)}, none of ${JSON.stringify(schema.enum)}`];
  if (schema.allOf) return schema.allOf.flatMap((part) => schemaProblems(given, part, place));
  if (schema.anyOf) {
    const all = schema.anyOf.map((part) => schemaProblems(given, part, place));
    return all.some((problems) => problems.length === 0) ? [] : all.flat();
  }
  const { type } = schema;
  if (type === undefined) return [];
  switch (type) {
    case 'string':
      return typeof given === 'string' ? [] : [isNo(place, given, 'text')];
    case 'integer':
      return Number.isSafeInteger(given) ? [] : [isNo(place, given, 'whole number')];
    case 'number':
      return typeof given === 'number' ? [] : [isNo(place, given, 'number')];
    case 'boolean':
      return typeof given === 'boolean' ? [] : [isNo(place, given, 'boolean')];
    case 'array':
      if (!Array.isArray(given)) return [isNo(place, given, 'list')];
      return given.flatMap((item, index) => schemaProblems(item, schema.items ?? {}, `${place}/${index}`));
    case 'object':
      return objectProblems(given, schema, place);
  }
}

function objectProblems(given: unknown, schema: Schema, place: string): string[] {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return [isNo(place, given, 'object')];
  const missing = (schema.required ?? []).filter((name) => !Object.hasOwn(given, name)).map((name) => `${place} has no ${name}`);
  return [
    ...missing,
    ...Object.entries(given).flatMap(([name, value]) => {
      const own = schema.properties !== undefined && Object.hasOwn(schema.properties, name) ? schema.properties[name] : undefined;
      if (own) return schemaProblems(value, own, `${place}/${name}`);
      if (schema.additionalProperties === false) return [`${place} has ${name}, which the schema does not know`];
      return typeof schema.additionalProperties === 'object' ? schemaProblems(value, schema.additionalProperties, `${place}/${name}`) : [];
    }),
  ];
}

const isNo = (place: string, given: unknown, what: string): string => `${place} is ${JSON.stringify(given)}, no ${what}`;
