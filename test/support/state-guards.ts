import type { DataSource } from 'typeorm';
import { canBecome, clusterStatuses, initialClusterStatus } from '../../src/domain/cluster-status.js';
import { initialNodePhase, nodeCanBecome, nodePhases } from '../../src/domain/node-phase.js';
import { operationEffects } from '../../src/domain/operation-effects.js';
import { canMove, initialOperationState, operationKinds, operationStates } from '../../src/domain/operation-state.js';

interface Guarded {
  readonly table: string;
  readonly column: string;
  /** Every change there may be, as `from>to`; `>to` is how a row begins. */
  readonly changes: readonly string[];
}

const changes = <State extends string>(states: readonly State[], initial: State, allows: (from: State, to: State) => boolean): string[] => [
  `>${initial}`,
  ...states.flatMap((from) => states.filter((to) => from === to || allows(from, to)).map((to) => `${from}>${to}`)),
];

const guarded: readonly Guarded[] = [
  { table: 'clusters', column: 'status', changes: changes(clusterStatuses, initialClusterStatus, canBecome) },
  { table: 'node_groups', column: 'status', changes: changes(clusterStatuses, initialClusterStatus, canBecome) },
  { table: 'nodes', column: 'phase', changes: changes(nodePhases, initialNodePhase, nodeCanBecome) },
  { table: 'operations', column: 'state', changes: changes(operationStates, initialOperationState, canMove) },
];

const textArray = (values: readonly string[]): string => `ARRAY[${values.map((value) => `'${value}'`).join(', ')}]::text[]`;

/**
 * Binds the tables of states, which the model check walks, to what the product does: triggers in a test's own database
 * write down each committed change that the tables do not know, and each commit that leaves a cluster in progress without
 * an operation that drives it. They refuse nothing, so that what is tested behaves as it does in production.
 */
export async function installStateGuards(database: DataSource): Promise<void> {
  await database.query(`CREATE TABLE state_violations (id int GENERATED ALWAYS AS IDENTITY, what text NOT NULL)`);
  for (const { table, column, changes: allowed } of guarded) {
    await database.query(`CREATE FUNCTION guard_${table}() RETURNS trigger LANGUAGE plpgsql AS $$
      DECLARE change text := CASE TG_OP WHEN 'INSERT' THEN '' ELSE OLD.${column} END || '>' || NEW.${column};
      BEGIN
        IF change <> ALL (${textArray(allowed)}) THEN
          INSERT INTO state_violations (what) VALUES ('${table} ' || NEW.id || ': ${column} ' || change);
        END IF;
        RETURN NULL;
      END $$`);
    await database.query(`CREATE TRIGGER guard_${table} AFTER INSERT OR UPDATE OF ${column} ON ${table} FOR EACH ROW EXECUTE FUNCTION guard_${table}()`);
  }
  const underWay = operationKinds.map((kind) => `('${kind}', '${operationEffects[kind].underWay}')`).join(', ');
  await database.query(`CREATE FUNCTION guard_drivers() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
      cluster uuid;
      now_at text;
    BEGIN
      IF TG_TABLE_NAME = 'clusters' THEN cluster := NEW.id; ELSE cluster := NEW.cluster_id; END IF;
      SELECT status INTO now_at FROM clusters WHERE id = cluster;
      IF now_at LIKE '%\\_IN\\_PROGRESS' AND NOT EXISTS (
        SELECT 1 FROM operations o JOIN (VALUES ${underWay}) AS effect (kind, status) ON effect.kind = o.kind
        WHERE o.cluster_id = cluster AND o.state IN ('queued', 'running', 'waiting', 'paused') AND effect.status = now_at
      ) THEN
        INSERT INTO state_violations (what) VALUES ('cluster ' || cluster || ' is ' || now_at || ', and no operation drives it');
      END IF;
      RETURN NULL;
    END $$`);
  // Deferred: a transaction may pass through what it does not leave behind.
  for (const [table, column] of [['clusters', 'status'], ['operations', 'state']]) {
    await database.query(
      `CREATE CONSTRAINT TRIGGER guard_drivers AFTER INSERT OR UPDATE OF ${column} ON ${table} DEFERRABLE INITIALLY DEFERRED
       FOR EACH ROW EXECUTE FUNCTION guard_drivers()`,
    );
  }
}

export async function stateViolations(database: DataSource): Promise<string[]> {
  const rows: { what: string }[] = await database.query(`SELECT what FROM state_violations ORDER BY id`);
  return rows.map(({ what }) => what);
}
