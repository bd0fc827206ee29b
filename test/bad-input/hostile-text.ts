import fc from 'fast-check';

/** Texts that broke a parser, a quoting rule or a database somewhere. */
export const nastyTexts: readonly string[] = [
  '', ' ', '\t', '.', '..', '../..', '/', '//', '%', '%00', '%2e%2e', '%ff', '?', '#', '&a=b', ';', ',', '-', '--', '-o', '*', '~',
  '\u0000', 'a\u0000b', '\ud800', 'a\udfffb', '\ufeff', '\u2028', '\u2029', '\u0085', '\u202e', '\u0007', '\u007f', '\r\n', 'a\nb', 'e\u0301', '😀', 'ß', '𝒳',
  "'", "''", '"', '`', '\\', "'; DROP TABLE clusters; --", "' OR 1=1 --", '$1', '$$', '{0}', '%s%n%d', '{{x}}', '${x}', '$(id)', '`id`', '<script>', '<!--', ']]>',
  'null', 'None', 'true', 'yes', 'no', 'NaN', 'Infinity', '-0', '0x10', '1e400', '1_000', '0o7', '1:30', '2026-01-01', '=', '<<', '!!python/object', '&a', '*a', '|', '>',
  '__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'get_param', 'in:a,b', 'like:%', 'undefined', '[object Object]',
  '00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-ffff-ffff-ffffffffffff', '127.0.0.1', '999.999.999.999/99', '010.0.0.0/8', '::1', 'fe80::1%eth0',
];

const codeUnits = fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 12 }).map((units) => String.fromCharCode(...units));
const longTexts = fc.tuple(fc.constantFrom('x', 'é', '😀', ' ', "'", '\\'), fc.constantFrom(243, 256, 1025, 5000, 70_000)).map(([unit, count]) => unit.repeat(count));

/** Any text that JavaScript can hold, also with halves of surrogate pairs; the well-known ones more often. */
export const hostileText: fc.Arbitrary<string> = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(...nastyTexts) },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 20 }) },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 20 }) },
  { weight: 1, arbitrary: codeUnits },
  { weight: 1, arbitrary: longTexts },
);

/** Text for a URL: bytes percent-encoded as browsers do, or characters that a client forgot to encode. */
export const hostileUrlPart: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: hostileText.map(percentEncoded) },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme-ascii', maxLength: 20 }).map((text) => text.replace(/[\s#?]/g, '')) },
  { weight: 1, arbitrary: fc.constantFrom('%', '%zz', '%f', '%ff', '%c0%ae', '%00', '%2f', '%2F..%2f', '%25', '..%2f..', '%e2%80%a8', '+', '@', ':', '%ed%a0%80') },
);

/** Each byte of the UTF-8 text that RFC 3986 does not leave alone becomes %XX; half a surrogate pair becomes U+FFFD. */
export function percentEncoded(text: string): string {
  return [...Buffer.from(text, 'utf8')].map((byte) => (/[A-Za-z0-9._~-]/.test(String.fromCharCode(byte)) ? String.fromCharCode(byte) : `%${byte.toString(16).padStart(2, '0')}`)).join('');
}

/** What a header may hold on the wire: Latin-1 without control characters. */
export const hostileHeader: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...nastyTexts).map(headerText),
  fc.string({ unit: 'grapheme-ascii', maxLength: 30 }).map(headerText),
  fc.constantFrom('x'.repeat(5000), ','.repeat(500), ';q=0'.repeat(300), '\u00ff'.repeat(10)),
);

function headerText(text: string): string {
  return text.replace(/[^\t\u0020-\u007e\u0080-\u00ff]/g, '');
}
