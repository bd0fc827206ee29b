import type { Constraint } from './constraint.js';

export type PropertyType = 'string' | 'integer' | 'number' | 'boolean' | 'list' | 'map' | 'any';

/** One property of a resource type, as Heat's own `GET /resource_types/{type}` describes it. */
export interface PropertySchema {
  type: PropertyType;
  required?: boolean;
  default?: unknown;
  constraints?: readonly Constraint[];
  /** Of a map: its keys. */
  keys?: PropertySchemas;
  /** Of a list: its items. */
  items?: PropertySchema;
  /** A change is applied to the living resource; otherwise it is replaced. */
  updatable?: boolean;
  /** Real Heat has it, the simulator does not: using it is refused rather than ignored. */
  notSimulated?: boolean;
}

export type PropertySchemas = Readonly<Record<string, PropertySchema>>;

type More = Omit<PropertySchema, 'type'>;
const of =
  (type: PropertyType) =>
  (more: More = {}): PropertySchema => ({ type, ...more });

export const string = of('string');
export const integer = of('integer');
export const boolean = of('boolean');
export const list = of('list');
export const map = of('map');
export const any = of('any');

/** For `{...string(), ...updatable}`. */
export const updatable = { updatable: true } as const;
export const required = { required: true } as const;
/** A property that real Heat has and that is refused here when it is given. */
export const unsupported = (type: PropertyType): PropertySchema => ({ type, notSimulated: true });
