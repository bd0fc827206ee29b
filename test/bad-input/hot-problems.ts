import { parse } from 'yaml';
import type { ClusterSpec, Json, RenderedStack } from '../../src/driver-contract/index.js';

interface HotParameter {
  readonly type: 'string' | 'number' | 'boolean' | 'comma_delimited_list' | 'json';
  readonly default?: unknown;
  readonly constraints?: readonly { length?: { min?: number; max?: number }; range?: { min?: number; max?: number }; allowed_pattern?: string; allowed_values?: readonly unknown[] }[];
}

/** What Heat would not take of a stack's parameters: undeclared, missing, of another type, beyond a constraint, or changed by JSON. */
export function hotProblems(spec: ClusterSpec, { template, parameters }: RenderedStack): string[] {
  const { parameters: declared } = parse(spec.templates[template] ?? '') as { parameters: Record<string, HotParameter> };
  const missing = Object.entries(declared).filter(([name, { default: fallback }]) => fallback === undefined && !(name in parameters)).map(([name]) => `${template} needs ${name}`);
  const wrong = Object.entries(parameters).flatMap(([name, value]) => {
    const parameter = declared[name];
    if (!parameter) return [`${template} has no parameter ${name}`];
    return [...typeProblem(parameter.type, value), ...constraintProblems(parameter, value)].map((problem) => `${template} ${name}: ${problem}`);
  });
  const sent = JSON.parse(JSON.stringify(parameters)) as unknown;
  return [...missing, ...wrong, ...(JSON.stringify(sent) === JSON.stringify(parameters) ? [] : [`${template}: JSON changes the parameters`])];
}

function typeProblem(type: HotParameter['type'], value: Json): string[] {
  const fits: Record<HotParameter['type'], boolean> = {
    string: typeof value === 'string' && !value.includes('\0'),
    number: typeof value === 'number' && Number.isSafeInteger(value),
    boolean: typeof value === 'boolean',
    // Heat joins and splits such lists at commas on its way.
    comma_delimited_list: Array.isArray(value) && value.every((entry) => typeof entry === 'string' && entry !== '' && entry.trim() === entry && !entry.includes(',')),
    json: typeof value === 'object',
  };
  return fits[type] ? [] : [`${JSON.stringify(value)} is no ${type}`];
}

function constraintProblems({ constraints = [] }: HotParameter, value: Json): string[] {
  return constraints.flatMap(({ length, range, allowed_pattern: pattern, allowed_values: allowed }) => [
    ...(length && typeof value === 'string' && (value.length < (length.min ?? 0) || value.length > (length.max ?? Infinity)) ? [`length ${value.length}`] : []),
    ...(range && typeof value === 'number' && (value < (range.min ?? -Infinity) || value > (range.max ?? Infinity)) ? [`${value} is out of range`] : []),
    ...(pattern !== undefined && typeof value === 'string' && !new RegExp(`^(?:${pattern})$`).test(value) ? [`${value} does not match ${pattern}`] : []),
    ...(allowed && !allowed.includes(value) ? [`${JSON.stringify(value)} is not allowed`] : []),
  ]);
}
