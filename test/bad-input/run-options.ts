import type { Parameters } from 'fast-check';

/** Requests in CI; `BAD_INPUT_REQUESTS=10000` sends more. */
const requestsInCi = 1_000;

export const requestsWanted = Number(process.env['BAD_INPUT_REQUESTS'] ?? requestsInCi);

/**
 * How fast-check runs one property. A failure prints its seed and path; with them in BAD_INPUT_SEED and BAD_INPUT_PATH (and
 * jest's -t for the test) it is replayed at once.
 */
export function runOptions<Value>(numRuns: number): Parameters<Value> {
  const seed = process.env['BAD_INPUT_SEED'];
  const path = process.env['BAD_INPUT_PATH'];
  return { numRuns, ...(seed === undefined ? {} : { seed: Number(seed) }), ...(path === undefined ? {} : { path, endOnFailure: true }) };
}
