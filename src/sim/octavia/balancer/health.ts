/** What the last look at each pool member found. */
export class Health {
  private readonly seen = new Map<string, { passes: boolean; at: number }>();

  record(memberId: string, passes: boolean): void {
    this.seen.set(memberId, { passes, at: Date.now() });
  }

  /** Undefined before the first look. */
  lastSeen(memberId: string): boolean | undefined {
    return this.seen.get(memberId)?.passes;
  }

  /** The last finding if it is not older than `ms` milliseconds. */
  seenWithin(memberId: string, ms: number): boolean | undefined {
    const finding = this.seen.get(memberId);
    return finding && Date.now() - finding.at <= ms ? finding.passes : undefined;
  }

  keepOnly(memberIds: ReadonlySet<string>): void {
    for (const id of this.seen.keys()) if (!memberIds.has(id)) this.seen.delete(id);
  }
}
