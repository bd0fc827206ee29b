import type { EntityManager } from 'typeorm';
import { sealingContext, type SealingKeyRing } from '../secrets/sealing.js';

/** Reads and writes a cluster's sealed secrets; what leaves this file towards the database is always sealed. */
export class SecretStore {
  constructor(private readonly keys: SealingKeyRing) {}

  async put(manager: EntityManager, clusterId: string, name: string, plain: string): Promise<void> {
    await manager.query(
      `INSERT INTO secrets (cluster_id, name, sealed) VALUES ($1, $2, $3)
       ON CONFLICT (cluster_id, name) DO UPDATE SET sealed = excluded.sealed, created_at = now()`,
      [clusterId, name, this.keys.sealToText(plain, sealingContext(clusterId, name))],
    );
  }

  async find(manager: EntityManager, clusterId: string, name: string): Promise<string | undefined> {
    const rows: { sealed: string }[] = await manager.query(`SELECT sealed FROM secrets WHERE cluster_id = $1 AND name = $2`, [clusterId, name]);
    const [row] = rows;
    return row && this.keys.openFromText(row.sealed, sealingContext(clusterId, name)).toString('utf8');
  }

  /** Several at once, by name; those that do not exist are absent. */
  async findAll(manager: EntityManager, clusterId: string, names: readonly string[]): Promise<Map<string, string>> {
    const rows: { name: string; sealed: string }[] = await manager.query(
      `SELECT name, sealed FROM secrets WHERE cluster_id = $1 AND name = ANY($2)`,
      [clusterId, names],
    );
    return new Map(rows.map((row) => [row.name, this.keys.openFromText(row.sealed, sealingContext(clusterId, row.name)).toString('utf8')]));
  }

  async drop(manager: EntityManager, clusterId: string, names: readonly string[]): Promise<void> {
    if (names.length > 0) await manager.query(`DELETE FROM secrets WHERE cluster_id = $1 AND name = ANY($2)`, [clusterId, names]);
  }
}
