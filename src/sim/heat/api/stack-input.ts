import { pythonStr } from '../../python-repr.js';
import { isObject, textAt, type JsonObject } from '../../json.js';
import { badRequest, HeatError, malformed, notSimulated, TemplateRefusal } from '../heat-error.js';
import { parseEnvironmentText, parseTemplateText } from '../hot/template-text.js';
import type { StackSource } from '../stack/records.js';
import { integerOf } from './heat-request.js';

/** Heat's max_template_size. */
const templateSizeMax = 524_288;
const tagLengthMax = 80;

/** The parts of a request's body that make a stack, as far as they are given. */
export interface StackInput {
  template: JsonObject | undefined;
  files: Record<string, string>;
  parameters: JsonObject;
  parameterDefaults: JsonObject;
  tags: string[] | undefined;
  timeoutMins: number | undefined;
  disableRollback: boolean | undefined;
}

/** Reads the body of create, update and validate. Throws HeatError. */
export function stackInput(body: JsonObject): StackInput {
  for (const key of ['template_url', 'adopt_stack_data', 'files_container']) {
    if (body[key] !== undefined && body[key] !== null) throw notSimulated(key);
  }
  if (Array.isArray(body['environment_files']) && body['environment_files'].length > 0) throw notSimulated('environment_files');
  const environment = environmentOf(body['environment']);
  return {
    template: templateOf(body['template']),
    files: filesOf(body['files']),
    parameters: { ...mapOf(environment['parameters']), ...mapOf(body['parameters']) },
    parameterDefaults: mapOf(environment['parameter_defaults']),
    tags: tagsOf(body['tags']),
    timeoutMins: body['timeout_mins'] === undefined || body['timeout_mins'] === null ? undefined : integerOf(body['timeout_mins'], 'timeout_mins'),
    disableRollback: rollbackFlag(body['disable_rollback']),
  };
}

/** What a new stack, or the body of a PUT, consists of. Throws for a body without template. */
export function sourceOf({ template, files, parameters, parameterDefaults }: StackInput): StackSource {
  if (!template) throw badRequest('No template specified');
  return { template, files, parameters, parameterDefaults };
}

function templateOf(given: unknown): JsonObject | undefined {
  if (given === undefined || given === null) return undefined;
  if (typeof given !== 'string' && !isObject(given)) throw malformed();
  const size = Buffer.byteLength(typeof given === 'string' ? given : JSON.stringify(given));
  if (size > templateSizeMax) {
    throw new HeatError(400, 'RequestLimitExceeded', `Request limit exceeded: Template size (${size} bytes) exceeds maximum allowed size (${templateSizeMax} bytes).`);
  }
  return typeof given === 'string' ? parseTemplateText(given) : given;
}

const environmentSections = ['parameters', 'parameter_defaults', 'resource_registry', 'event_sinks', 'encrypted_param_names', 'parameter_merge_strategies'];

function environmentOf(given: unknown): JsonObject {
  if (given === undefined || given === null) return {};
  const environment = typeof given === 'string' ? parseEnvironmentText(given) : given;
  if (!isObject(environment)) throw malformed();
  const foreign = Object.keys(environment).find((section) => !environmentSections.includes(section));
  if (foreign !== undefined) throw badRequest(`Environment not in valid format: environment has wrong section "${foreign}"`);
  refuseRegistry(environment['resource_registry']);
  if (Array.isArray(environment['event_sinks']) && environment['event_sinks'].length > 0) throw notSimulated('event_sinks');
  return environment;
}

function refuseRegistry(registry: unknown): void {
  if (!isObject(registry)) return;
  const { resources, ...types } = registry;
  if (Object.keys(types).length > 0 || (isObject(resources) && Object.keys(resources).length > 0)) throw notSimulated('resource_registry');
}

function mapOf(given: unknown): JsonObject {
  if (given === undefined || given === null) return {};
  if (Array.isArray(given)) throw malformed();
  if (!isObject(given)) throw new HeatError(400, 'ValueError', null);
  return given;
}

function filesOf(given: unknown): Record<string, string> {
  if (given === undefined || given === null) return {};
  if (!isObject(given)) throw new HeatError(400, 'ValueError', null);
  return Object.fromEntries(Object.entries(given).map(([name, content]) => [name, typeof content === 'string' ? content : JSON.stringify(content)]));
}

function tagsOf(given: unknown): string[] | undefined {
  if (given === undefined || given === null) return undefined;
  // Heat splits text; a list makes it stumble.
  if (typeof given !== 'string') throw new HeatError(400, 'AttributeError', null);
  const tags = given.split(',').map((tag) => tag.trim()).filter((tag) => tag !== '');
  const long = tags.find((tag) => tag.length > tagLengthMax);
  if (long !== undefined) throw badRequest(`Invalid tag, "${long}" is longer than ${tagLengthMax} characters`);
  return tags;
}

function rollbackFlag(given: unknown): boolean | undefined {
  if (given === undefined || given === null) return undefined;
  const text = pythonStr(given).toLowerCase();
  if (text === 'true') return true;
  if (text === 'false') return false;
  throw new HeatError(400, 'ValueError', null);
}

/** Throws StackValidationFailed, or 400 when there is none. */
export function stackNameOf(body: JsonObject): string {
  const name = body['stack_name'];
  if (name === undefined || name === null) throw badRequest('No stack name specified');
  if (typeof name !== 'string') throw new TemplateRefusal(`Invalid stack name ${pythonStr(name)}, must be a string`);
  if (/^[a-zA-Z][a-zA-Z0-9_.-]{0,254}$/.test(name)) return name;
  throw new TemplateRefusal(
    `Invalid stack name ${name} must contain only alphanumeric or "_-." characters, must start with alpha and must be 255 characters or less.`,
  );
}

export const clearedParameters = (body: JsonObject): string[] => (Array.isArray(body['clear_parameters']) ? body['clear_parameters'].map(String) : []);
export const hasConverge = (body: JsonObject): boolean => textAt(body, 'converge') !== undefined || typeof body['converge'] === 'boolean';
