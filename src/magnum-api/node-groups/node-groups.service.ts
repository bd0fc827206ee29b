import { Inject, Injectable } from '@nestjs/common';
import { z } from 'zod';
import { ClusterStore } from '../clusters/cluster.store.js';
import type { Patch } from '../http/json-patch.js';
import { listQuerySchema, nextPage, planPage, unknownMarker } from '../http/list-query.js';
import type { Asking } from '../http/request-context.js';
import { RUNTIME, type Runtime } from '../runtime.js';
import { NodeGroupChanges } from './node-group-changes.js';
import { NodeGroupCreation } from './node-group-creation.js';
import { nodeGroupSource, selectNodeGroups, viewNodeGroup, viewShortNodeGroup, type NodeGroupRow, type NodeGroupView, type ShortNodeGroup } from './node-group.row.js';
import type { CreateNodeGroup } from './node-group.schema.js';
import { NodeGroupStore } from './node-group.store.js';

export const nodeGroupListQuerySchema = listQuerySchema.extend({ role: z.string().max(255).optional().describe('Only groups of this role') });
export type NodeGroupListQuery = z.infer<typeof nodeGroupListQuerySchema>;

@Injectable()
export class NodeGroupsService {
  constructor(
    @Inject(RUNTIME) private readonly runtime: Runtime,
    private readonly clusters: ClusterStore,
    private readonly groups: NodeGroupStore,
    private readonly creation: NodeGroupCreation,
    private readonly changes: NodeGroupChanges,
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
    return viewNodeGroup(await this.groups.get(cluster.id, reference), base);
  }

  async create(asking: Asking, clusterReference: string, request: CreateNodeGroup): Promise<NodeGroupView> {
    const { clusterId, groupId } = await this.creation.create(asking, clusterReference, request);
    return viewNodeGroup(await this.groups.get(clusterId, groupId), asking.base);
  }

  async patch(asking: Asking, clusterReference: string, reference: string, patch: Patch): Promise<NodeGroupView> {
    const { clusterId, groupId } = await this.changes.patch(asking, clusterReference, reference, patch);
    return viewNodeGroup(await this.groups.get(clusterId, groupId), asking.base);
  }

  delete(asking: Asking, clusterReference: string, reference: string): Promise<void> {
    return this.changes.delete(asking, clusterReference, reference);
  }
}
