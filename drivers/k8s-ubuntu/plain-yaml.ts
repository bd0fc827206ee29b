import { Document, visit, type Tags } from 'yaml';

/**
 * YAML that PyYAML (cloud-init), Go's parsers (kubeadm) and YAML 1.2 read alike: ASCII only, because they differ about which
 * other characters end a line or are no text, and texts in quotes unless they begin like a word or a path, because they
 * differ about 0o7, 1_000, = and <<. Texts of several lines stay readable.
 */
export function plainYaml(value: unknown): string {
  // With its merge tag the library writes << without quotes whatever it is told.
  const customTags = (tags: Tags): Tags => tags.filter((tag) => typeof tag === 'string' || tag.tag !== 'tag:yaml.org,2002:merge');
  const document = new Document(value, { version: '1.1', customTags });
  visit(document, {
    Scalar: (_, scalar) => {
      if (typeof scalar.value === 'string' && !readsAlike(scalar.value)) scalar.type = 'QUOTE_DOUBLE';
    },
  });
  // What is not ASCII stands in double quotes now, where it may be escaped.
  return document.toString({ lineWidth: 0 }).replace(/[^\n\u0020-\u007e]/gu, escaped);
}

const readsAlike = (text: string): boolean => /^[\n\u0020-\u007e]*$/.test(text) && (text.includes('\n') || /^[A-Za-z/]/.test(text));

function escaped(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const hex = code.toString(16);
  if (code > 0xffff) return `\\U${hex.padStart(8, '0')}`;
  return code > 0xff ? `\\u${hex.padStart(4, '0')}` : `\\x${hex.padStart(2, '0')}`;
}
