export interface KeptSnapshot {
  readonly name: string;
  readonly savedAt: Date;
  /** False for what a conductor left half written when it died. */
  readonly isWhole: boolean;
}

/** A snapshot that nobody finished within this time never will be (ms). */
const abandonedMs = 24 * 3_600_000;

/** Names of those that are not kept: all but the newest `keep`, and pieces that are older than a day beside the newest. */
export function snapshotsToDrop(snapshots: readonly KeptSnapshot[], keep: number): string[] {
  const newestFirst = [...snapshots].sort((one, other) => other.savedAt.getTime() - one.savedAt.getTime());
  const whole = newestFirst.filter(({ isWhole }) => isWhole);
  const newest = newestFirst[0]?.savedAt.getTime() ?? 0;
  const pieces = newestFirst.filter(({ isWhole, savedAt }) => !isWhole && newest - savedAt.getTime() > abandonedMs);
  return [...whole.slice(keep), ...pieces].map(({ name }) => name);
}
