import { setTimeout as delay } from 'node:timers/promises';

/** Looks again until the look yields something, and returns that. @throws Error that names the condition after the deadline. */
export async function eventually<T>(condition: string, look: () => Promise<T | undefined | false> | T | undefined | false, deadlineMs = 10_000): Promise<T> {
  const end = Date.now() + deadlineMs;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > end) throw new Error(`not in ${deadlineMs} ms: ${condition}`);
    await delay(10);
  }
}
