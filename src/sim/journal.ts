import { appendFileSync, closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A named set of records that survives a SIGKILL: every change is one line appended to the journal before it is visible. */
export interface Collection<T extends { id: string }> {
  get(id: string): T | undefined;
  /** Inserts or replaces; the record must be plain JSON. Call it again after changing a record that `get` returned. */
  put(record: T): T;
  delete(id: string): void;
  values(): T[];
  find(matches: (record: T) => boolean): T | undefined;
  filter(matches: (record: T) => boolean): T[];
}

/** One record's first line. */
export interface Creation {
  readonly collection: string;
  readonly id: string;
  readonly name: string | null;
}

/** So many lines after it was last compacted the file is rewritten, or a simulator that runs for weeks would fill the disk. */
const compactAfterLinesDefault = 200_000;

const creationsKept = 50_000;

type Line = { c: string; put: { id: string } } | { c: string; del: string };

/**
 * The simulator's memory: JSON lines in one file, replayed and compacted when it is opened. `appendFileSync` hands the
 * line to the kernel before it returns, so a killed process loses nothing that a client was told (a power cut may).
 */
export class Journal {
  private readonly collections = new Map<string, Map<string, { id: string }>>();
  private readonly file: string;
  private descriptor: number;
  private linesSinceCompact = 0;
  private batch: string[] | undefined;
  private created: Creation[] = [];

  constructor(
    dataDir: string,
    private readonly compactAfterLines = compactAfterLinesDefault,
  ) {
    mkdirSync(dataDir, { recursive: true });
    this.file = join(dataDir, 'journal.jsonl');
    this.replay();
    this.compact();
    this.descriptor = openSync(this.file, 'a');
  }

  collection<T extends { id: string }>(name: string): Collection<T> {
    const records = this.recordsOf(name) as Map<string, T>;
    return {
      get: (id) => records.get(id),
      put: (record) => {
        this.append({ c: name, put: record });
        if (!records.has(record.id)) this.remember({ collection: name, id: record.id, name: nameOf(record) });
        records.set(record.id, record);
        this.compactWhenLong();
        return record;
      },
      delete: (id) => {
        if (records.delete(id)) this.append({ c: name, del: id });
        this.compactWhenLong();
      },
      values: () => [...records.values()],
      find: (matches) => [...records.values()].find(matches),
      filter: (matches) => [...records.values()].filter(matches),
    };
  }

  /**
   * All changes that `work` makes reach the disk in one write: a killed process leaves all of them or none. `work` must
   * not await. Should it throw, what it changed before is kept, as without this.
   */
  atomically<T>(work: () => T): T {
    if (this.batch) return work();
    const batch: string[] = (this.batch = []);
    try {
      return work();
    } finally {
      this.batch = undefined;
      if (batch.length > 0) this.write(batch);
      this.compactWhenLong();
    }
  }

  /** The last records that came into being since the journal was opened, also those that are gone again; oldest first. */
  creations(): readonly Creation[] {
    return this.created;
  }

  close(): void {
    closeSync(this.descriptor);
  }

  private recordsOf(name: string): Map<string, { id: string }> {
    let records = this.collections.get(name);
    if (!records) this.collections.set(name, (records = new Map<string, { id: string }>()));
    return records;
  }

  private remember(creation: Creation): void {
    this.created.push(creation);
    // Dropped in blocks, because shifting a long array costs more than the memory.
    if (this.created.length >= 2 * creationsKept) this.created = this.created.slice(-creationsKept);
  }

  private append(line: Line): void {
    const text = `${JSON.stringify(line)}\n`;
    if (this.batch) this.batch.push(text);
    else this.write([text]);
  }

  private write(lines: string[]): void {
    appendFileSync(this.descriptor, lines.join(''));
    this.linesSinceCompact += lines.length;
  }

  private compactWhenLong(): void {
    if (this.linesSinceCompact < this.compactAfterLines || this.batch) return;
    this.linesSinceCompact = 0;
    closeSync(this.descriptor);
    this.compact();
    this.descriptor = openSync(this.file, 'a');
  }

  private replay(): void {
    if (!existsSync(this.file)) return;
    for (const text of readFileSync(this.file, 'utf8').split('\n')) {
      const line = parseLine(text);
      if (!line) continue;
      const records = this.recordsOf(line.c);
      if ('put' in line) records.set(line.put.id, line.put);
      else records.delete(line.del);
    }
  }

  /** Rewrites the file with one line a record, so that it does not grow over restarts. */
  private compact(): void {
    const lines: string[] = [];
    for (const [c, records] of this.collections) for (const put of records.values()) lines.push(JSON.stringify({ c, put }));
    writeFileSync(`${this.file}.new`, lines.map((line) => `${line}\n`).join(''));
    renameSync(`${this.file}.new`, this.file);
  }
}

function nameOf(record: object): string | null {
  const { name } = record as { name?: unknown };
  return typeof name === 'string' ? name : null;
}

/** The last line may be half written when the process was killed in the middle of it: such a change was never acknowledged. */
function parseLine(text: string): Line | undefined {
  if (text === '') return undefined;
  try {
    return JSON.parse(text) as Line;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
