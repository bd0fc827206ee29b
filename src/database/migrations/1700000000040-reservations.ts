import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Quota that accepted operations hold until their stacks stand. */
export class Reservations1700000000040 implements MigrationInterface {
  readonly name = 'Reservations1700000000040';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`CREATE TABLE reservations (
      id uuid PRIMARY KEY,
      project_id text NOT NULL,
      cluster_id uuid NOT NULL REFERENCES clusters ON DELETE CASCADE,
      operation_id uuid NOT NULL REFERENCES operations ON DELETE CASCADE,
      level text NOT NULL,
      group_id uuid,
      ordinal int NOT NULL,
      demand jsonb NOT NULL,
      released_at timestamptz,
      created_at timestamptz NOT NULL DEFAULT now(),
      CONSTRAINT uq_reservations_unit UNIQUE NULLS NOT DISTINCT (operation_id, level, group_id, ordinal)
    )`);
    await queryRunner.query(`CREATE INDEX ix_reservations_project ON reservations (project_id)`);
    await queryRunner.query(`CREATE INDEX ix_reservations_cluster ON reservations (cluster_id)`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE reservations`);
  }
}
