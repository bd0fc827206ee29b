import { pythonStr } from '../../python-repr.js';
import { isObject } from '../../json.js';
import { TemplateRefusal } from '../heat-error.js';
import { contains, filter, listConcat, mapMerge, mapReplace, repeat } from './collection-functions.js';
import { and, checkConditionName, choose, equals, not, or, truth } from './condition-functions.js';
import type { HotFunction, Surroundings, Values } from './function.js';
import { makeUrl } from './make-url.js';
import { getAttr, getFile, getParam, getResource, notHere } from './reference-functions.js';
import { digest, listJoin, strReplace, strSplit } from './text-functions.js';
import { isAtLeast, type HotVersion } from './version.js';

/** Functions of resources and outputs. */
const valueFunctions: Record<string, HotFunction> = {
  get_param: getParam,
  get_resource: getResource,
  get_attr: getAttr,
  get_file: getFile,
  list_join: listJoin,
  str_replace: strReplace('str_replace', '2013-05-23', 'lenient'),
  str_replace_strict: strReplace('str_replace_strict', '2017-02-24', 'strict'),
  str_replace_vstrict: strReplace('str_replace_vstrict', '2017-09-01', 'very strict'),
  str_split: strSplit,
  map_merge: mapMerge,
  map_replace: mapReplace,
  repeat,
  digest,
  if: choose,
  make_url: makeUrl,
  list_concat: listConcat('list_concat', false),
  list_concat_unique: listConcat('list_concat_unique', true),
  filter,
  contains,
  yaql: notHere('yaql', '2016-10-14'),
  resource_facade: notHere('resource_facade', '2013-05-23'),
};

/** Functions of the `conditions` section and of conditions written in place. */
const conditionFunctions: Record<string, HotFunction> = {
  equals,
  not,
  and,
  or,
  get_param: getParam,
  contains,
  yaql: notHere('yaql', '2017-09-01'),
};

/** CloudFormation's functions left HOT with its second version. */
const removedFunctions = new Set(
  ['Ref', 'Fn::GetAZs', 'Fn::GetAtt', 'Fn::Join', 'Fn::Split', 'Fn::Replace', 'Fn::Base64', 'Fn::MemberListToMap', 'Fn::ResourceFacade', 'Fn::Select'],
);

export type Kind = 'value' | 'condition';
interface Call {
  name: string;
  args: unknown;
  function: HotFunction;
}
type PlacedCall = Call & { path: string };

/** A map with one key that names a function of this version; any other map is data. */
function callIn(expression: unknown, kind: Kind, version: HotVersion): Call | undefined {
  if (!isObject(expression)) return undefined;
  const [entry, ...more] = Object.entries(expression);
  if (!entry || more.length > 0) return undefined;
  const [name, args] = entry;
  const table = kind === 'value' ? valueFunctions : conditionFunctions;
  const found = Object.hasOwn(table, name) ? table[name] : undefined;
  return found && isAtLeast(version, found.since) ? { name, args, function: found } : undefined;
}

/** Expressions of one template: what is data and what is a call depends on the version. */
export class Expressions {
  constructor(private readonly version: HotVersion) {}

  isCall(expression: unknown, kind: Kind): boolean {
    return callIn(expression, kind, this.version) !== undefined;
  }

  /** Refuses (TemplateRefusal) what is wrong before anything is evaluated. `path` is where in the template this stands. */
  check(expression: unknown, path: string, surroundings: Surroundings, kind: Kind = 'value'): void {
    const call = callIn(expression, kind, this.version);
    if (call) {
      const here = `${path}.${call.name}`;
      call.function.check?.(call.args, here, surroundings, this.version);
      if (call.function === choose && Array.isArray(call.args)) {
        const args = call.args as unknown[];
        if (typeof args[0] === 'object') this.check(args[0], `${here}[0]`, surroundings, 'condition');
        const { branch, index } = this.branch(args, surroundings.values);
        this.check(branch, `${here}[${index}]`, surroundings, kind);
        return;
      }
      this.check(call.args, here, surroundings, kind);
      return;
    }
    this.refuseForeign(expression, path, kind);
    if (Array.isArray(expression)) expression.forEach((inner, index) => this.check(inner, `${path}[${index}]`, surroundings, kind));
    else if (isObject(expression)) for (const [key, inner] of Object.entries(expression)) this.check(inner, `${path}.${key}`, surroundings, kind);
  }

