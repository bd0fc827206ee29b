import { describe, expect, it } from '@jest/globals';
import { operations } from '../../src/conductor/operations.js';
import { configSchema } from '../../src/config/config.js';
import { operationKinds } from '../../src/domain/operation-state.js';

const required = { DATABASE_URL: 'postgres://127.0.0.1/x', OS_AUTH_URL: 'http://127.0.0.1/v3', OS_USERNAME: 'u', OS_PASSWORD: 'p' };
const defaults = configSchema.parse(required);

/** Two weeks: longer than any wait that still deserves the name. */
const longestMs = 14 * 24 * 3_600_000;

describe.each(operationKinds.map((kind) => ({ kind, operation: operations[kind] })))('$kind', ({ kind, operation }) => {
  it('is known under its own name', () => {
    expect(operation.kind).toBe(kind);
  });

  it('has steps with a name of their own and a deadline each', () => {
    const names = operation.steps.map(({ name }) => name);
    expect(names.length).toBeGreaterThan(0);
    expect(new Set(names).size).toBe(names.length);
    expect(operation.steps.filter(({ timeoutMs }) => !(timeoutMs(defaults) > 0 && timeoutMs(defaults) <= longestMs))).toEqual([]);
  });
});
