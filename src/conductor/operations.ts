import type { OperationKind } from '../domain/operation-state.js';
import type { ClusterContext } from './cluster-context.js';
import { createOperation } from './create/create.operation.js';
import { deleteOperation } from './delete/delete.operation.js';
import { nodeGroupCreateOperation, nodeGroupDeleteOperation, nodeGroupUpdateOperation } from './node-groups/node-group.operations.js';
import type { Operation } from './operation/operation.js';
import { replaceOperation } from './replace/replace.operation.js';
import { resizeOperation } from './resize/resize.operation.js';
import { upgradeOperation } from './upgrade/upgrade.operation.js';

/** Everything that a conductor can do with a cluster. */
export const operations: Readonly<Record<OperationKind, Operation<ClusterContext>>> = {
  'cluster-create': createOperation,
  'cluster-delete': deleteOperation,
  'cluster-resize': resizeOperation,
  'node-replace': replaceOperation,
  'nodegroup-create': nodeGroupCreateOperation,
  'nodegroup-update': nodeGroupUpdateOperation,
  'nodegroup-delete': nodeGroupDeleteOperation,
  'cluster-upgrade': upgradeOperation,
};
