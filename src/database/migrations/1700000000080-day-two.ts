import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What changing a living cluster needs: every spec that any of its nodes was made from, which of them a group is to have,
 * what is wanted of single nodes, and what people wish of an operation that runs.
 */
export class DayTwo1700000000080 implements MigrationInterface {
  readonly name = 'DayTwo1700000000080';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of statements) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const [table, column] of [...columns].reverse()) await queryRunner.query(`ALTER TABLE ${table} DROP COLUMN ${column}`);
    await queryRunner.query(`DROP TABLE cluster_revisions`);
  }
}

const columns: readonly (readonly [table: string, column: string, type: string])[] = [
  ['clusters', 'revision', 'int NOT NULL DEFAULT 1'],
  ['node_groups', 'revision', 'int NOT NULL DEFAULT 1'],
  ['nodes', 'revision', 'int NOT NULL DEFAULT 1'],
  ['nodes', 'ready_at', 'timestamptz'],
  ['nodes', 'doomed_because', 'text'],
  ['nodes', 'replaces_node_id', 'uuid'],
  ['nodes', 'cordoned_at', 'timestamptz'],
  ['nodes', 'drain_deadline', 'timestamptz'],
  ['nodes', 'skipped_by', 'uuid'],
  ['operations', 'wish', `text CONSTRAINT ck_operations_wish CHECK (wish IN ('pause', 'cancel'))`],
];

const statements = [
  `CREATE TABLE cluster_revisions (
    cluster_id uuid NOT NULL REFERENCES clusters ON DELETE CASCADE,
    revision int NOT NULL,
    spec jsonb NOT NULL,
    cluster_template_id uuid NOT NULL,
    labels jsonb NOT NULL DEFAULT '{}',
    operation_id uuid,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (cluster_id, revision)
  )`,
  `INSERT INTO cluster_revisions (cluster_id, revision, spec, cluster_template_id, labels, created_at)
   SELECT id, 1, spec, cluster_template_id, labels, created_at FROM clusters`,
  ...columns.map(([table, column, type]) => `ALTER TABLE ${table} ADD COLUMN ${column} ${type}`),
  // The nodes of running clusters became Ready at the latest when their row was last written.
  `UPDATE nodes SET ready_at = coalesce(updated_at, created_at) WHERE phase = 'ready'`,
];
