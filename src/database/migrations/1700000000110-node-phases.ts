import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The history says of each node when it was in which phase, so that its times can be told and forecast. */
export class NodePhases1700000000110 implements MigrationInterface {
  readonly name = 'NodePhases1700000000110';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`ALTER TABLE operation_events ADD COLUMN node_phase text`);
    await queryRunner.query(`CREATE INDEX ix_operation_events_node_phase ON operation_events (cluster_id, node_id, id) WHERE node_phase IS NOT NULL`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP INDEX ix_operation_events_node_phase`);
    await queryRunner.query(`ALTER TABLE operation_events DROP COLUMN node_phase`);
  }
}
