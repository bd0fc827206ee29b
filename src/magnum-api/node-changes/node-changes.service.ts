import { Injectable } from '@nestjs/common';
import { requireAllowed, type Rule } from '../access/policy.js';
import type { Accepted } from '../clusters/cluster.schema.js';
import type { ClusterRow } from '../clusters/cluster.row.js';
import { ClusterStore } from '../clusters/cluster.store.js';
import { targetOf } from '../clusters/clusters.service.js';
import type { Asking } from '../http/request-context.js';
import type { ChangePlan, ChangePlanRequest } from './change-plan.schema.js';
import type { ReplaceNodesRequest, ReplacementAccepted, ResizeRequest } from './node-change.schema.js';
import { Planning } from './planning.js';
import { Replacing } from './replacing.js';
import { Resizing, type ResizeOfCluster } from './resizing.js';

/** Changes of a cluster's nodes, for whoever may ask for them. As with Magnum, an admin acts within their own project here. */
@Injectable()
export class NodeChangesService {
  constructor(
    private readonly clusters: ClusterStore,
    private readonly resizing: Resizing,
    private readonly replacing: Replacing,
    private readonly planning: Planning,
  ) {}

  async resize(asking: Asking, reference: string, body: ResizeRequest): Promise<Accepted> {
    const cluster = await this.find(asking, reference, 'cluster:resize');
    await this.resizing.accept(asking, sizeOf(cluster, body));
    return { uuid: cluster.id };
  }

  async replaceNodes(asking: Asking, reference: string, body: ReplaceNodesRequest): Promise<ReplacementAccepted> {
    const cluster = await this.find(asking, reference, 'cluster:replace_node');
    return { uuid: cluster.id, operations: [...(await this.replacing.accept(asking, cluster, body))] };
  }

  async plan(asking: Asking, reference: string, body: ChangePlanRequest): Promise<ChangePlan> {
    const cluster = await this.find(asking, reference, 'cluster:get');
    switch (body.action) {
      case 'resize':
        return this.planning.resize(asking, sizeOf(cluster, body));
      case 'replace-node':
        return this.planning.replacement(asking, cluster, body);
    }
  }

  private async find({ caller }: Asking, reference: string, rule: Rule): Promise<ClusterRow> {
    requireAllowed(rule, caller);
    const cluster = await this.clusters.get(caller, reference, 'own');
    requireAllowed(rule, caller, targetOf(cluster));
    return cluster;
  }
}

const sizeOf = (cluster: ClusterRow, { node_count, nodes_to_remove, nodegroup }: ResizeRequest): ResizeOfCluster => ({
  cluster,
  nodegroup: nodegroup ?? null,
  nodeCount: node_count,
  nodesToRemove: nodes_to_remove ?? [],
});
