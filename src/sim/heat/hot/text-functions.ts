import { createHash, getHashes } from 'node:crypto';
import { isObject } from '../../json.js';
import { pythonRepr, pythonStr } from '../../python-repr.js';
import { TemplateRefusal } from '../heat-error.js';
import { pythonJson } from '../python-json.js';
import { EvaluationError, type HotFunction, type Values } from './function.js';

const listJoinForm = 'Incorrect arguments to "list_join" should be: "list_join" : [ " ", [ "str1", "str2"] ...]';

export const listJoin: HotFunction = {
  since: '2013-05-23',
  check(args, path) {
    if (!Array.isArray(args) || args.length < 2) throw new TemplateRefusal(listJoinForm, path);
  },
  evaluate(args, _values, evaluate) {
    const [delimiter, ...lists] = evaluate(args) as unknown[];
    if (typeof delimiter !== 'string') throw new EvaluationError('"list_join" delimiter must be a string');
    const items = lists.flatMap((list) => {
      if (list === null) return [];
      if (!Array.isArray(list)) throw new EvaluationError('"list_join" must operate on a list');
      return list as unknown[];
    });
    return items.map(joinable).join(delimiter);
  },
};

function joinable(item: unknown): string {
  if (item === null || item === undefined) return '';
  if (typeof item === 'string') return item;
  if (typeof item === 'object') return pythonJson(item);
  throw new EvaluationError(`Items to join must be string, map or list not ${pythonRepr(item)}`);
}

const strSplitForm = 'Incorrect arguments to "str_split" should be: "str_split" : [ ",", "apples,pears", <index>]';

export const strSplit: HotFunction = {
  since: '2015-10-15',
  check(args, path) {
    if (!Array.isArray(args)) throw new TemplateRefusal(strSplitForm, path);
  },
  evaluate(args, _values, evaluate) {
    const [delimiter, text, index] = evaluate(args) as unknown[];
    if ((args as unknown[]).length < 2 || typeof delimiter !== 'string') throw new EvaluationError(strSplitForm);
    if (text === null) return null;
    if (typeof text !== 'string') throw new EvaluationError(`'${pythonType(text)}' object has no attribute 'split'`);
    const parts = text.split(delimiter);
    if (index === undefined) return parts;
    const position = Number(index);
    if (!Number.isInteger(position)) throw new EvaluationError(strSplitForm);
    const part = position >= 0 ? parts[position] : undefined;
    if (part === undefined) throw new EvaluationError(`Incorrect index to "str_split" should be between 0 and ${parts.length - 1}`);
    return part;
  },
};

type Strictness = 'lenient' | 'strict' | 'very strict';

export const strReplace = (name: string, since: HotFunction['since'], strictness: Strictness): HotFunction => ({
  since,
  check(args, path) {
    if (!isObject(args)) throw new TemplateRefusal(`Arguments to "${name}" must be a map`, path);
    if (!('template' in args) || !('params' in args)) throw new TemplateRefusal(strReplaceForm(name), path);
    if (Array.isArray(args['params'])) throw new TemplateRefusal(`"${name}" parameters must be a mapping`, path);
  },
  evaluate(args, _values: Values, evaluate) {
    const { template, params } = evaluate(args) as { template: unknown; params: unknown };
    if (typeof template !== 'string') throw new EvaluationError(`"${name}" template must be a string`);
    if (!isObject(params)) throw new EvaluationError(`"${name}" parameters must be a mapping`);
    const keys = Object.keys(params).sort((one, other) => other.length - one.length);
    if (strictness === 'very strict') {
      const empty = keys.find((key) => params[key] === null || params[key] === '');
      if (empty !== undefined) {
        throw new EvaluationError(`${name} has an undefined or empty value for param ${empty}, must be a defined non-empty value`);
      }
    }
    const unused = new Set(keys);
    const replaced = replaceAll(template, keys, (key) => replacement(name, key, params[key]), unused);
    if (strictness !== 'lenient' && unused.size > 0) {
      throw new EvaluationError(`The following params were not found in the template: ${[...unused].join(',')}`);
    }
    return replaced;
  },
});

/** Replaces the longer keys first and never looks again at what was put in. */
function replaceAll(text: string, keys: readonly string[], valueOf: (key: string) => string, unused: Set<string>): string {
  const [key, ...shorter] = keys;
  if (key === undefined) return text;
  if (key === '') return replaceAll(text, shorter, valueOf, unused);
  const parts = text.split(key);
  if (parts.length > 1) unused.delete(key);
  return parts.map((part) => replaceAll(part, shorter, valueOf, unused)).join(parts.length > 1 ? valueOf(key) : '');
}

function replacement(name: string, key: string, value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'object') return pythonJson(value);
  if (['string', 'number', 'boolean'].includes(typeof value)) return pythonStr(value);
  throw new EvaluationError(`"${name}" params must be strings or numbers, param ${key} is not valid`);
}

const strReplaceForm = (name: string): string =>
  `'"${name}" syntax should be ${name}:\\n              template: This is var1 template var2\\n              params:\\n                var1: a\\n                var2: string'`;

export const digest: HotFunction = {
  since: '2015-04-30',
  evaluate(args, _values, evaluate) {
    const parts = evaluate(args);
    if (!Array.isArray(parts) || !parts.every((part) => typeof part === 'string')) {
      throw new EvaluationError('Argument to function "digest" must be a list of strings');
    }
    const [algorithm, value] = parts;
    if (parts.length !== 2 || algorithm === undefined || value === undefined) {
      throw new EvaluationError('Function "digest" usage: ["<algorithm>", "<value>"]');
    }
    // OpenSSL's names differ from Python's in the dash only (sha512_256 is sha512-256 there).
    const known = getHashes().find((hash) => hash.toLowerCase() === algorithm || hash.toLowerCase() === algorithm.replace('_', '-'));
    if (!known) throw new EvaluationError(`Algorithm must be one of ${pythonRepr(getHashes())}`);
    return createHash(known).update(value).digest('hex');
  },
};

/** The name that Python has for the kind of this JSON value. */
export function pythonType(value: unknown): string {
  if (value === null || value === undefined) return 'NoneType';
  if (typeof value === 'string') return 'str';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'float';
  return Array.isArray(value) ? 'list' : 'dict';
}
