import { parseDocument } from 'yaml';
import { isObject, type JsonObject } from '../../json.js';
import { badRequest } from '../heat-error.js';

/**
 * Reads a template that came as text. Heat reads YAML 1.1 (so `yes` and `on` are booleans) but leaves dates as text, which
 * is why `heat_template_version: 2018-08-31` needs no quotes.
 */
export function parseTemplateText(text: string): JsonObject {
  return parseMapping(text, 'Template not in valid format: ', 'The template is not a JSON object or YAML mapping.', 'Error parsing template [root stack] ');
}

export function parseEnvironmentText(text: string): JsonObject {
  return parseMapping(text, 'Environment not in valid format: ', 'The environment is not a valid YAML mapping data type.', '');
}

function parseMapping(text: string, label: string, notMapping: string, beforeReason: string): JsonObject {
  const document = parseDocument(text, {
    version: '1.1',
    customTags: (tags) => tags.filter((tag) => typeof tag === 'string' || tag.tag !== 'tag:yaml.org,2002:timestamp'),
    logLevel: 'error',
    prettyErrors: true,
  });
  const [problem] = document.errors;
  if (problem) throw badRequest(`${label}${beforeReason}${problem.message}`);
  const value: unknown = document.toJS({ maxAliasCount: 100 });
  if (value === null && beforeReason === '') return {};
  if (!isObject(value)) throw badRequest(`${label}${notMapping}`);
  return value;
}

