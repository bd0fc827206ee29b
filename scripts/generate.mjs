// Writes what is generated from the code: openapi.json, the CLI's types of it, and the configuration reference.
// Reads the build output, so `npm run generate` builds first; `npm run check` fails when the result differs.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import openapiTypeScript, { astToString } from 'openapi-typescript';
import { configSchema } from '../dist/src/config/config.js';
import { apiDocument } from '../dist/src/magnum-api/openapi/api-document.js';

const document = await apiDocument();
write('openapi.json', `${JSON.stringify(document, null, 2)}\n`);
// A default does not make a property of a request mandatory.
const types = astToString(await openapiTypeScript(document, { defaultNonNullable: false }));
write('src/api-client/api.d.ts', `// Generated from openapi.json by scripts/generate.mjs; never edited.\n${types}`);
write('docs/configuration.md', configurationReference());

/** What has not changed is left alone, its time too: others build from these files. */
function write(path, text) {
  if (existsSync(path) && readFileSync(path, 'utf8') === text) return;
  if (path.includes('/')) mkdirSync(path.slice(0, path.lastIndexOf('/')), { recursive: true });
  writeFileSync(path, text);
  console.log(`wrote ${path}`);
}

function configurationReference() {
  const rows = Object.entries(configSchema.shape).map(([name, schema]) => {
    const fallback = defaultOf(schema);
    const isOptional = fallback !== undefined || schema.safeParse(undefined).success;
    const shown = fallback === undefined ? (isOptional ? '' : '**required**') : `\`${fallback === '' ? ' ' : fallback}\``;
    return `| \`JEROBOAM_${name}\` | ${shown} | ${cell(schema.description ?? descriptionOf(schema) ?? '')} |`;
  });
  return `<!-- Generated from src/config/config.ts by scripts/generate.mjs; never edited. -->
# Configuration

Every setting comes from the environment, or without its prefix from the YAML file that \`JEROBOAM_CONFIG_FILE\` names (the environment wins). All problems are reported at once, before anything starts.

| Setting | Default | Meaning |
| --- | --- | --- |
${rows.join('\n')}
`;
}

/** The default, wherever it hides below optional, pipe and transform. */
function defaultOf(schema) {
  for (let inner = schema; inner; inner = inner.def.innerType ?? inner.def.in) {
    if (inner.def.type === 'default') return typeof inner.def.defaultValue === 'string' ? inner.def.defaultValue : JSON.stringify(inner.def.defaultValue);
  }
  return undefined;
}

function descriptionOf(schema) {
  for (let inner = schema; inner; inner = inner.def.innerType ?? inner.def.in) if (inner.description) return inner.description;
  return undefined;
}

function cell(text) {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
