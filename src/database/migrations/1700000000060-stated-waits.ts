import type { MigrationInterface, QueryRunner } from 'typeorm';

/** An operation that does not move says why, from the moment it is accepted: the database refuses one that does not. */
export class StatedWaits1700000000060 implements MigrationInterface {
  readonly name = 'StatedWaits1700000000060';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`UPDATE operations SET waiting_for = 'a conductor to take it up' WHERE state IN ('queued', 'waiting') AND waiting_for IS NULL`);
    await queryRunner.query(
      `ALTER TABLE operations ADD CONSTRAINT ck_operations_stated_wait CHECK (state NOT IN ('queued', 'waiting') OR waiting_for IS NOT NULL)`,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`ALTER TABLE operations DROP CONSTRAINT ck_operations_stated_wait`);
  }
}
