import { EventEmitter } from 'node:events';
import type { PgliteSession, StatementResult } from './pglite-session.js';
import type { Random } from './random.js';
import { currentProcess, type Scheduler, type WorldProcess } from './scheduler.js';

export interface DatabaseWorld {
  readonly scheduler: Scheduler;
  readonly random: Random;
  /** Share of statements whose connection is cut, half of them after they were done. */
  readonly cutChance: () => number;
  /** Told of each statement that ran, and of what became of it. */
  readonly onStatement: (process: WorldProcess, sql: string, parameters: readonly unknown[], outcome: string) => void;
  /** Runs after every statement that ended a transaction (or was one by itself) and changed something. */
  readonly onCommit: (touched: string) => Promise<void>;
}

interface Statement {
  readonly connection: Connection;
  readonly sql: string;
  readonly parameters: readonly unknown[];
  readonly answer: (outcome: { result: StatementResult } | { error: Error }) => void;
}

const changes = /\b(INSERT|UPDATE|DELETE)\b/;

/**
 * The one PostgreSQL of a world. Statements of different connections meet here in the order in which they arrive; while a
 * transaction is open the others wait for its end, since there is one session only.
 */
export class VirtualDatabase {
  private world: DatabaseWorld | undefined;
  private holder: Connection | undefined;
  /** First words of what the open transaction has changed. */
  private changed: string[] = [];
  private waiting: Statement[] = [];
  private isBusy = false;
  private readonly connections = new Set<Connection>();

  constructor(readonly session: PgliteSession) {}

  /** From now on statements travel through this world; undefined: they run at once. */
  enter(world: DatabaseWorld | undefined): void {
    this.world = world;
    this.holder = undefined;
    this.waiting = [];
    this.changed = [];
    this.isBusy = false;
    this.connections.clear();
  }

  /** node-postgres' module, as far as TypeORM uses it. */
  get driver(): { readonly Pool: new () => unknown } {
    const connect = (): Connection => this.connect();
    class VirtualPool extends EventEmitter {
      connect(done: (error: undefined, connection: Connection, release: () => void) => void): void {
        const connection = connect();
        done(undefined, connection, () => connection.release());
      }

      end(done: () => void): void {
        done();
      }
    }
    return { Pool: VirtualPool };
  }

  /** Whether this process has a transaction open. */
  isHeldBy(process: WorldProcess): boolean {
    return this.holder?.process === process;
  }

  /** The process is gone: what it had sent may still be done or not, what it had not committed is not. */
  async cutOff(process: WorldProcess): Promise<void> {
    for (const connection of this.connections) if (connection.process === process) await this.cut(connection);
  }

  async cut(connection: Connection): Promise<void> {
    connection.isOpen = false;
    this.connections.delete(connection);
    this.waiting = this.waiting.filter((statement) => statement.connection !== connection);
    if (this.holder === connection) {
      await this.session.run('ROLLBACK');
      this.holder = undefined;
      this.changed = [];
      await this.serveWaiting();
    }
  }

  forget(connection: Connection): void {
    this.connections.delete(connection);
  }

  /** Runs a statement of a connection; in a world it travels there and back. */
  async send(connection: Connection, sql: string, parameters: readonly unknown[]): Promise<StatementResult> {
    const { world } = this;
    // Somebody from a world that has ended: nothing answers there any more.
    if (connection.world !== world) return new Promise(() => undefined);
    if (!world) return this.session.run(sql, parameters);
    const { scheduler, random } = world;
    const fate = random.chance(world.cutChance()) ? (random.chance(0.5) ? 'cut-before' : 'cut-after') : 'done';
    const client = connection.process;
    return new Promise((resolve, reject) => {
      const answer: Statement['answer'] = (outcome) => {
        scheduler.after(
          random.between(0.05, 0.4),
          () => {
            if (fate === 'cut-after') reject(this.lost(connection));
            else if ('result' in outcome) resolve(outcome.result);
            else reject(outcome.error);
          },
          client,
        );
      };
      scheduler.after(
        random.between(0.05, 0.4),
        () => {
          if (fate === 'cut-before' || !connection.isOpen) {
            void this.cut(connection).then(() => scheduler.after(0, () => reject(this.lost(connection)), client));
            return;
          }
          this.waiting.push({ connection, sql, parameters, answer });
          void this.serveWaiting();
        },
        databaseProcess,
      );
    });
  }

  private lost(connection: Connection): Error {
    if (connection.isOpen) void this.cut(connection);
    return new Error('Connection terminated unexpectedly');
  }

  private connect(): Connection {
    const connection = new Connection(this, this.world, currentProcess.getStore() ?? databaseProcess);
    if (this.world) this.connections.add(connection);
    return connection;
  }

  private async serveWaiting(): Promise<void> {
    if (this.isBusy) return;
    this.isBusy = true;
    try {
      for (;;) {
        const index = this.waiting.findIndex(({ connection }) => this.holder === undefined || connection === this.holder);
        const [next] = index < 0 ? [] : this.waiting.splice(index, 1);
        if (!next || !this.world) return;
        await this.serve(this.world, next);
      }
    } finally {
      this.isBusy = false;
    }
  }

  private async serve(world: DatabaseWorld, { connection, sql, parameters, answer }: Statement): Promise<void> {
    let outcome: { result: StatementResult } | { error: Error };
    try {
      outcome = { result: await this.session.run(sql, parameters) };
    } catch (error) {
      outcome = { error: error instanceof Error ? error : new Error(String(error)) };
    }
    this.holder = this.session.isInTransaction ? connection : undefined;
    const affected = 'result' in outcome ? `${outcome.result.command} ${String(outcome.result.rowCount)}` : `error ${outcome.error.message}`;
    world.onStatement(connection.process, sql, parameters, affected);
    if (changes.test(sql) && 'result' in outcome && outcome.result.rowCount !== 0) this.changed.push(sql.slice(0, 60));
    if (this.holder === undefined && this.changed.length > 0) {
      const touched = this.changed.join(';');
      this.changed = [];
      if (sql !== 'ROLLBACK') await world.onCommit(touched);
    }
    answer(outcome);
  }
}

const databaseProcess: WorldProcess = { name: 'database', state: 'running' };

/** One connection, as TypeORM uses it. */
export class Connection extends EventEmitter {
  isOpen = true;

  constructor(
    private readonly database: VirtualDatabase,
    readonly world: DatabaseWorld | undefined,
    readonly process: WorldProcess,
  ) {
    super();
  }

  query(sql: string, parameters: readonly unknown[] = []): Promise<StatementResult> {
    return this.database.send(this, sql, parameters);
  }

  release(): void {
    this.database.forget(this);
  }
}
