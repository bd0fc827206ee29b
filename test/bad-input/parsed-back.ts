import { spawnSync } from 'node:child_process';
import { isMap, isScalar, isSeq, parseAllDocuments } from 'yaml';

/** What a shell that sources the text has in its environment afterwards: the real bash, with nothing else in it. */
export function readByBash(text: string): Record<string, string> {
  const { status, stdout, stderr } = spawnSync('env', ['-i', 'bash', '--norc', '--noprofile', '-euo', 'pipefail', '-c', 'set -a; . <(cat); set +a; exec env -0'], { input: text });
  if (status !== 0 || stderr.length > 0) throw new Error(`bash: ${stderr.toString()}`);
  const entries = stdout.toString().split('\0').filter((entry) => entry !== '');
  const variables = entries.map((entry): [string, string] => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)]);
  // Bash's own.
  return Object.fromEntries(variables.filter(([name]) => !['_', 'PWD', 'SHLVL'].includes(name)));
}

/**
 * What systemd reads from the same text as an EnvironmentFile, by its documented rules (systemd.exec) as its parser has
 * them: quotes count where a value begins or right after a closing quote; once text without quotes has begun, they do not.
 */
export function readBySystemd(text: string): Record<string, string> {
  const variables: Record<string, string> = {};
  let rest = text;
  while (rest !== '') {
    const assignment = /^[ \t\n\r]*([A-Za-z_][A-Za-z0-9_]*)=/.exec(rest);
    if (!assignment) {
      if (/^\s*$/.test(rest)) break;
      throw new Error(`systemd would not take ${JSON.stringify(rest)}`);
    }
    const value = valueBySystemd(rest.slice(assignment[0].length));
    variables[assignment[1] ?? ''] = value.text;
    rest = value.rest;
  }
  return variables;
}

function valueBySystemd(source: string): { text: string; rest: string } {
  let text = '';
  let state: 'before' | 'plain' | 'escaped' | 'single' | 'double' | 'double-escaped' = 'before';
  for (const [index, character] of Array.from(source).entries()) {
    switch (state) {
      case 'before':
        if (character === '\n' || character === '\r') return { text, rest: Array.from(source).slice(index).join('') };
        if (character === "'") state = 'single';
        else if (character === '"') state = 'double';
        else if (character === '\\') state = 'escaped';
        else if (character !== ' ' && character !== '\t') {
          state = 'plain';
          text += character;
        }
        break;
      case 'plain':
        if (character === '\n' || character === '\r') return { text: text.replace(/[ \t]+$/, ''), rest: Array.from(source).slice(index).join('') };
        if (character === '\\') state = 'escaped';
        else text += character;
        break;
      case 'escaped':
        if (character !== '\n') text += character;
        state = 'plain';
        break;
      case 'single':
        if (character === "'") state = 'before';
        else text += character;
        break;
      case 'double':
        if (character === '"') state = 'before';
        else if (character === '\\') state = 'double-escaped';
        else text += character;
        break;
      case 'double-escaped':
        if (!'"\\`$'.includes(character) && character !== '\n') text += '\\';
        if (character !== '\n') text += character;
        state = 'double';
        break;
    }
  }
  if (state === 'single' || state === 'double') throw new Error('a quote has no end');
  return { text, rest: '' };
}

/** The documents of a YAML text, which must mean the same in YAML 1.1 and 1.2 and hold no alias, tag or directive. */
export function readYaml(text: string): unknown[] {
  if (/[^\n\u0020-\u007e]/.test(text)) throw new Error('the YAML is not plain ASCII');
  const [old, young] = (['1.1', '1.2'] as const).map((version) => {
    const documents = parseAllDocuments(text, { version, uniqueKeys: true });
    if (!Array.isArray(documents)) throw new Error('there is no document');
    return documents.map((document) => {
      if (document.errors.length + document.warnings.length > 0) throw new Error(`YAML ${version}: ${[...document.errors, ...document.warnings].join()}`);
      refuseTags(document.contents);
      return document.toJS() as unknown;
    });
  });
  if (JSON.stringify(old) !== JSON.stringify(young)) throw new Error(`YAML 1.1 and 1.2 read different things: ${JSON.stringify(old)} and ${JSON.stringify(young)}`);
  return old ?? [];
}

function refuseTags(node: unknown): void {
  if (isMap(node)) {
    for (const pair of node.items) {
      refuseTags(pair.key);
      refuseTags(pair.value);
    }
  } else if (isSeq(node)) node.items.forEach(refuseTags);
  else if (!isScalar(node) && node !== null) throw new Error('the YAML holds an alias');
  if ((isMap(node) || isSeq(node) || isScalar(node)) && node.tag !== undefined && !node.tag.startsWith('tag:yaml.org,2002:')) throw new Error(`the YAML holds the tag ${node.tag}`);
}

/** What PyYAML, which cloud-init reads with, makes of each text. */
export function readByPyYaml(texts: readonly string[]): unknown[] {
  const program = 'import json, sys, yaml\nprint(json.dumps([yaml.safe_load(text) for text in json.load(sys.stdin)]))';
  const { status, stdout, stderr, error } = spawnSync('/usr/bin/python3', ['-c', program], { input: JSON.stringify(texts), maxBuffer: 256 * 1024 * 1024 });
  if (error) throw error;
  if (status !== 0) throw new Error(`PyYAML: ${stderr.toString()}`);
  return JSON.parse(stdout.toString()) as unknown[];
}
