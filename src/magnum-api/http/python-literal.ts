export type PythonValue = string | number | boolean | null | PythonValue[] | { [key: string]: PythonValue };

export type ParsedLiteral = { readonly ok: true; readonly value: PythonValue } | { readonly ok: false; readonly problem: string };

const depthMax = 20;
const simpleEscapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f', v: '\v', a: '\u0007', '0': '\u0000', '\\': '\\', "'": "'", '"': '"', '\n': '' };
const hexEscapeLengths: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

/**
 * Reads what Python prints for strings, numbers, True/False/None, lists, tuples and dicts: Magnum's clients send objects
 * in PATCH bodies in this form. JSON's true, false and null are read as well. Keys become texts.
 */
export function parsePythonLiteral(source: string): ParsedLiteral {
  const reader = new LiteralReader(source);
  try {
    return { ok: true, value: reader.readAll() };
  } catch (error) {
    if (error instanceof LiteralProblem) return { ok: false, problem: error.message };
    throw error;
  }
}

class LiteralProblem extends Error {}

class LiteralReader {
  private position = 0;
  private depth = 0;

  constructor(private readonly source: string) {}

  readAll(): PythonValue {
    const value = this.readValue();
    this.skipBlanks();
    if (this.position < this.source.length) this.fail('unexpected text');
    return value;
  }

  private readValue(): PythonValue {
    this.skipBlanks();
    const next = this.source.charAt(this.position);
    if (next === "'" || next === '"') return this.readString(next);
    if (next === '{') return this.nested(() => this.readDict());
    if (next === '[') return this.nested(() => this.readSequence(']'));
    if (next === '(') return this.nested(() => this.readSequence(')'));
    return this.readWord();
  }

  private nested<Value>(read: () => Value): Value {
    if (++this.depth > depthMax) this.fail('nested too deeply');
    this.position += 1;
    const value = read();
    this.depth -= 1;
    return value;
  }

  private readDict(): { [key: string]: PythonValue } {
    const entries: [string, PythonValue][] = [];
    while (!this.takes('}')) {
      const key = this.readValue();
      if (typeof key === 'object' && key !== null) this.fail('a key must be a scalar');
      // Objects cannot hold it like any other member: it would be lost without a word.
      if (key === '__proto__') this.fail('a key must not be __proto__');
      this.expect(':');
      entries.push([String(key), this.readValue()]);
      if (!this.takes(',')) {
        this.expect('}');
        break;
      }
    }
    return Object.fromEntries(entries);
  }

  private readSequence(end: ']' | ')'): PythonValue[] {
    const items: PythonValue[] = [];
    while (!this.takes(end)) {
      items.push(this.readValue());
      if (!this.takes(',')) {
        this.expect(end);
        break;
      }
    }
    return items;
  }

  private readWord(): PythonValue {
    const match = /^(?:True|true|False|false|None|null|[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)(?![\w.])/.exec(this.source.slice(this.position, this.position + 64));
    const [word] = match ?? [];
    if (word === undefined) return this.fail('expected a value');
    this.position += word.length;
    if (word.toLowerCase() === 'true') return true;
    if (word.toLowerCase() === 'false') return false;
    return word === 'None' || word === 'null' ? null : Number(word);
  }

  private readString(quote: string): string {
    let text = '';
    for (this.position += 1; this.position < this.source.length; this.position += 1) {
      const character = this.source.charAt(this.position);
      if (character === quote) {
        this.position += 1;
        return text;
      }
      if (character === '\n') this.fail('a text may not go over the end of a line');
      text += character === '\\' ? this.readEscape() : character;
    }
    return this.fail('a text has no end');
  }

  /** Leaves the position on the last character of the escape. */
  private readEscape(): string {
    this.position += 1;
    const letter = this.source.charAt(this.position);
    const simple = simpleEscapes[letter];
    if (simple !== undefined) return simple;
    const digits = hexEscapeLengths[letter];
    if (digits === undefined) return `\\${letter}`;
    const hex = this.source.slice(this.position + 1, this.position + 1 + digits);
    const code = /^[0-9a-fA-F]+$/.test(hex) && hex.length === digits ? parseInt(hex, 16) : Number.NaN;
    if (!(code <= 0x10ffff)) this.fail('a broken escape');
    this.position += digits;
    return String.fromCodePoint(code);
  }

  private takes(character: string): boolean {
    this.skipBlanks();
    if (this.source.charAt(this.position) !== character) return false;
    this.position += 1;
    return true;
  }

  private expect(character: string): void {
    if (!this.takes(character)) this.fail(`expected ${character}`);
  }

  private skipBlanks(): void {
    while (/\s/.test(this.source.charAt(this.position))) this.position += 1;
  }

  private fail(problem: string): never {
    throw new LiteralProblem(`${problem} at character ${this.position + 1}`);
  }
}
