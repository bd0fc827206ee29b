import { isDeepStrictEqual } from 'node:util';
import { isObject, type JsonObject } from '../../json.js';
import { pythonRepr, pythonStr } from '../../python-repr.js';
import { TemplateRefusal } from '../heat-error.js';
import { pythonJson } from '../python-json.js';
import { EvaluationError, type HotFunction } from './function.js';
import { pythonType } from './text-functions.js';

export const mapMerge: HotFunction = {
  since: '2016-04-08',
  evaluate(args, _values, evaluate) {
    const maps = evaluate(args);
    if (!Array.isArray(maps)) {
      throw new EvaluationError('Incorrect arguments to "map_merge" should be: "map_merge" : [ { "key1": "val1" }, { "key2": "val2" } ]');
    }
    const merged: JsonObject = {};
    for (const map of maps) {
      if (map === null) continue;
      if (!isObject(map)) {
        throw new EvaluationError(
          `Incorrect arguments: Items to merge must be maps. ${pythonRepr(map)} is type <class '${pythonType(map)}'> instead of a dict`,
        );
      }
      Object.assign(merged, map);
    }
    return merged;
  },
};

export const mapReplace: HotFunction = {
  since: '2016-10-14',
  evaluate(args, _values, evaluate) {
    const [map, changes] = listOf(evaluate(args));
    if (!isObject(map) || !isObject(changes)) {
      throw new EvaluationError(
        'Incorrect arguments: to "map_replace", arguments must be a list of maps. Example:  "map_replace" : [ { "key1": "val1" }, {"keys": {"key1": "key2"}, "values": {"val1": "val2"}}]',
      );
    }
    const keys = isObject(changes['keys']) ? changes['keys'] : {};
    const valuesByOld = isObject(changes['values']) ? changes['values'] : {};
    const entries = Object.entries(map).map(([key, value]): [string, unknown] => [
      pythonStr(keys[key] ?? key),
      typeof value === 'string' && value in valuesByOld ? valuesByOld[value] : value,
    ]);
    return Object.fromEntries(entries);
  },
};

export const listConcat = (name: string, unique: boolean): HotFunction => ({
  since: '2017-09-01',
  evaluate(args, _values, evaluate) {
    const lists = evaluate(args);
    if (!Array.isArray(lists)) {
      throw new EvaluationError(
        `Incorrect arguments to "${name}" should be: "${name}" : [ [ <value 1>, <value 2> ], [ <value 3>, <value 4> ] ]`,
      );
    }
    const items: unknown[] = [];
    for (const list of lists as unknown[]) {
      if (list === null) continue;
      if (!Array.isArray(list)) {
        throw new EvaluationError(
          `Incorrect arguments: Items to concat must be lists. ${pythonJson(lists)} contains an item that is not a list: ${pythonJson(list)}`,
        );
      }
      items.push(...(list as unknown[]));
    }
    return unique ? items.filter((item, index) => items.findIndex((other) => isDeepStrictEqual(other, item)) === index) : items;
  },
});

export const filter: HotFunction = {
  since: '2017-02-24',
  check(args, path) {
    if (!Array.isArray(args)) throw new TemplateRefusal('Argument to "filter" must be a list', path);
    if (args.length !== 2) throw new TemplateRefusal('"filter" expected 2 arguments of the form [values, sequence]', path);
  },
  evaluate(args, _values, evaluate) {
    const [unwanted, list] = evaluate(args) as unknown[];
    if (list === null) return [];
    if (!Array.isArray(unwanted) || !Array.isArray(list)) throw new EvaluationError('"filter" only works with lists');
    return (list as unknown[]).filter((item) => !unwanted.some((other) => isDeepStrictEqual(other, item)));
  },
};

/** As a function inside properties; conditions have it too. */
export const contains: HotFunction = {
  since: '2017-09-01',
  check(args, path) {
    if (!Array.isArray(args)) {
      throw new TemplateRefusal('Incorrect arguments to "contains" should be: "contains" : [ "value1", [ "value1", "value2"]]', path);
    }
    if (args.length !== 2) throw new TemplateRefusal('Arguments to "contains" must be of the form: [value1, [value1, value2]]', path);
  },
  evaluate(args, _values, evaluate) {
    const [value, collection] = evaluate(args) as unknown[];
    if (Array.isArray(collection)) return collection.some((item) => isDeepStrictEqual(item, value));
    if (typeof collection === 'string') {
      if (typeof value === 'string') return collection.includes(value);
      throw new EvaluationError(`'in <string>' requires string as left operand, not ${pythonType(value)}`);
    }
    if (isObject(collection)) return typeof value === 'string' && value in collection;
    throw new EvaluationError('Second argument to "contains" should be a sequence');
  },
};

const repeatForm =
  "'\"repeat\" syntax should be repeat:\\n              template: This is %var%\\n              for_each:\\n                %var%: [\\'a\\', \\'b\\', \\'c\\']'";

export const repeat: HotFunction = {
  since: '2015-04-30',
  check(args, path) {
    if (!isObject(args)) throw new TemplateRefusal('Arguments to "repeat" must be a map', path);
    if (!('template' in args) || !('for_each' in args)) throw new TemplateRefusal(repeatForm, path);
    if (!isObject(args['for_each'])) throw new TemplateRefusal('The "for_each" argument to "repeat" must contain a map', path);
    const { permutations } = args;
    if (permutations !== undefined && typeof permutations !== 'boolean' && !isObject(permutations)) {
      throw new TemplateRefusal(`"permutations" should be boolean type for repeat function.`, path);
    }
  },
  evaluate(args, _values, evaluate) {
    const { template, for_each: forEach, permutations } = evaluate(args) as { template: unknown; for_each: JsonObject; permutations?: boolean };
    const keys = Object.keys(forEach);
    const lists = Object.values(forEach).map((list): unknown[] => {
      if (list === null) return [];
      if (Array.isArray(list)) return list as unknown[];
      if (isObject(list)) return Object.keys(list);
      throw new EvaluationError('The values of the "for_each" argument to "repeat" must be lists or maps');
    });
    if (permutations === false) {
      if (new Set(lists.map((list) => list.length)).size > 1) {
        throw new EvaluationError('For repeat, the length of for_each values should be equal if no nested loop.');
      }
      return (lists[0] ?? []).map((_item, index) => substitute(template, keys, lists.map((list) => list[index])));
    }
    const combinations = lists.reduce<unknown[][]>((sofar, list) => sofar.flatMap((head) => list.map((item) => [...head, item])), [[]]);
    return combinations.map((items) => substitute(template, keys, items));
  },
};

function substitute(template: unknown, keys: readonly string[], items: readonly unknown[]): unknown {
  if (typeof template === 'string') {
    return keys.reduce((text, key, index) => {
      const item = items[index];
      if (typeof item !== 'string') throw new EvaluationError(`replace() argument 2 must be str, not ${pythonType(item)}`);
      return text.replaceAll(key, () => item);
    }, template);
  }
  if (Array.isArray(template)) return template.map((inner) => substitute(inner, keys, items));
  if (!isObject(template)) return template;
  return Object.fromEntries(
    Object.entries(template).map(([key, inner]) => [String(substitute(key, keys, items)), substitute(inner, keys, items)]),
  );
}

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? (value as unknown[]) : []);
