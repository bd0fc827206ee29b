export interface UnitCommand {
  path: string;
  /** argv[0] is not part of it. */
  args: string[];
  /** The `-` prefix: a failure counts as success. */
  ignoreFailure: boolean;
}

/**
 * Splits an `Exec…=` line by systemd's rules: quotes, backslash escapes, the prefixes `-@:+!`, `${NAME}` as one word and
 * `$NAME` split at white space. Throws with a sentence when the line is malformed.
 */
export function parseUnitCommand(line: string, environment: Record<string, string>): UnitCommand {
  const prefixes = /^[-@:+!]*/u.exec(line)?.[0] ?? '';
  const expand = !prefixes.includes(':');
  const words = splitWords(line.slice(prefixes.length)).flatMap((word) => (expand ? expandWord(word, environment) : [word.text]));
  const [path, ...rest] = words;
  if (path === undefined || path === '') throw new Error(`Executable name is missing in "${line}"`);
  const args = prefixes.includes('@') ? rest.slice(1) : rest;
  return { path, args, ignoreFailure: prefixes.includes('-') };
}

interface Word {
  text: string;
  quoted: boolean;
}

/** Words of a line with quotes and C escapes taken away; also used for `Environment=`. */
export function splitWords(line: string): Word[] {
  const words: Word[] = [];
  let current: Word | undefined;
  let quote = '';
  for (let at = 0; at < line.length; at++) {
    const character = line.charAt(at);
    if (character === '\\') {
      at += 1;
      current = { text: (current?.text ?? '') + unescape(line.charAt(at)), quoted: current?.quoted ?? false };
    } else if (quote !== '') {
      if (character === quote) quote = '';
      else if (current) current.text += character;
    } else if ((character === '"' || character === "'") && (current === undefined || current.text.endsWith('='))) {
      quote = character;
      current = { text: current?.text ?? '', quoted: true };
    } else if (/\s/u.test(character)) {
      if (current) words.push(current);
      current = undefined;
    } else current = { text: (current?.text ?? '') + character, quoted: current?.quoted ?? false };
  }
  if (quote !== '') throw new Error(`Unbalanced quoting in "${line}"`);
  if (current) words.push(current);
  return words;
}

function unescape(character: string): string {
  const escapes: Record<string, string> = { n: '\n', t: '\t', s: ' ' };
  return escapes[character] ?? character;
}

function expandWord({ text, quoted }: Word, environment: Record<string, string>): string[] {
  const whole = /^\$([A-Za-z_]\w*)$/u.exec(text)?.[1];
  if (whole !== undefined && !quoted) return (environment[whole] ?? '').split(/\s+/u).filter((word) => word !== '');
  const expanded = text.replaceAll(/\$\$|\$\{([A-Za-z_]\w*)\}|\$([A-Za-z_]\w*)/gu, (match, braced: string | undefined, bare: string | undefined) => {
    if (match === '$$') return '$';
    return environment[braced ?? bare ?? ''] ?? '';
  });
  return [expanded];
}
