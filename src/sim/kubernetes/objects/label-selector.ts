import type { LabelSelector } from './workloads.js';

export interface LabelRequirement {
  key: string;
  operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
  values: string[];
}

type Labels = Record<string, string> | undefined;

/** Whether labels satisfy every requirement; no requirement matches everything, as in a list without labelSelector. */
export function matchesRequirements(labels: Labels, requirements: readonly LabelRequirement[]): boolean {
  return requirements.every(({ key, operator, values }) => {
    const value = labels?.[key];
    switch (operator) {
      case 'In':
        return value !== undefined && values.includes(value);
      case 'NotIn':
        return value === undefined || !values.includes(value);
      case 'Exists':
        return value !== undefined;
      case 'DoesNotExist':
        return value === undefined;
    }
  });
}

/** A LabelSelector as it stands in specs; a missing one matches nothing, an empty one everything. */
export function matchesSelector(labels: Labels, selector: LabelSelector | undefined): boolean {
  return selector !== undefined && matchesRequirements(labels, requirementsOf(selector));
}

export function requirementsOf(selector: LabelSelector): LabelRequirement[] {
  const equal = Object.entries(selector.matchLabels ?? {}).map(([key, value]): LabelRequirement => ({ key, operator: 'In', values: [value] }));
  const expressions = (selector.matchExpressions ?? []).map(({ key, operator, values }): LabelRequirement => {
    if (operator !== 'In' && operator !== 'NotIn' && operator !== 'Exists' && operator !== 'DoesNotExist')
      throw new Error(`"${operator}" is not a valid label selector operator`);
    return { key, operator, values: values ?? [] };
  });
  return [...equal, ...expressions];
}

/**
 * Parses the `labelSelector` query parameter: `a=b,c!=d,e in (f,g),h notin (i),j,!k`.
 * @throws Error saying which part is not understood.
 */
export function parseLabelSelector(text: string): LabelRequirement[] {
  return splitOutsideParentheses(text)
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map(parseRequirement);
}

function parseRequirement(part: string): LabelRequirement {
  const set = /^(\S+)\s+(in|notin)\s*\(([^)]*)\)$/.exec(part);
  if (set) {
    const [, key = '', operator, values = ''] = set;
    return { key, operator: operator === 'in' ? 'In' : 'NotIn', values: values.split(',').map((value) => value.trim()) };
  }
  const equality = /^([^=!\s()]+)\s*(==|=|!=)\s*([\w.-]*)$/.exec(part);
  if (equality) {
    const [, key = '', operator, value = ''] = equality;
    return { key, operator: operator === '!=' ? 'NotIn' : 'In', values: [value] };
  }
  const existence = /^(!?)\s*([A-Za-z0-9][^=!\s()]*)$/.exec(part);
  if (existence) return { key: existence[2] ?? '', operator: existence[1] === '!' ? 'DoesNotExist' : 'Exists', values: [] };
  throw new Error(`unable to parse requirement: ${part}`);
}

function splitOutsideParentheses(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let part = '';
  for (const character of text) {
    if (character === '(') depth += 1;
    if (character === ')') depth -= 1;
    if (character === ',' && depth === 0) {
      parts.push(part);
      part = '';
    } else part += character;
  }
  return [...parts, part];
}
