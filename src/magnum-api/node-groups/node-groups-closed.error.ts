import type { ClusterStatus } from '../../domain/cluster-status.js';
import { DomainError } from '../../domain/domain-error.js';
import { operationEffects } from '../../domain/operation-effects.js';
import type { OperationKind } from '../../domain/operation-state.js';

/** The cluster, or the group itself, is in a state in which its groups are left alone. */
export class NodeGroupsClosedError extends DomainError {
  readonly code = 'cluster-busy';
}

/** Magnum looks at the group's status only, and so changes groups of clusters that are being made or deleted. */
export function requireOpenCluster(kind: OperationKind, { name, status, api_address }: { readonly name: string; readonly status: ClusterStatus; readonly api_address: string | null }): void {
  if (!operationEffects[kind].acceptedIn.includes(status)) {
    throw new NodeGroupsClosedError(`Cluster ${name} is ${status}: its node groups can be changed when it works, and not while it is made or deleted.`);
  }
  if (api_address === null) throw new NodeGroupsClosedError(`Cluster ${name} has no API address yet, so that no node could join.`);
}
