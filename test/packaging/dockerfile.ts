import { readFileSync } from 'node:fs';

export interface Instruction {
  readonly word: string;
  readonly text: string;
}

/** The instructions of a Dockerfile, one list a stage, the first of each being FROM. Continuation lines are joined. */
export function readStages(file: string): Instruction[][] {
  const stages: Instruction[][] = [];
  const lines = readFileSync(file, 'utf8').replaceAll('\\\n', ' ').split('\n');
  for (const line of lines) {
    const [, word, text] = /^([A-Z]+)\s+(.*)$/.exec(line) ?? [];
    if (word === undefined || text === undefined) continue;
    if (word === 'FROM') stages.push([]);
    stages.at(-1)?.push({ word, text });
  }
  return stages;
}

/** What a COPY takes, relative to the build stage's folder or to the sources alike, and where it goes, relative to WORKDIR. */
export function readCopy(text: string): { from: string[]; to: string } {
  const words = text.split(/\s+/).filter((word) => !word.startsWith('--'));
  const to = words.at(-1);
  if (to === undefined || words.length < 2) throw new Error(`COPY ${text} names no source and target`);
  return { from: words.slice(0, -1).map((path) => path.replace(/^\/build\//, '')), to };
}
