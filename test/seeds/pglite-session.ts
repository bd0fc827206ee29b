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
const types: { getTypeParser(oid: number): (text: string) => unknown } = pg.types;

/** PostgreSQL inside this process: one session, which answers as node-postgres would. */
export class PgliteSession {
  /** Statements that the session has planned, by their text: parsing one costs more than running it. */
  private readonly prepared = new Map<string, Prepared>();

  private constructor(private readonly database: PGlite) {}

  static async open(): Promise<PgliteSession> {
    const session = new PgliteSession(await PGlite.create());
    // Nobody ever reads this log again.
    await session.run('SET synchronous_commit = off');
    return session;
  }

  get isInTransaction(): boolean {
    return this.database.isInTransaction();
  }

  /** Throws an error as node-postgres would. */
  async run(sql: string, parameters: readonly unknown[] = []): Promise<StatementResult> {
    if (!plannable.test(sql)) return resultOf(await this.send([serialize.query(sql)]), []);
    const known = this.prepared.get(sql) ?? (await this.prepare(sql));
    return resultOf(await this.send([serialize.bind({ statement: known.name, values: parameters.map(asText) }), serialize.execute({}), serialize.sync()]), known.columns);
  }

  private async prepare(sql: string): Promise<Prepared> {
    const name = `s${this.prepared.size}`;
    const messages = await this.send([serialize.parse({ name, text: sql }), serialize.describe({ type: 'S', name }), serialize.sync()]);
    const failed = messages.find(isFailure);
    if (failed) throw failureOf(failed);
    const description = messages.find((message) => message.name === 'rowDescription');
    const prepared = { name, columns: description ? columnsOf(description as RowDescription) : [] };
    this.prepared.set(sql, prepared);
    return prepared;
  }

  private async send(messages: readonly Uint8Array[]): Promise<readonly BackendMessage[]> {
    return (await this.database.execProtocol(Buffer.concat(messages), { throwOnError: false, syncToFs: false })).messages;
  }

  async close(): Promise<void> {
    await this.database.close();
  }
}

/** What answers rows or a count; the rest (transactions, migrations) goes as it is. */
const plannable = /^\s*(SELECT|INSERT|UPDATE|DELETE|WITH)\b/;

interface Column {
  readonly name: string;
  readonly parse: (text: string) => unknown;
}

interface Prepared {
  readonly name: string;
  readonly columns: readonly Column[];
}

const isFailure = (message: BackendMessage): boolean => message.name === 'error' || message instanceof Error;
const failureOf = (message: BackendMessage): StatementError => new StatementError((message as unknown as Error).message, { ...message });

function resultOf(messages: readonly BackendMessage[], columns: readonly Column[]): StatementResult {
  let known = columns;
  let command = '';
  let rowCount: number | null = null;
  const rows: Record<string, unknown>[] = [];
  for (const message of messages) {
    if (isFailure(message)) throw failureOf(message);
    if (message.name === 'rowDescription') known = columnsOf(message as RowDescription);
    if (message.name === 'dataRow') rows.push(rowOf(known, (message as DataRow).fields));
    if (message.name === 'commandComplete') {
      const words = (message as CommandComplete).text.split(' ');
      command = words[0] ?? '';
      const count = Number(words.at(-1));
      rowCount = Number.isNaN(count) ? null : count;
    }
  }
  return { command, rowCount, rows };
}

const columnsOf = ({ fields }: RowDescription): Column[] => fields.map(({ name, dataTypeID }) => ({ name, parse: types.getTypeParser(dataTypeID) }));

function rowOf(columns: readonly Column[], values: DataRow['fields']): Record<string, unknown> {
  const row: Record<string, unknown> = {};
  for (const [index, { name, parse }] of columns.entries()) {
    const value = values[index] ?? null;
    row[name] = value === null ? null : parse(value);
  }
  return row;
}

/** A parameter as node-postgres would send it. */
function asText(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (value instanceof Date) return value.toISOString();
  if (Buffer.isBuffer(value)) return `\\x${value.toString('hex')}`;
  if (Array.isArray(value)) return arrayText(value);
  switch (typeof value) {
    case 'object':
      return JSON.stringify(value);
    case 'string':
      return value;
    case 'number':
    case 'boolean':
    case 'bigint':
      return String(value);
    default:
      throw new TypeError(`a ${typeof value} cannot be a parameter`);
  }
}

function arrayText(values: readonly unknown[]): string {
  const items = values.map((value) => {
    if (value === null || value === undefined) return 'NULL';
    if (Array.isArray(value)) return arrayText(value);
    return `"${(asText(value) ?? '').replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
  });
  return `{${items.join(',')}}`;
}
