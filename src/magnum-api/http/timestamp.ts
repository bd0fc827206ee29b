/** Magnum's form of a date: `2026-01-31T10:20:30+00:00`; gophercloud parses RFC 3339 strictly. */
export const timestamp = (date: Date): string => `${date.toISOString().slice(0, 19)}+00:00`;

export const timestampOrNull = (date: Date | null): string | null => (date === null ? null : timestamp(date));
