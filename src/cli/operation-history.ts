import { z } from 'zod';

const eventSchema = z.object({
  at: z.string(),
  type: z.string(),
  step: z.string().nullish(),
  message: z.string(),
  because: z.string().nullish(),
});

/** The events of an operation, one line each: when, in which step, what, and why. */
export function historyLines(events: unknown): string[] {
  return z
    .array(eventSchema)
    .parse(events ?? [])
    .map(({ at, step, message, because }) => {
      const where = step === null || step === undefined ? '' : `${step}: `;
      const reason = because === null || because === undefined || because === '' ? '' : ` (because ${because})`;
      return `${at.slice(0, 19).replace('T', ' ')}  ${where}${message}${reason}`;
    });
}