  /** Throws EvaluationError, or what `values` throws. */
  evaluate(expression: unknown, values: Values, kind: Kind = 'value'): unknown {
    const call = callIn(expression, kind, this.version);
    if (call?.function === choose) {
      const { branch } = this.branch(call.args as unknown[], values);
      return branch === undefined ? undefined : this.evaluate(branch, values, kind);
    }
    if (call) return call.function.evaluate(call.args, values, (inner) => this.evaluate(inner, values, kind));
    if (Array.isArray(expression)) {
      return expression.map((inner: unknown) => this.evaluate(inner, values, kind)).filter((item) => item !== undefined);
    }
    if (!isObject(expression)) return expression;
    const entries = Object.entries(expression).map(([key, inner]): [string, unknown] => [key, this.evaluate(inner, values, kind)]);
    return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
  }

  /** The resources that a value refers to, with the place of each reference; of an `if` only the branch that is taken counts. */
  references(expression: unknown, path: string, values: Values): { resource: string; path: string }[] {
    return this.calls(expression, path, values).flatMap((call) => {
      const resource = referenced(call.name, call.args);
      return resource === undefined ? [] : [{ resource, path: call.path }];
    });
  }

  /** The attributes that a value reads, as [resource, attribute]; the attribute is undefined when all are read. */
  attributes(expression: unknown, values: Values): [string, string | undefined][] {
    return this.calls(expression, '', values)
      .filter(({ name }) => name === 'get_attr')
      .map(({ args }) => {
        const given = this.evaluate(args, values);
        const [resource, attribute] = Array.isArray(given) ? (given as unknown[]) : [given];
        return [pythonStr(resource), attribute === undefined ? undefined : pythonStr(attribute)];
      });
  }

  private calls(expression: unknown, path: string, values: Values): PlacedCall[] {
    const call = callIn(expression, 'value', this.version);
    if (call?.function === choose && Array.isArray(call.args)) {
      const { branch, index } = this.branch(call.args as unknown[], values);
      return this.calls(branch, `${path}.if[${index}]`, values);
    }
    if (call) return [{ ...call, path }, ...this.calls(call.args, `${path}.${call.name}`, values)];
    if (Array.isArray(expression)) return expression.flatMap((inner: unknown, index) => this.calls(inner, `${path}[${index}]`, values));
    if (!isObject(expression)) return [];
    return Object.entries(expression).flatMap(([key, inner]) => this.calls(inner, `${path}.${key}`, values));
  }

  /** The branch of an `if` that is taken, with its place among the arguments. */
  private branch(args: readonly unknown[], values: Values): { branch: unknown; index: number } {
    const isTrue = truth(args[0], values, (inner) => this.evaluate(inner, values, this.isCall(inner, 'condition') ? 'condition' : 'value'));
    return { branch: isTrue ? args[1] : args[2], index: isTrue ? 1 : 2 };
  }

  private refuseForeign(expression: unknown, path: string, kind: Kind): void {
    if (!isObject(expression)) return;
    const [name, ...more] = Object.keys(expression);
    if (name === undefined || more.length > 0) return;
    if (removedFunctions.has(name)) {
      throw new TemplateRefusal(`The template version is invalid: The function ${name} is not supported in this version of HOT.`, `${path}.${name}`);
    }
    if (kind === 'condition' && callIn(expression, 'value', this.version)) {
      throw new TemplateRefusal(`The function "${name}" is invalid in this context`, `${path}.${name}`);
    }
  }
}

/** Conditions of resources and outputs may be names, booleans or calls. */
export function checkCondition(expressions: Expressions, condition: unknown, path: string, surroundings: Surroundings): void {
  checkConditionName(condition, path, surroundings);
  if (typeof condition === 'object' && condition !== null) expressions.check(condition, path, surroundings, 'condition');
}

function referenced(name: string, args: unknown): string | undefined {
  if (name === 'get_resource') return typeof args === 'string' ? args : undefined;
  if (name !== 'get_attr') return undefined;
  const resource: unknown = Array.isArray(args) ? (args as unknown[])[0] : args;
  return typeof resource === 'string' ? resource : undefined;
}
