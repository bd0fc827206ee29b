import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Answer, Exchange, Json, Recording } from './exchange.js';

// Both `dist/` and Jest run from the repository's root.
const folder = path.resolve('test/golden/openstack/recorded');

export function readRecordings(): readonly Recording[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => JSON.parse(readFileSync(path.join(folder, file), 'utf8')) as Recording);
}

export function recordingOf(exchange: Exchange, answer: Answer): Recording {
  const { name, service, actor, method, path: templatedPath, headers, body, rawBody } = exchange;
  const sent: Json | undefined = rawBody ?? body;
  const request = { method, path: templatedPath, ...(headers ? { headers } : {}), ...(sent === undefined ? {} : { body: sent }) };
  return { name, service, actor, request, response: answer };
}

/** Replaces all recordings; the files are numbered in the order given. */
export function writeRecordings(recordings: readonly Recording[]): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const [index, recording] of recordings.entries()) {
    writeFileSync(path.join(folder, `${String(index + 1).padStart(3, '0')}-${recording.name}.json`), `${JSON.stringify(recording, null, 1)}\n`);
  }
}
