import { Inject, Injectable } from '@nestjs/common';
import { z } from 'zod';
import { NotFoundError } from '../../domain/domain-error.js';
import { ClusterStore } from '../clusters/cluster.store.js';
import { listQuerySchema, nextPage, planPage, unknownMarker } from '../http/list-query.js';
import { identify } from '../http/lookup.js';
import type { Asking } from '../http/request-context.js';
import { RUNTIME, type Runtime } from '../runtime.js';
import { nodeGroupSource, selectNodeGroups, viewNodeGroup, viewShortNodeGroup, type NodeGroupRow, type NodeGroupView, type ShortNodeGroup } from './node-group.row.js';

export const nodeGroupListQuerySchema = listQuerySchema.extend({ role: z.string().max(255).optional().describe('Only groups of this role') });
export type NodeGroupListQuery = z.infer<typeof nodeGroupListQuerySchema>;

@Injectable()
export class NodeGroupsService {
  constructor(
    @Inject(RUNTIME) private readonly runtime: Runtime,
    private readonly clusters: ClusterStore,
  ) {}

  async list({ caller, base }: Asking, clusterReference: string, query: NodeGroupListQuery): Promise<{ nodegroups: ShortNodeGroup[]; next?: string }> {
    const { dataSource, config } = this.runtime;
    const cluster = await this.clusters.get(caller, clusterReference, 'all');
    const parameters: unknown[] = [cluster.id, query.role ?? null];
    const wanted = 'g.cluster_id = $1 AND ($2::text IS NULL OR g.role = $2)';
    if (query.marker !== undefined) {
      const found: unknown[] = await dataSource.query(`SELECT 1 FROM node_groups g WHERE ${wanted} AND g.id = $3`, [...parameters, query.marker]);
      if (found.length === 0) throw unknownMarker(nodeGroupSource, query.marker);
    }
    const page = planPage(query, nodeGroupSource, config.LIST_LIMIT_MAX, 'g', parameters);
    const rows: NodeGroupRow[] = await dataSource.query(
      `${selectNodeGroups} WHERE ${wanted} AND ${page.where} ORDER BY ${page.orderBy} LIMIT ${page.limit}`,
      parameters,
    );
    const nodegroups = rows.map(viewShortNodeGroup);
    // Magnum forgets the role in `next`; a page that follows a filtered one is filtered too.
    const kept: Record<string, string> = query.role === undefined ? {} : { role: query.role };
    const next = nextPage(`${base}/v1/clusters/${cluster.id}/nodegroups`, page, nodegroups, kept);
    return next === undefined ? { nodegroups } : { nodegroups, next };
  }

  async show({ caller, base }: Asking, clusterReference: string, reference: string): Promise<NodeGroupView> {
    const cluster = await this.clusters.get(caller, clusterReference, 'all');
    return viewNodeGroup(await this.get(cluster.id, reference), base);
  }

  /** By uuid, name (unique in the cluster) or row id. */
  private async get(clusterId: string, reference: string): Promise<NodeGroupRow> {
    const identity = identify(reference);
    const missing = new NotFoundError('not-found', `Node group ${reference} could not be found.`);
    if (identity.kind === 'nothing') throw missing;
    const rowId = /^[1-9]\d{0,8}$/.test(reference) ? Number(reference) : null;
    const rows: NodeGroupRow[] = await this.runtime.dataSource.query(
      `${selectNodeGroups} WHERE g.cluster_id = $1 AND (g.id = $2 OR g.name = $3 OR g.row_id = $4) ORDER BY g.row_id = $4 DESC NULLS LAST LIMIT 1`,
      [clusterId, identity.kind === 'id' ? identity.id : null, identity.kind === 'name' ? identity.name : null, rowId],
    );
    const [row] = rows;
    if (!row) throw missing;
    return row;
  }
}
