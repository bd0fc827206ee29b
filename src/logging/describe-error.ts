export interface DescribedError {
  readonly type: string;
  readonly message: string;
  readonly code?: string;
  readonly stack?: string;
  readonly cause?: DescribedError;
}

/** Causes of causes, and no further: a chain may be a ring. */
const depthMax = 4;

/** What a log says of an error, and nothing else that hangs on it. */
export function describeError(thrown: unknown, depth = 0): DescribedError {
  if (!isErrorLike(thrown)) return { type: typeof thrown, message: String(thrown) };
  const { code, stack, cause } = thrown;
  return {
    type: thrown.name,
    message: thrown.message,
    ...(typeof code === 'string' ? { code } : {}),
    ...(typeof stack === 'string' ? { stack } : {}),
    ...(cause === undefined || depth >= depthMax ? {} : { cause: describeError(cause, depth + 1) }),
  };
}

/** Not instanceof: an error may come from another realm. */
const isErrorLike = (thrown: unknown): thrown is { name: string; message: string; code?: unknown; stack?: unknown; cause?: unknown } =>
  typeof thrown === 'object' && thrown !== null && 'message' in thrown && typeof thrown.message === 'string' && 'name' in thrown && typeof thrown.name === 'string';
