import { pythonRepr, pythonStr } from '../../python-repr.js';
import { TemplateRefusal } from '../heat-error.js';
import { pythonJson } from '../python-json.js';

export type ParameterType = 'string' | 'number' | 'comma_delimited_list' | 'json' | 'boolean';

const truths = ['1', 't', 'true', 'on', 'y', 'yes'];
const lies = ['0', 'f', 'false', 'off', 'n', 'no'];

/** The value that get_param gives. Throws StackValidationFailed when it is none of its type. */
export function parseParameter(name: string, type: ParameterType, given: unknown): unknown {
  switch (type) {
    case 'string':
      return pythonStr(given);
    case 'number':
      return parseNumber(name, given);
    case 'boolean':
      return parseBoolean(name, given);
    case 'json':
      return typeof given === 'string' ? parseJson(name, given) : given;
    case 'comma_delimited_list':
      if (Array.isArray(given)) return given.map(pythonStr);
      return pythonStr(given) === '' ? [] : pythonStr(given).split(',');
  }
}

/** The value as `GET` of a stack shows it: always text. */
export function showParameter(type: ParameterType, given: unknown, parsed: unknown): string {
  switch (type) {
    case 'json':
      return pythonJson(parsed);
    case 'comma_delimited_list':
      return Array.isArray(given) ? given.map(pythonStr).join(',') : pythonStr(given);
    case 'string':
    case 'number':
    case 'boolean':
      return pythonStr(parsed);
  }
}

const invalid = (name: string, reason: string): TemplateRefusal => new TemplateRefusal(`Parameter '${name}' is invalid: ${reason}`);

function parseNumber(name: string, given: unknown): number {
  if (typeof given === 'number') return given;
  const text = typeof given === 'string' ? given.trim() : '';
  const number = text === '' ? Number.NaN : Number(text);
  if (Number.isNaN(number)) throw invalid(name, `could not convert string to float: ${pythonRepr(given)}`);
  return number;
}

function parseBoolean(name: string, given: unknown): boolean {
  const text = String(given).trim().toLowerCase();
  if (truths.includes(text)) return true;
  if (lies.includes(text)) return false;
  const acceptable = [...truths, ...lies].sort().map((word) => `'${word}'`);
  throw invalid(name, `Unrecognized value ${pythonRepr(given)}, acceptable values are: ${acceptable.join(', ')}`);
}

function parseJson(name: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw invalid(name, 'Value must be valid JSON: Expecting value: line 1 column 1 (char 0)');
  }
}
