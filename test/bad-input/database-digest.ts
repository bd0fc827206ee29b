import type { DataSource } from 'typeorm';

/**
 * The whole database's content, compared and put back. Every table counts, and every column: no read of ours writes
 * anything, so nothing is left out.
 */
export class DatabaseContent {
  private constructor(
    private readonly dataSource: DataSource,
    private readonly tables: readonly string[],
  ) {}

  /** Remembers the content of now as the one to put back. */
  static async remember(dataSource: DataSource): Promise<DatabaseContent> {
    const rows: { name: string }[] = await dataSource.query(
      `SELECT format('%I', tablename) AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename`,
    );
    const tables = rows.map(({ name }) => name);
    await dataSource.query(`DROP SCHEMA IF EXISTS remembered CASCADE; CREATE SCHEMA remembered; ${tables.map((table) => `CREATE TABLE remembered.${table} AS TABLE public.${table};`).join('\n')}`);
    return new DatabaseContent(dataSource, tables);
  }

  /** One line a table: its name, how many rows it has, and a digest of them in a fixed order. */
  async digest(): Promise<string> {
    const parts = this.tables.map((table) => `SELECT '${table} ' || count(*) || ' ' || md5(coalesce(string_agg(t::text, E'\\n' ORDER BY t::text), '')) AS line FROM public.${table} t`);
    const rows: { line: string }[] = await this.dataSource.query(parts.join(' UNION ALL '));
    return rows.map(({ line }) => line).join('\n');
  }

  /** Each request of a generator meets the same content, so that a failure is replayed alone. */
  async putBack(): Promise<void> {
    const statements = this.tables.flatMap((table) => [`DELETE FROM public.${table};`, `INSERT INTO public.${table} OVERRIDING SYSTEM VALUE SELECT * FROM remembered.${table};`]);
    // As replication does it: in any order, without triggers and foreign keys getting in the way.
    await this.dataSource.query(`BEGIN; SET LOCAL session_replication_role = replica; ${statements.join(' ')} COMMIT;`);
  }
}
