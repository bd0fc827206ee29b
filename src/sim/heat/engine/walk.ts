/** A walk under way. */
export interface Walk {
  /** Resolves when everything is done; rejects with the first failure, at once, though other work may still go on. */
  finished: Promise<void>;
  /** Resolves (never rejects) when no work goes on any more. */
  settled: Promise<void>;
}

/**
 * Does the work of every key once all keys that it needs are done, side by side as far as that allows. After a failure nothing
 * new is begun. Needs that nobody can meet (a circle, a key that is not there) do not hold anything up.
 */
export function walk(needs: ReadonlyMap<string, ReadonlySet<string>>, work: (key: string) => Promise<void>): Walk {
  const done = new Set<string>();
  const begun = new Set<string>();
  const running = new Set<Promise<void>>();
  let hasFailed = false;
  let finish: () => void = () => undefined;
  let fail: (reason: unknown) => void = () => undefined;
  let settle: () => void = () => undefined;
  const finished = new Promise<void>((resolve, reject) => {
    finish = resolve;
    fail = reject;
  });
  const settled = new Promise<void>((resolve) => {
    settle = resolve;
  });

  const begin = (key: string): void => {
    begun.add(key);
    const task = work(key)
      .then(
        () => void done.add(key),
        (reason: unknown) => {
          hasFailed = true;
          fail(reason);
        },
      )
      .then(() => {
        running.delete(task);
        next();
      });
    running.add(task);
  };

  const next = (): void => {
    const waiting = [...needs.keys()].filter((key) => !begun.has(key));
    if (!hasFailed) {
      const ready = waiting.filter((key) => [...(needs.get(key) ?? [])].every((needed) => done.has(needed) || !needs.has(needed)));
      for (const key of ready) begin(key);
      const [stuck] = waiting;
      if (ready.length === 0 && running.size === 0 && stuck !== undefined) {
        begin(stuck);
        return;
      }
    }
    if (running.size > 0) return;
    if (!hasFailed) finish();
    settle();
  };
  next();
  return { finished, settled };
}
