import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { AmbiguousNameError, NotFoundError } from '../../domain/domain-error.js';
import type { Caller } from '../access/caller.js';
import { planPage, unknownMarker, type ListQuery, type Page } from '../http/list-query.js';
import { identify } from '../http/lookup.js';
import { RUNTIME, type Runtime } from '../runtime.js';
import { clusterTemplateSource, type ClusterTemplateRow } from './cluster-template.row.js';

/** Reads cluster_templates as a caller may see them: admins everything, others their own and what is public and not hidden. */
@Injectable()
export class ClusterTemplateStore {
  constructor(@Inject(RUNTIME) private readonly runtime: Runtime) {}

  /** By uuid, or by a name that only one visible template has; a positive number is a row id where `byRowId` says so. */
  async get(caller: Caller, reference: string, { byRowId = false } = {}): Promise<ClusterTemplateRow> {
    const identity = identify(reference);
    const parameters: unknown[] = [];
    const visible = visibleTo(caller, parameters);
    const place = (value: unknown): string => `$${parameters.push(value)}`;
    const isRowId = byRowId && /^[1-9]\d{0,8}$/.test(reference);
    if (identity.kind === 'nothing') throw notFound(reference);
    const byIdentity = identity.kind === 'id' ? `t.id = ${place(identity.id)}` : `t.name = ${place(identity.name)}`;
    const condition = isRowId ? `(t.row_id = ${place(Number(reference))} OR ${byIdentity})` : byIdentity;
    const rows: ClusterTemplateRow[] = await this.runtime.dataSource.query(
      `SELECT t.* FROM cluster_templates t WHERE ${visible} AND ${condition} ORDER BY t.row_id LIMIT 3`,
      parameters,
    );
    const exact = isRowId ? rows.find((row) => row.row_id === Number(reference)) : undefined;
    const [row, another] = exact ? [exact] : rows;
    if (!row) throw notFound(reference);
    if (another) throw new AmbiguousNameError('cluster template', reference);
    return row;
  }

  async list(caller: Caller, query: ListQuery): Promise<{ rows: ClusterTemplateRow[]; page: Page }> {
    const parameters: unknown[] = [];
    const visible = visibleTo(caller, parameters);
    if (query.marker !== undefined) await this.requireMarker(visible, parameters, query.marker);
    const page = planPage(query, clusterTemplateSource, this.runtime.config.LIST_LIMIT_MAX, 't', parameters);
    const rows: ClusterTemplateRow[] = await this.runtime.dataSource.query(
      `SELECT t.* FROM cluster_templates t WHERE ${visible} AND ${page.where} ORDER BY ${page.orderBy} LIMIT ${page.limit}`,
      parameters,
    );
    return { rows, page };
  }

  private async requireMarker(visible: string, parameters: readonly unknown[], marker: string): Promise<void> {
    const found: unknown[] = await this.runtime.dataSource.query(
      `SELECT 1 FROM cluster_templates t WHERE ${visible} AND t.id = $${parameters.length + 1}`,
      [...parameters, marker],
    );
    if (found.length === 0) throw unknownMarker(clusterTemplateSource, marker);
  }
}

const notFound = (reference: string): NotFoundError => new NotFoundError('cluster-template-not-found', `Cluster template ${reference} could not be found.`);

function visibleTo(caller: Caller, parameters: unknown[]): string {
  if (caller.isAdmin) return 'true';
  parameters.push(caller.projectId ?? caller.userId);
  return `(t.${caller.projectId === null ? 'user_id' : 'project_id'} = $1 OR (t.public AND NOT t.hidden))`;
}

/** The row as it is now, kept from changing until the transaction ends; undefined when it is gone. */
export async function lockClusterTemplate(manager: EntityManager, id: string): Promise<ClusterTemplateRow | undefined> {
  const rows: ClusterTemplateRow[] = await manager.query(`SELECT t.* FROM cluster_templates t WHERE t.id = $1 FOR UPDATE`, [id]);
  return rows[0];
}

/** Keeps the template from being deleted or changed until the transaction ends; false when it is gone already. */
export async function holdClusterTemplate(manager: EntityManager, id: string): Promise<boolean> {
  const rows: unknown[] = await manager.query(`SELECT 1 FROM cluster_templates WHERE id = $1 FOR SHARE`, [id]);
  return rows.length > 0;
}

export async function isClusterTemplateInUse(manager: EntityManager, id: string): Promise<boolean> {
  const rows: unknown[] = await manager.query(`SELECT 1 FROM clusters WHERE cluster_template_id = $1 AND deleted_at IS NULL LIMIT 1`, [id]);
  return rows.length > 0;
}
