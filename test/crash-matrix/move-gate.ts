import pg from 'pg';

/** First key of the advisory locks that hold moves: any number that nobody else in a test's database uses. */
const gateClass = 4242;

/**
 * Stops an operation's move between two turns from being saved. A trigger in the database writes down every move, and waits
 * at those for which a gate was set, while the transaction that saves the move is open.
 */
export class MoveGates {
  private gatesSet = 0;

  private constructor(private readonly keeper: pg.Client) {}

  static async open(databaseUrl: string): Promise<MoveGates> {
    const keeper = new pg.Client({ connectionString: databaseUrl });
    await keeper.connect();
    await keeper.query(schema);
    return new MoveGates(keeper);
  }

  /** The moves that this operation has made, oldest first, each once. */
  async movesOf(operationId: string): Promise<string[]> {
    const { rows } = await this.keeper.query<{ move: string }>('SELECT move FROM matrix_moves WHERE operation_id = $1 ORDER BY id', [operationId]);
    return rows.map(({ move }) => move);
  }

  /** Holds the operation's next such move. Answers the gate's number. */
  async set(operationId: string, move: string): Promise<number> {
    const gate = ++this.gatesSet;
    await this.keeper.query('SELECT pg_advisory_lock($1, $2)', [gateClass, gate]);
    await this.keeper.query('INSERT INTO matrix_gates (operation_id, move, gate) VALUES ($1, $2, $3)', [operationId, move, gate]);
    return gate;
  }

  /** Numbers of the gates at which somebody waits. */
  async held(): Promise<Set<number>> {
    return new Set((await this.waiting()).map(({ gate }) => gate));
  }

  /** Takes all gates away; the transactions that wait at them are rolled back, as when their process had died before them. */
  async abandon(): Promise<void> {
    await this.keeper.query('DELETE FROM matrix_gates');
    for (const { pid } of await this.waiting()) await this.keeper.query('SELECT pg_terminate_backend($1)', [pid]);
    await this.keeper.query('SELECT pg_advisory_unlock_all()');
  }

  async close(): Promise<void> {
    await this.keeper.end();
  }

  private async waiting(): Promise<{ pid: number; gate: number }[]> {
    const { rows } = await this.keeper.query<{ pid: number; gate: number }>(
      `SELECT pid, objid::int AS gate FROM pg_locks
       WHERE locktype = 'advisory' AND classid = $1 AND NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
      [gateClass],
    );
    return rows;
  }
}

/** A move is the entry of a step, a wait in it, the lease taken after that wait, or the end. */
const schema = `
  CREATE TABLE matrix_gates (operation_id uuid, move text, gate int, PRIMARY KEY (operation_id, move));
  CREATE TABLE matrix_moves (id serial, operation_id uuid, move text, UNIQUE (operation_id, move));
  CREATE FUNCTION matrix_move() RETURNS trigger LANGUAGE plpgsql AS $$
  DECLARE
    this_move text;
    its_gate int;
  BEGIN
    this_move := CASE
      WHEN NEW.state <> OLD.state AND NEW.state IN ('succeeded', 'failed', 'superseded') THEN NEW.state
      WHEN NEW.step IS DISTINCT FROM OLD.step THEN 'enter ' || NEW.step
      WHEN NEW.state = 'waiting' AND NEW.step_turns > OLD.step_turns THEN 'wait in ' || NEW.step
      WHEN NEW.fence > OLD.fence AND OLD.state = 'waiting' THEN 'resume ' || NEW.step
    END;
    IF this_move IS NULL THEN RETURN NEW; END IF;
    SELECT gate INTO its_gate FROM matrix_gates WHERE operation_id = NEW.id AND move = this_move;
    IF its_gate IS NOT NULL THEN PERFORM pg_advisory_xact_lock(${gateClass}, its_gate); END IF;
    INSERT INTO matrix_moves (operation_id, move) VALUES (NEW.id, this_move) ON CONFLICT DO NOTHING;
    RETURN NEW;
  END $$;
  CREATE TRIGGER matrix_move BEFORE UPDATE ON operations FOR EACH ROW EXECUTE FUNCTION matrix_move();`;
