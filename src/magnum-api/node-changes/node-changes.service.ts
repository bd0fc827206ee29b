import { Injectable } from '@nestjs/common';
import { InvalidParameterError } from '../../domain/domain-error.js';
import { requireAllowed, type Rule } from '../access/policy.js';
import { ClusterStore } from '../clusters/cluster.store.js';
import type { Accepted } from '../clusters/cluster.schema.js';
import { targetOf } from '../clusters/clusters.service.js';
import type { Asking } from '../http/request-context.js';
import type { ChangePlan, ChangePlanRequest } from './change-plan.schema.js';
import type { ReplaceNodesRequest, ReplacementAccepted, ResizeRequest } from './node-change.schema.js';

/** Refused until the conductor knows these operations, after everything that would be refused anyway. */
@Injectable()
export class NodeChangesService {
  constructor(private readonly clusters: ClusterStore) {}

  resize(asking: Asking, reference: string, _: ResizeRequest): Promise<Accepted> {
    return this.refuse(asking, reference, 'cluster:resize', 'Clusters cannot be resized yet; create another one with the count you need.');
  }

  replaceNodes(asking: Asking, reference: string, _: ReplaceNodesRequest): Promise<ReplacementAccepted> {
    return this.refuse(asking, reference, 'cluster:replace_node', 'Nodes cannot be replaced yet.');
  }

  plan(asking: Asking, reference: string, _: ChangePlanRequest): Promise<ChangePlan> {
    return this.refuse(asking, reference, 'cluster:get', 'Changes cannot be planned yet.');
  }

  private async refuse({ caller }: Asking, reference: string, rule: Rule, because: string): Promise<never> {
    requireAllowed(rule, caller);
    const cluster = await this.clusters.get(caller, reference, 'own');
    requireAllowed(rule, caller, targetOf(cluster));
    throw new InvalidParameterError(because);
  }
}
