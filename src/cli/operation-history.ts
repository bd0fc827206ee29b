import type { Schemas } from './coe-client.js';

type Event = Pick<Schemas['Event'], 'at' | 'type' | 'step' | 'message' | 'because'>;

/** The events of an operation, one line each: when, what and why. Steps are headings of what happened in them. */
export function historyLines(events: readonly Event[]): string[] {
  return events.map(({ at, type, step, message, because }) => {
    const time = at.slice(0, 19).replace('T', ' ');
    if (type === 'step' && step !== null) return `${time}  ${step}`;
    const reason = because === null || because === '' ? '' : ` (because ${because})`;
    return `${time}  ${step === null ? '' : '  '}${message}${reason}`;
  });
}
