import { z } from 'zod';
import { InvalidParameterError, NotFoundError } from '../../domain/domain-error.js';
import { integer } from './lenient-scalars.js';

/** Query parameters of every list. */
export const listQuerySchema = z.strictObject({
  marker: z.guid({ error: 'expected the uuid of the last item of the page before' }).optional().describe('uuid of the last item of the page before'),
  limit: integer({ min: 1 }).optional().describe('Most items in the page'),
  sort_key: z.string().optional().describe('Stored field to sort by; id (order of creation) by default'),
  sort_dir: z.enum(['asc', 'desc']).optional().describe('Direction of the sort, asc by default'),
});
export type ListQuery = z.infer<typeof listQuerySchema>;

/** Which table a list reads, and its sortable fields (API name → column). `rowId` breaks ties: order of creation. */
export interface ListSource {
  readonly table: string;
  readonly columns: Readonly<Record<string, string>>;
  readonly what: string;
}

export interface Page {
  readonly limit: number;
  readonly sortKey: string;
  readonly sortDir: 'asc' | 'desc';
  /** SQL for WHERE (or `true`), ORDER BY and LIMIT over the alias of the listed table; parameters are appended to the caller's. */
  readonly where: string;
  readonly orderBy: string;
}

/**
 * Decides one page: keyset paging by (sort column, row id), nulls last when ascending and first when descending. `parameters`
 * receives the marker; `visible` is the caller's own condition, which the marker must meet as well.
 */
export function planPage(query: ListQuery, source: ListSource, limitMax: number, alias: string, parameters: unknown[]): Page {
  const sortKey = query.sort_key ?? 'id';
  const column = source.columns[sortKey];
  if (column === undefined || !Object.hasOwn(source.columns, sortKey)) {
    throw new InvalidParameterError(`Query parameter sort_key: ${sortKey} is no stored field of a ${source.what}; use one of ${Object.keys(source.columns).join(', ')}.`);
  }
  const sortDir = query.sort_dir ?? 'asc';
  const limit = Math.min(query.limit ?? limitMax, limitMax);
  const orderBy = column === 'row_id' ? `${alias}.row_id ${sortDir}` : `${alias}.${column} ${sortDir}, ${alias}.row_id ${sortDir}`;
  let where = 'true';
  if (query.marker !== undefined) {
    parameters.push(query.marker);
    where = afterMarker(source.table, column, sortDir, alias, `$${parameters.length}`);
  }
  return { limit, sortKey, sortDir, where, orderBy };
}

function afterMarker(table: string, column: string, sortDir: 'asc' | 'desc', alias: string, marker: string): string {
  const compare = sortDir === 'asc' ? '>' : '<';
  const nullsCome = sortDir === 'asc' ? `(${alias}.${column} IS NULL AND m.${column} IS NOT NULL)` : `(${alias}.${column} IS NOT NULL AND m.${column} IS NULL)`;
  const laterByColumn = column === 'row_id' ? 'false' : `(${alias}.${column} ${compare} m.${column} OR ${nullsCome})`;
  const sameColumn = column === 'row_id' ? 'true' : `${alias}.${column} IS NOT DISTINCT FROM m.${column}`;
  return `EXISTS (SELECT 1 FROM ${table} m WHERE m.id = ${marker} AND (${laterByColumn} OR (${sameColumn} AND ${alias}.row_id ${compare} m.row_id)))`;
}

/** Called when a page is empty although it has a marker: an unknown marker is 404, not an empty page. */
export function unknownMarker(source: ListSource, marker: string): NotFoundError {
  return new NotFoundError('not-found', `Query parameter marker: there is no ${source.what} ${marker}.`);
}

/** Absolute URL of the next page: there is one iff this page is full, even if nothing follows. */
export function nextPage(url: string, page: Page, items: readonly { readonly uuid: string }[], kept: Readonly<Record<string, string>> = {}): string | undefined {
  const last = items.at(-1);
  if (last === undefined || items.length !== page.limit) return undefined;
  const query = new URLSearchParams({ sort_key: page.sortKey, sort_dir: page.sortDir, limit: String(page.limit), marker: last.uuid, ...kept });
  return `${url}?${query.toString()}`;
}
