import { AsyncLocalStorage } from 'node:async_hooks';

/** What a line of the log is about; docs/operations.md describes each. */
export interface LogFields {
  readonly requestId?: string | undefined;
  readonly clusterId?: string | undefined;
  readonly operationId?: string | undefined;
  readonly operationKind?: string | undefined;
  readonly step?: string | undefined;
}

const current = new AsyncLocalStorage<LogFields>();

/**
 * Everything that `work` and what it awaits writes to the log carries these fields, besides those of the work around it:
 * also lines of rooms that know nothing of clusters, such as calls to OpenStack.
 */
export const withLogFields = <Result>(fields: LogFields, work: () => Result): Result => current.run({ ...current.getStore(), ...fields }, work);

/** The fields of the work that is being done now. */
export const logFields = (): LogFields => ({ ...current.getStore() });
