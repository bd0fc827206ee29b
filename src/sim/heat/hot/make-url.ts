import { isObject, type JsonObject } from '../../json.js';
import { pythonRepr, pythonStr } from '../../python-repr.js';
import { TemplateRefusal } from '../heat-error.js';
import { EvaluationError, type HotFunction } from './function.js';

const parts = ['scheme', 'username', 'password', 'host', 'port', 'path', 'query', 'fragment'];

export const makeUrl: HotFunction = {
  since: '2017-09-01',
  check(args, path) {
    if (!isObject(args)) throw new TemplateRefusal('The arguments to "make_url" must be a map', path);
    const unknown = Object.keys(args).filter((key) => !parts.includes(key));
    if (unknown.length > 0) throw new TemplateRefusal(`Invalid arguments to "make_url": ${unknown.join(', ')}`, path);
    if (typeof args['port'] === 'string' || typeof args['port'] === 'number') {
      const refusal = refusedPort(args);
      if (refusal !== undefined) throw new TemplateRefusal(refusal, path);
    }
  },
  evaluate(args, _values, evaluate) {
    const given = evaluate(args) as JsonObject;
    const refusal = refusedPort(given);
    if (refusal !== undefined) throw new EvaluationError(refusal);
    const scheme = text(given['scheme']);
    if (scheme.includes(':')) throw new EvaluationError('URL "scheme" should not contain \':\'');
    return [
      scheme === '' ? '' : `${scheme}:`,
      authority(given),
      path(given),
      query(given['query']),
      text(given['fragment']) === '' ? '' : `#${quote(text(given['fragment']), '')}`,
    ].join('');
  },
};

function refusedPort(given: JsonObject): string | undefined {
  const port = given['port'];
  if (port === undefined || port === null || port === '') return undefined;
  const number = Number(port);
  return Number.isInteger(number) && number >= 1 && number <= 65_535
    ? undefined
    : `Invalid URL port "${pythonStr(port)}" for make_url called with ${pythonRepr(given)}`;
}

function authority(given: JsonObject): string {
  const host = text(given['host']);
  if (host === '') return '';
  const user = text(given['username']);
  const password = text(given['password']);
  const credentials = user === '' ? '' : `${quote(user, '')}${password === '' ? '' : `:${quote(password, '')}`}@`;
  const port = text(given['port']);
  return `//${credentials}${host.includes(':') && !host.startsWith('[') ? `[${host}]` : host}${port === '' ? '' : `:${port}`}`;
}

function path(given: JsonObject): string {
  const quoted = quote(text(given['path']), '/');
  return quoted !== '' && !quoted.startsWith('/') && text(given['host']) !== '' ? `/${quoted}` : quoted;
}

function query(given: unknown): string {
  if (!isObject(given) || Object.keys(given).length === 0) return '';
  const pairs = Object.entries(given).map(([key, value]) => `${plus(key)}=${plus(pythonStr(value))}`);
  return `?${pairs.join('&')}`;
}

const text = (value: unknown): string => (value === undefined || value === null ? '' : pythonStr(value));
const quote = (value: string, safe: string): string =>
  value
    .split(/([!'()* /])/)
    .map((part) => (part.length === 1 && safe.includes(part) ? part : encodeURIComponent(part).replace(/[!'()*]/g, percent)))
    .join('');
const plus = (value: string): string => quote(value, ' ').replaceAll(' ', '+');
const percent = (letter: string): string => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`;
