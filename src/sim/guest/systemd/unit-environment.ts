import type { ScratchRoot } from '../scratch-root.js';
import { splitWords } from './command-line.js';
import type { ServiceUnit } from './unit-file.js';

/** `Environment=` first, then `EnvironmentFile=` over it. Throws when a file that is not optional (`-`) is missing. */
export function unitEnvironment(root: ScratchRoot, unit: ServiceUnit): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const { text } of unit.environment.flatMap((line) => splitWords(line))) assign(environment, text);
  for (const entry of unit.environmentFiles) {
    const path = entry.replace(/^-/u, '');
    const content = root.readIfPresent(path);
    if (content === undefined && !entry.startsWith('-')) throw new Error(`Failed to load environment files: ${path}: No such file or directory`);
    for (const line of (content ?? '').split('\n')) {
      if (!/^\s*[A-Za-z_]\w*=/u.test(line)) continue;
      const value = line.slice(line.indexOf('=') + 1).trim();
      environment[line.slice(0, line.indexOf('=')).trim()] = unquote(value);
    }
  }
  return environment;
}

function assign(environment: Record<string, string>, text: string): void {
  const equals = text.indexOf('=');
  if (equals > 0) environment[text.slice(0, equals)] = text.slice(equals + 1);
}

/** EnvironmentFile takes shell-like quotes and no expansion. */
function unquote(value: string): string {
  const single = /^'([^]*)'$/u.exec(value)?.[1];
  if (single !== undefined) return single.replaceAll(`'\\''`, "'");
  const double = /^"([^]*)"$/u.exec(value)?.[1];
  return double === undefined ? value : double.replaceAll(/\\(["\\$`])/gu, '$1');
}
