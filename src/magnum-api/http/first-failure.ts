/** Like Promise.all, but the failure reported is the first in the list, whichever came quicker; all have ended then. */
export async function allOrFirstFailure<const Checks extends readonly unknown[]>(checks: Checks): Promise<{ -readonly [Index in keyof Checks]: Awaited<Checks[Index]> }> {
  const settled = await Promise.allSettled(checks);
  const failure = settled.find((result) => result.status === 'rejected');
  if (failure) throw failure.reason;
  return Promise.all(checks);
}
