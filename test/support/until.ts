import { setTimeout as pause } from 'node:timers/promises';

/** Waits until `condition` holds; throws when the deadline passes first. */
export async function until(condition: () => boolean | Promise<boolean>, { deadlineMs = 25_000, everyMs = 25, what }: { deadlineMs?: number; everyMs?: number; what: string }): Promise<void> {
  const end = Date.now() + deadlineMs;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`Waited ${deadlineMs} ms in vain for ${what}.`);
    await pause(everyMs);
  }
}
