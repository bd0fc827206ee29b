import type { HotVersion } from './version.js';

/** What an expression may look at when it is evaluated. */
export interface Values {
  /** Throws UserParameterMissing. */
  parameter(name: string): unknown;
  condition(name: string): boolean;
  file(name: string): string | undefined;
  /** What get_resource gives: the physical id, or the resource's name while there is none. */
  reference(resource: string): unknown;
  /** Null while there is none; without a name, all attributes. */
  attribute(resource: string, name: string | undefined): unknown;
}

/** What an expression may be held against before anything is evaluated. */
export interface Surroundings {
  /** For the conditions that decide which branch of an `if` counts. */
  values: Values;
  hasCondition(name: string): boolean;
  /** Undefined when the template has no such resource. */
  attributesOf(resource: string): readonly string[] | 'any' | undefined;
}

export interface HotFunction {
  since: HotVersion;
  /** Refuses (TemplateRefusal at `path`) what is wrong whatever the arguments evaluate to. */
  check?(args: unknown, path: string, surroundings: Surroundings, version: HotVersion): void;
  /** `evaluate` evaluates expressions inside the arguments. Throws EvaluationError. */
  evaluate(args: unknown, values: Values, evaluate: (expression: unknown) => unknown): unknown;
}

/** An expression that cannot be evaluated; the text is Heat's. */
export class EvaluationError extends Error {}
