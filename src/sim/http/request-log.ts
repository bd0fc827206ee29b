/** One call from outside, as `GET /requests` of the admin listener shows it. */
export interface LoggedRequest {
  seq: number;
  at: string;
  service: string;
  method: string;
  path: string;
  status: number;
  ms: number;
  user_id: string | null;
  /** What the caller calls its request, and what it calls itself. */
  request_id: string | null;
  user_agent: string | null;
}

/** Enough for a scale run of some minutes; older calls are forgotten. */
const kept = 20_000;

/** The last calls from outside, numbered from 1 without gaps. */
export class RequestLog {
  private entries: LoggedRequest[] = [];
  private lastSeq = 0;

  add(entry: Omit<LoggedRequest, 'seq'>): void {
    this.entries.push({ seq: ++this.lastSeq, ...entry });
    // Dropped in blocks, because shifting a long array on every call costs more than the memory.
    if (this.entries.length >= kept + 2000) this.entries = this.entries.slice(-kept);
  }

  /** Entries with a number above `seq`, oldest first. */
  since(seq: number): LoggedRequest[] {
    return this.entries.slice(-kept).filter((entry) => entry.seq > seq);
  }
}
