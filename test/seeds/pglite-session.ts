import { PGlite, protocol } from '@electric-sql/pglite';
import pg from 'pg';

/** The answer of a statement in the shape that node-postgres gives it. */
export interface StatementResult {
  readonly command: string;
  readonly rowCount: number | null;
  readonly rows: Record<string, unknown>[];
}

/** An error of PostgreSQL with the fields that node-postgres copies from it. */
class StatementError extends Error {
  constructor(message: string, fields: object) {
    super(message);
    Object.assign(this, fields);
  }
}

interface BackendMessage {
  readonly name: string;
}
interface RowDescription extends BackendMessage {
  readonly fields: readonly { readonly name: string; readonly dataTypeID: number }[];
}
interface DataRow extends BackendMessage {
  readonly fields: readonly (string | null)[];
}
interface CommandComplete extends BackendMessage {
  readonly text: string;
}

const { serialize } = protocol;

/** PostgreSQL inside this process: one session, which answers as node-postgres would. */
export class PgliteSession {
  private constructor(private readonly database: PGlite) {}

  static async open(): Promise<PgliteSession> {
    const database = await PGlite.create();
    return new PgliteSession(database);
  }

  get isInTransaction(): boolean {
    return this.database.isInTransaction();
  }

  /** Throws an error as node-postgres would. */
  async run(sql: string, parameters: readonly unknown[] = []): Promise<StatementResult> {
    const messages = parameters.length === 0 ? [serialize.query(sql)] : extended(sql, parameters.map(asText));
    const answer = await this.database.execProtocol(Buffer.concat(messages), { throwOnError: false, syncToFs: false });
    return resultOf(answer.messages);
  }

  async close(): Promise<void> {
    await this.database.close();
  }
}

const extended = (sql: string, values: readonly (string | null)[]): Uint8Array[] => [
  serialize.parse({ text: sql }),
  serialize.bind({ values: [...values] }),
  serialize.describe({ type: 'P' }),
  serialize.execute({}),
  serialize.sync(),
];

function resultOf(messages: readonly BackendMessage[]): StatementResult {
  let columns: RowDescription['fields'] = [];
  let command = '';
  let rowCount: number | null = null;
  const rows: Record<string, unknown>[] = [];
  for (const message of messages) {
    if (message.name === 'error' || message instanceof Error) throw new StatementError((message as unknown as Error).message, { ...message });
    if (message.name === 'rowDescription') columns = (message as RowDescription).fields;
    if (message.name === 'dataRow') rows.push(rowOf(columns, (message as DataRow).fields));
    if (message.name === 'commandComplete') {
      const words = (message as CommandComplete).text.split(' ');
      command = words[0] ?? '';
      const count = Number(words.at(-1));
      rowCount = Number.isNaN(count) ? null : count;
    }
  }
  return { command, rowCount, rows };
}

function rowOf(columns: RowDescription['fields'], values: DataRow['fields']): Record<string, unknown> {
  const row: Record<string, unknown> = {};
  columns.forEach(({ name, dataTypeID }, index) => {
    const value = values[index] ?? null;
    row[name] = value === null ? null : (pg.types.getTypeParser(dataTypeID) as (text: string) => unknown)(value);
  });
  return row;
}

/** A parameter as node-postgres would send it. */
function asText(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (value instanceof Date) return value.toISOString();
  if (Buffer.isBuffer(value)) return `\\x${value.toString('hex')}`;
  if (Array.isArray(value)) return arrayText(value);
  return typeof value === 'object' ? JSON.stringify(value) : String(value as string | number | boolean | bigint);
}

function arrayText(values: readonly unknown[]): string {
  const items = values.map((value) => {
    if (value === null || value === undefined) return 'NULL';
    if (Array.isArray(value)) return arrayText(value);
    return `"${(asText(value) ?? '').replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
  });
  return `{${items.join(',')}}`;
}
