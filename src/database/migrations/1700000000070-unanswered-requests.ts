import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A line of the ledger remembers when something may last have been asked for whose answer nobody heard. */
export class UnansweredRequests1700000000070 implements MigrationInterface {
  readonly name = 'UnansweredRequests1700000000070';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`ALTER TABLE external_resources ADD COLUMN unanswered_at timestamptz`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`ALTER TABLE external_resources DROP COLUMN unanswered_at`);
  }
}
