/** Options and operands of a command line, for stand-ins that take few of both. */
export interface CommandLine {
  /** Long and short names without dashes; an option without a value holds `true`, a repeated one its values in order. */
  options: Map<string, (string | true)[]>;
  operands: string[];
}

/** A command line that the real command refuses; the message is what it prints. */
export class UsageError extends Error {}

/**
 * Splits arguments by a table of the options that the command knows: `value` ones take the next word or what follows
 * `=`. Throws a UsageError for any other option: what is not simulated must be seen, not skipped.
 */
export function parseOptions(args: string[], known: Record<string, 'flag' | 'value'>): CommandLine {
  const line: CommandLine = { options: new Map(), operands: [] };
  const add = (name: string, value: string | true): void => {
    line.options.set(name, [...(line.options.get(name) ?? []), value]);
  };
  for (let at = 0; at < args.length; at++) {
    const word = args[at] ?? '';
    if (word === '--') {
      line.operands.push(...args.slice(at + 1));
      break;
    }
    if (!word.startsWith('-') || word === '-') {
      line.operands.push(word);
      continue;
    }
    const [, name = '', inline] = /^--?([^=]+)(?:=([^]*))?$/u.exec(word) ?? [];
    if (known[name] === 'flag') add(name, inline ?? true);
    else if (known[name] === 'value') {
      const value = inline ?? args[(at += 1)];
      if (value === undefined) throw new UsageError(`option '${word}' requires an argument`);
      add(name, value);
    } else if (!word.startsWith('--') && word.length > 2) {
      // Short options in one word: -qm0 is -q -m 0.
      const rest = word.slice(2);
      const first = word.charAt(1);
      if (known[first] === 'flag') {
        add(first, true);
        args.splice(at + 1, 0, `-${rest}`);
      } else if (known[first] === 'value') add(first, rest);
      else throw new UsageError(`unrecognized option '${word}'`);
    } else throw new UsageError(`unrecognized option '${word}'`);
  }
  return line;
}

/** The last value of the first of these names that is present. */
export function optionValue(line: CommandLine, ...names: string[]): string | undefined {
  for (const name of names) {
    const value = line.options.get(name)?.at(-1);
    if (typeof value === 'string') return value;
  }
  return undefined;
}

export const hasOption = (line: CommandLine, ...names: string[]): boolean => names.some((name) => line.options.has(name));
