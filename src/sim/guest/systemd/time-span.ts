const unitMilliseconds: Record<string, number> = {
  ms: 1, msec: 1, s: 1000, sec: 1000, second: 1000, seconds: 1000, '': 1000,
  m: 60_000, min: 60_000, minute: 60_000, minutes: 60_000, h: 3_600_000, hr: 3_600_000, hour: 3_600_000, hours: 3_600_000, d: 86_400_000, day: 86_400_000, days: 86_400_000,
};

/** A span as systemd.time(7) writes it (`90`, `1min 30s`, `infinity`) in milliseconds; undefined when it is none. */
export function parseTimeSpan(text: string): number | undefined {
  if (text.trim() === 'infinity') return Number.POSITIVE_INFINITY;
  const parts = [...text.matchAll(/\s*(\d+(?:\.\d+)?)\s*([a-z]*)/gu)];
  if (parts.length === 0 || parts.map(([part]) => part).join('').trim() !== text.trim()) return undefined;
  let total = 0;
  for (const [, count, unit] of parts) {
    const factor = unitMilliseconds[unit ?? ''];
    if (factor === undefined) return undefined;
    total += Number(count) * factor;
  }
  return total;
}
