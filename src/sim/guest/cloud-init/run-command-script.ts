import type { CloudCommand } from './cloud-config.js';

/** The sh script that cloud-init makes of `runcmd`: a list is one quoted command, a string is taken as it is; no command stops the next. */
export function runCommandScript(commands: CloudCommand[]): string {
  const lines = commands.map((command) => (typeof command === 'string' ? command : command.map((word) => shellQuote(String(word))).join(' ')));
  return `#!/bin/sh\n${lines.join('\n')}\n`;
}

export const shellQuote = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;
