import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createDataSource } from '../../src/database/data-source.js';
import { migrate } from '../../src/database/migrate.js';
import { requestOperation } from '../../src/database/operation-requests.js';
import { migrateQueue } from '../../src/queue/wake-up-queue.js';
import { startTestDatabase, type TestDatabase } from '../support/postgres.js';

describe('the database', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await startTestDatabase();
  }, 60_000);
  afterAll(() => database.stop());

  it('is migrated by four processes at once, and again, with the same result', async () => {
    const { dataSource } = database;
    await dataSource.query('DROP SCHEMA public CASCADE');
    await dataSource.query('CREATE SCHEMA public');
    const applied = await Promise.all([1, 2, 3, 4].map(() => migrate(database.url)));
    expect(applied.filter((names) => names.length > 0)).toHaveLength(1);
    expect(await migrate(database.url)).toEqual([]);
    await Promise.all([migrateQueue(database.url), migrateQueue(database.url)]);
  });

  it('has every column of the entities and no other, nullable where they say so', async () => {
    const dataSource = createDataSource(database.url, 1);
    await dataSource.initialize();
    try {
      for (const { tableName, columns } of dataSource.entityMetadatas) {
        const rows: { column_name: string; is_nullable: string }[] = await dataSource.query(
          `SELECT column_name, is_nullable FROM information_schema.columns WHERE table_schema = 'public' AND table_name = $1`,
          [tableName],
        );
        const inDatabase = rows.map((row) => `${row.column_name} ${row.is_nullable === 'YES' ? 'null' : 'not null'}`).sort();
        const inEntity = columns.map((column) => `${column.databaseName} ${column.isNullable ? 'null' : 'not null'}`).sort();
        expect({ tableName, columns: inEntity }).toEqual({ tableName, columns: inDatabase });
      }
    } finally {
      await dataSource.destroy();
    }
  });

  describe('operations', () => {
    const clusterId = '00000000-0000-4000-8000-000000000001';
    const wanted = { clusterId, projectId: 'p', timeoutMinutes: 60, requestedBy: 'u', requestId: 'req-1' } as const;

    it('records a wanted operation once, with its wake-up', async () => {
      const { manager } = database.dataSource;
      const first = await requestOperation(manager, { ...wanted, kind: 'cluster-delete' });
      const second = await requestOperation(manager, { ...wanted, kind: 'cluster-delete' });
      expect(first.isNew).toBe(true);
      expect(second).toEqual({ id: first.id, isNew: false });
      expect(await manager.query(`SELECT operation_id FROM outbox`)).toEqual([{ operation_id: first.id }]);
    });

    it('lets only one hold the cluster', async () => {
      const { manager } = database.dataSource;
      const create = await requestOperation(manager, { ...wanted, kind: 'cluster-create' });
      await manager.query(`UPDATE operations SET state = 'running' WHERE id = $1`, [create.id]);
      await expect(manager.query(`UPDATE operations SET state = 'waiting' WHERE kind = 'cluster-delete'`)).rejects.toThrow('uq_operations_one_active');
    });
  });
});
