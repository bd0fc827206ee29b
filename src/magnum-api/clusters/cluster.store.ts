import { Inject, Injectable } from '@nestjs/common';
import { AmbiguousNameError, NotFoundError } from '../../domain/domain-error.js';
import type { Caller } from '../access/caller.js';
import { planPage, unknownMarker, type ListQuery, type Page } from '../http/list-query.js';
import { identify } from '../http/lookup.js';
import { RUNTIME, type Runtime } from '../runtime.js';
import { clusterSource, selectClusters, type ClusterRow } from './cluster.row.js';

/** `all`: an admin sees every project's clusters; `own`: admins are like anybody else. */
export type Scope = 'all' | 'own';

/** Reads clusters that are not gone, as a caller may see them. */
@Injectable()
export class ClusterStore {
  constructor(@Inject(RUNTIME) private readonly runtime: Runtime) {}

  /** By uuid, or by a name that only one visible cluster has. */
  async get(caller: Caller, reference: string, scope: Scope): Promise<ClusterRow> {
    const identity = identify(reference);
    if (identity.kind === 'nothing') throw notFound(reference);
    const parameters: unknown[] = [identity.kind === 'id' ? identity.id : identity.name];
    const visible = visibleTo(caller, scope, parameters);
    const rows: ClusterRow[] = await this.runtime.dataSource.query(
      `${selectClusters} WHERE ${visible} AND c.${identity.kind} = $1 ORDER BY c.row_id LIMIT 2`,
      parameters,
    );
    const [row, another] = rows;
    if (!row) throw notFound(reference);
    if (another) throw new AmbiguousNameError('cluster', reference);
    return row;
  }

  async list(caller: Caller, query: ListQuery): Promise<{ rows: ClusterRow[]; page: Page }> {
    const { dataSource, config } = this.runtime;
    const parameters: unknown[] = [];
    const visible = visibleTo(caller, 'all', parameters);
    if (query.marker !== undefined) {
      const found: unknown[] = await dataSource.query(`SELECT 1 FROM clusters c WHERE ${visible} AND c.id = $${parameters.length + 1}`, [
        ...parameters,
        query.marker,
      ]);
      if (found.length === 0) throw unknownMarker(clusterSource, query.marker);
    }
    const page = planPage(query, clusterSource, config.LIST_LIMIT_MAX, 'c', parameters);
    const rows: ClusterRow[] = await dataSource.query(
      `${selectClusters} WHERE ${visible} AND ${page.where} ORDER BY ${page.orderBy} LIMIT ${page.limit}`,
      parameters,
    );
    return { rows, page };
  }
}

export const clusterNotFound = (reference: string): NotFoundError => new NotFoundError('cluster-not-found', `Cluster ${reference} could not be found.`);

const notFound = clusterNotFound;

/** SQL over the alias `c`; appends to the parameters what it refers to. */
function visibleTo(caller: Caller, scope: Scope, parameters: unknown[]): string {
  if (caller.isAdmin && scope === 'all') return 'c.deleted_at IS NULL';
  const place = parameters.push(caller.projectId ?? caller.userId);
  return `c.deleted_at IS NULL AND c.${caller.projectId === null ? 'user_id' : 'project_id'} = $${place}`;
}
