import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Slots of a control plane can go while the cluster lives; their rows stay, so that no number is given twice. */
export class SlotsThatGo1700000000090 implements MigrationInterface {
  readonly name = 'SlotsThatGo1700000000090';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`ALTER TABLE slots ADD COLUMN leaving_because text, ADD COLUMN quarantined_because text, ADD COLUMN removed_at timestamptz`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`ALTER TABLE slots DROP COLUMN removed_at, DROP COLUMN quarantined_because, DROP COLUMN leaving_because`);
  }
}
