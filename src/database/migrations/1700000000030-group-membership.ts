import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What node groups show of their members to people who read Heat: each node's number in its group, and what was shown last. */
export class GroupMembership1700000000030 implements MigrationInterface {
  readonly name = 'GroupMembership1700000000030';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of up) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const statement of down) await queryRunner.query(statement);
  }
}

const up = [
  `ALTER TABLE nodes ADD COLUMN member_index int`,
  `UPDATE nodes SET member_index = numbered.member_index
   FROM (SELECT id, row_number() OVER (PARTITION BY node_group_id ORDER BY row_id) - 1 AS member_index FROM nodes) numbered
   WHERE numbered.id = nodes.id`,
  `ALTER TABLE nodes ALTER COLUMN member_index SET NOT NULL`,
  `CREATE UNIQUE INDEX uq_nodes_group_member_index ON nodes (node_group_id, member_index)`,
  `ALTER TABLE node_groups ADD COLUMN published_members jsonb`,
];

const down = [
  `ALTER TABLE node_groups DROP COLUMN published_members`,
  `DROP INDEX uq_nodes_group_member_index`,
  `ALTER TABLE nodes DROP COLUMN member_index`,
];
