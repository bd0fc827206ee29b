import fc from 'fast-check';
import { apiDocument } from './openapi.js';
import { jsonObject, oddJson, type JsonText } from './hostile-json.js';
import { hostileText } from './hostile-text.js';

const attributes = [...new Set(['ClusterTemplate', 'Cluster'].flatMap((name) => Object.keys(apiDocument.components.schemas[name]?.properties ?? {})))];
const deeper = ['labels', 'health_status_reason', 'links', 'node_addresses', 'name', 'faults'];
const keys = fc.oneof(fc.constantFrom('a', 'own', 'kube_tag', 'constructor', 'prototype', '__proto__', 'toString', 'length', '0', '-', '99999', 'api'), hostileText);

const path: fc.Arbitrary<JsonText> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...attributes).map((name) => JSON.stringify(`/${name}`)) },
  { weight: 3, arbitrary: fc.tuple(fc.constantFrom(...deeper), fc.array(keys, { minLength: 1, maxLength: 3 })).map((parts) => JSON.stringify(`/${parts.flat().join('/')}`)) },
  { weight: 1, arbitrary: fc.oneof(fc.constantFrom('""', '"/"', '"//"', '"name"', '"/~0~1"', '"/~2"', '"/a/"'), oddJson) },
);

const literals = ["{'a': 'b'}", "{'a': 1, 'b': None}", "{'a': '\\0'}", "{'a': '\\ud800'}", '{}', "{'a': {'b': 'c'}}", '[1, 2]', "{'__proto__': 'x'}", '{1: 2}', '('.repeat(5000), "{'a': 1e400}"];
const value: fc.Arbitrary<JsonText> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom('"x"', '"a\\u0000"', '"\\ud800"', '1', '0', 'true', '"True"', '"UNHEALTHY"', '"m1.small"', '"ubuntu-2404-kube-v1.32.4"', '"public"', '"unused"') },
  { weight: 2, arbitrary: fc.constantFrom(...literals).map((text) => JSON.stringify(text)) },
  { weight: 2, arbitrary: oddJson },
);

const operation: fc.Arbitrary<JsonText> = fc
  .tuple(fc.constantFrom('"add"', '"replace"', '"remove"', '"add"', '"replace"', '"move"', '"test"', '"copy"', 'null'), path, fc.option(value, { nil: undefined, freq: 6 }), fc.constantFrom(0, 0, 0, 0, 1))
  .map(([op, where, what, stray]) => jsonObject([['op', op], ['path', where], ...(what === undefined ? [] : [['value', what] as const]), ...(stray === 0 ? [] : [['from', '"/name"'] as const])]));

/** Bodies of PATCH: lists of operations, as JSON. */
export const hostilePatch: fc.Arbitrary<JsonText> = fc.oneof(
  { weight: 6, arbitrary: operation.map((single) => `[${single}]`) },
  { weight: 3, arbitrary: fc.array(operation, { maxLength: 3 }).map((operations) => `[${operations.join(',')}]`) },
  { weight: 1, arbitrary: operation },
  { weight: 1, arbitrary: fc.constantFrom(`[${'{"op":"replace","path":"/name","value":"x"},'.repeat(1000)}{"op":"remove","path":"/name"}]`, '[[]]', '[null]') },
);
