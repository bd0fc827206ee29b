import fc from 'fast-check';
import { hostileText } from './hostile-text.js';

/** JSON as text, because the worst of it (equal keys, 1e400, halves of surrogate pairs) does not survive as a value. */
export type JsonText = string;

const nested = (open: string, close: string, depth: number, core = ''): JsonText => open.repeat(depth) + core + close.repeat(depth);

const oddValues: readonly JsonText[] = [
  'null', 'true', 'false', '0', '-0', '-1', '1', '1.5', '1e2', '1e400', '-1e400', '1e-400', '2147483647', '2147483648', '-2147483649', '9007199254740993', '9223372036854775808',
  '123456789012345678901234567890', '""', '" "', '"NaN"', '"Infinity"', '"1e9"', '" 7 "', '"0x10"', '"\\u0000"', '"a\\u0000b"', '"\\ud800"', '"\\udc00\\ud800"', '"\\ufeff"', '"\\u2028"',
  '[]', '[[]]', '[null]', '[1,"2",{}]', '{}', '{"a":1,"a":2}', '{"":""}', '{"__proto__":{"polluted":1}}', '{"constructor":{"prototype":{"polluted":1}}}', '{"toString":1,"valueOf":null}',
  '{"get_param":"user_data"}', '{"get_file":"/etc/passwd"}', '{"$ref":"#"}', '{"length":-1}', '{"a\\u0000":"b"}', '{"\\ud800":"b"}', '{"a":"\\ud800"}',
  nested('[', ']', 64), nested('[', ']', 20_000), nested('{"a":', '}', 64, '1'), nested('{"a":', '}', 20_000, '1'), '{"__proto__":"x"}',
];

/** Any JSON that a field was not made for. */
export const oddJson: fc.Arbitrary<JsonText> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...oddValues) },
  { weight: 3, arbitrary: hostileText.map((text) => JSON.stringify(text)) },
  { weight: 1, arbitrary: fc.json({ maxDepth: 3 }) },
  { weight: 1, arbitrary: fc.double().map((value) => (Number.isFinite(value) ? String(value) : '1e999')) },
);

/** Bodies that are no JSON, or not quite. */
export const garbage: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom('', ' ', '{', '}', '{"a"', '{"a":}', "{'a': 1}", '[1,]', 'NaN', 'undefined', '\u0000', '\ufeff{}', '{} {}', '"', '"\\u12"', '"\n"', 'a=b&c=d', '<xml/>', '--boundary', '{"a":1,}', '\u001f\u008b'),
  fc.string({ unit: 'binary', maxLength: 40 }),
);

/** An object from members in their order; equal names may come twice. */
export const jsonObject = (members: readonly (readonly [name: string, value: JsonText])[]): JsonText => `{${members.map(([name, value]) => `${JSON.stringify(name)}:${value}`).join(',')}}`;
