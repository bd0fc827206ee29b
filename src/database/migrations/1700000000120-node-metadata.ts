import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Kubernetes labels and taints of node groups, and what of them may stand on nodes. Groups that their owners made can go
 * while their cluster lives: their nodes' rows stay, because no name is ever used twice.
 */
export class NodeMetadata1700000000120 implements MigrationInterface {
  readonly name = 'NodeMetadata1700000000120';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of up) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const statement of down) await queryRunner.query(statement);
  }
}

const up = [
  `ALTER TABLE node_groups ADD COLUMN node_labels jsonb, ADD COLUMN node_taints jsonb, ADD COLUMN applied_node_metadata jsonb`,
  `ALTER TABLE nodes DROP CONSTRAINT nodes_node_group_id_fkey`,
];

const down = [
  `DELETE FROM nodes n WHERE NOT EXISTS (SELECT 1 FROM node_groups g WHERE g.id = n.node_group_id)`,
  `ALTER TABLE nodes ADD CONSTRAINT nodes_node_group_id_fkey FOREIGN KEY (node_group_id) REFERENCES node_groups ON DELETE CASCADE`,
  `ALTER TABLE node_groups DROP COLUMN node_labels, DROP COLUMN node_taints, DROP COLUMN applied_node_metadata`,
];
