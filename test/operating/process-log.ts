import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Environment } from '../../src/launch/environment.js';
import { until } from '../support/until.js';

export interface LogLine {
  readonly level: number;
  readonly name: string;
  readonly message: string;
  readonly [field: string]: unknown;
}

/** Everything a role's processes have printed so far, as it stands in the file. */
export const logText = ({ logFolder }: Pick<Environment, 'logFolder'>, role: string): string => readFileSync(join(logFolder, `${role}.log`), 'utf8');

/** The same as objects; throws at a line that is no JSON. A last line that is being written is left out. */
export const logLines = (environment: Pick<Environment, 'logFolder'>, role: string): LogLine[] =>
  logText(environment, role)
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as LogLine);

/** The first line of a role's log that fits, once it is there. */
export async function untilLogged(environment: Pick<Environment, 'logFolder'>, role: string, fits: (line: LogLine) => boolean, what: string): Promise<LogLine> {
  let found: LogLine | undefined;
  await until(
    () => {
      found = logLines(environment, role).find(fits);
      return found !== undefined;
    },
    { deadlineMs: 60_000, everyMs: 50, what },
  );
  if (!found) throw new Error(`no line: ${what}`);
  return found;
}
