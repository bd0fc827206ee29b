import { isDeepStrictEqual } from 'node:util';
import { TemplateRefusal } from '../heat-error.js';
import { EvaluationError, type HotFunction, type Surroundings, type Values } from './function.js';
import { isAtLeast } from './version.js';

export const equals: HotFunction = {
  since: '2016-10-14',
  check(args, path) {
    if (!Array.isArray(args) || args.length !== 2) throw new TemplateRefusal('Arguments to "equals" must be of the form: [value_1, value_2]', path);
  },
  evaluate(args, _values, evaluate) {
    const [one, other] = evaluate(args) as unknown[];
    return isDeepStrictEqual(one, other);
  },
};

export const not: HotFunction = {
  since: '2016-10-14',
  evaluate: (args, values, evaluate) => !truth(args, values, evaluate),
};

const several = (name: string, combine: (truths: boolean[]) => boolean): HotFunction => ({
  since: '2016-10-14',
  check(args, path) {
    if (!Array.isArray(args)) throw new TemplateRefusal(`Arguments to "${name}" must be a list of conditions`, path);
    if (args.length < 2) throw new TemplateRefusal(`The minimum number of condition arguments to "${name}" is 2.`, path);
  },
  evaluate: (args, values, evaluate) => combine((args as unknown[]).map((argument) => truth(argument, values, evaluate))),
});

export const and = several('and', (truths) => truths.every(Boolean));
export const or = several('or', (truths) => truths.some(Boolean));

/** Chooses between two values; belongs to properties and outputs, not to conditions. */
export const choose: HotFunction = {
  since: '2016-10-14',
  check(args, path, surroundings, version) {
    // With two arguments a false condition drops the whole item; only the latest version knows that.
    const counts = isAtLeast(version, '2021-04-16') ? [2, 3] : [3];
    if (!Array.isArray(args) || !counts.includes(args.length)) {
      throw new TemplateRefusal('Arguments to "if" must be of the form: [condition_name, value_if_true, value_if_false]', path);
    }
    checkConditionName((args as unknown[])[0], path, surroundings);
  },
  evaluate() {
    throw new Error('Expressions takes the branch itself, because it must know where it stands');
  },
};

export function checkConditionName(condition: unknown, path: string, surroundings: Surroundings): void {
  if (typeof condition === 'string' && !surroundings.hasCondition(condition)) throw new TemplateRefusal(`Invalid condition "${condition}"`, path);
}

/** A condition by name, a boolean, or an expression that gives one of them. */
export function truth(condition: unknown, values: Values, evaluate: (expression: unknown) => unknown): boolean {
  const value = typeof condition === 'object' && condition !== null ? evaluate(condition) : condition;
  if (typeof value === 'boolean') return value;
  if (typeof value === 'string') return values.condition(value);
  throw new EvaluationError(`Invalid condition "${String(value)}"`);
}
