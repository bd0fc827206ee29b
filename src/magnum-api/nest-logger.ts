import type { LoggerService } from '@nestjs/common';
import type { Logger } from 'pino';

/** Nest's own lines, in our log's form. */
export function nestLogger(log: Logger): LoggerService {
  const write =
    (level: 'debug' | 'error' | 'fatal' | 'info' | 'trace' | 'warn') =>
    (message: unknown, ...details: unknown[]): void => {
      log[level]({ details: details.map(String) }, message instanceof Error ? message.message : String(message));
    };
  return { log: write('debug'), error: write('error'), warn: write('warn'), debug: write('debug'), verbose: write('trace'), fatal: write('fatal') };
}
