import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

export interface Recording {
  file: string;
  as: string;
  method: string;
  path: string;
  headers: Record<string, string>;
  body: unknown;
  response: RecordedAnswer;
}

export interface RecordedAnswer {
  status: number;
  headers: Record<string, string | undefined>;
  body?: unknown;
  bodyText?: string;
  /** Documents of a stream; some recorders kept the time of each beside it. */
  frames?: unknown[];
}

const folder = join(import.meta.dirname, '../../../golden/kubernetes');

export const recordingNames = (): string[] => readdirSync(folder).filter((name) => name.endsWith('.json')).map((name) => name.replace(/\.json$/, ''));

interface RawRecording {
  request: { as?: string; method: string; path: string; headers?: Record<string, string>; body?: unknown };
  response: RecordedAnswer;
}

/** The recording whose name begins with this prefix and a dash: `64`, `x5`. */
export function recording(prefix: string): Recording {
  const file = recordingNames().find((name) => name.startsWith(`${prefix}-`));
  if (file === undefined) throw new Error(`no recording ${prefix}`);
  const { request, response } = JSON.parse(readFileSync(join(folder, `${file}.json`), 'utf8')) as RawRecording;
  const { accept, 'content-type': contentType, authorization } = request.headers ?? {};
  const headers = {
    ...(accept !== undefined && { accept }),
    ...(contentType !== undefined && { 'content-type': contentType }),
    ...(authorization !== undefined && { authorization }),
    'user-agent': 'golden-replay',
  };
  return { file, as: request.as ?? 'admin', method: request.method, path: request.path, headers, body: request.body, response };
}
