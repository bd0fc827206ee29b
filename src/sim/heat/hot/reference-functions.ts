import { pythonStr } from '../../python-repr.js';
import { isObject } from '../../json.js';
import { TemplateRefusal, malformed } from '../heat-error.js';
import { EvaluationError, type HotFunction } from './function.js';

export const getParam: HotFunction = {
  since: '2013-05-23',
  evaluate(args, values, evaluate) {
    const given = evaluate(args);
    if (given === '' || given === null || (typeof given === 'object' && Object.keys(given).length === 0)) {
      throw new EvaluationError('Function "get_param" must have arguments');
    }
    const [name, ...path] = Array.isArray(given) ? (given as unknown[]) : [given];
    if (typeof name !== 'string') throw new EvaluationError('Parameter name in "get_param" must be string');
    let value = values.parameter(name);
    for (const step of path) {
      if (typeof step !== 'string' && typeof step !== 'number') throw new EvaluationError('Path components in "get_param" must be strings');
      value = memberOf(value, step);
      // A path that leads nowhere gives the empty string, not an error.
      if (value === undefined) return '';
    }
    return value;
  },
};

export const getResource: HotFunction = {
  since: '2013-05-23',
  check(args) {
    if (typeof args === 'object') throw malformed();
  },
  evaluate(args, values, evaluate) {
    return values.reference(pythonStr(evaluate(args)));
  },
};

const getAttrForm = 'Arguments to "get_attr" can be of the next forms: [resource_name] or [resource_name, attribute, (path), ...]';

export const getAttr: HotFunction = {
  since: '2013-05-23',
  check(args, path, surroundings) {
    const [resource, attribute] = typeof args === 'string' ? [args] : Array.isArray(args) ? (args as unknown[]) : [];
    if (resource === undefined) throw new TemplateRefusal(getAttrForm, path);
    if (typeof resource !== 'string') return;
    const attributes = surroundings.attributesOf(resource);
    if (attributes === undefined) throw new TemplateRefusal(`The specified reference "${resource}" (in unknown) is incorrect.`, path);
    if (typeof attribute !== 'string' || attributes === 'any' || attributes.includes(attribute) || attribute === 'show') return;
    throw new TemplateRefusal(`The Referenced Attribute (${resource} ${attribute}) is incorrect.`, path);
  },
  evaluate(args, values, evaluate) {
    const given = evaluate(args);
    const [resource, attribute, ...path] = Array.isArray(given) ? (given as unknown[]) : [given];
    let value: unknown = values.attribute(pythonStr(resource), attribute === undefined ? undefined : pythonStr(attribute));
    for (const step of path) {
      value = typeof step === 'string' || typeof step === 'number' ? memberOf(value, step) : undefined;
      if (value === undefined) return null;
    }
    return value;
  },
};

/** Lists want numbers, maps want names: the string '0' finds nothing in a list. */
function memberOf(value: unknown, step: string | number): unknown {
  if (Array.isArray(value)) return typeof step === 'number' ? (value as unknown[])[step] : undefined;
  return isObject(value) ? value[String(step)] : undefined;
}

export const getFile: HotFunction = {
  since: '2013-05-23',
  evaluate(args, values, evaluate) {
    const name = evaluate(args);
    if (typeof name !== 'string') throw new EvaluationError('Argument to "get_file" must be a string');
    const content = values.file(name);
    if (content === undefined) throw new EvaluationError(`No content found in the "files" section for get_file path: ${name}`);
    return content;
  },
};

export const notHere = (name: string, since: HotFunction['since']): HotFunction => ({
  since,
  check(_args, path) {
    throw new TemplateRefusal(`The function "${name}" is not part of the simulated Heat.`, path);
  },
  evaluate() {
    throw new EvaluationError(`The function "${name}" is not part of the simulated Heat.`);
  },
});
