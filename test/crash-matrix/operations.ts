import type { LifecycleEnvironment } from '../support/lifecycle-environment.js';

/** One cluster on its way through all operations of the list below. */
export interface Life {
  readonly clusterId: string;
  readonly clusterName: string;
}

export interface MatrixOperation {
  /** As in operations.kind. */
  readonly kind: string;
  /** Asks the API for it. The first operation of the list makes the life; the others are given it. */
  readonly request: (world: LifecycleEnvironment, life: Life, template: string) => Promise<Life>;
}

/**
 * THE list: every operation of the product, in the order in which one cluster goes through them. To join the matrix, add a
 * line between the first and the last one; all the rest (its edges, its end state) is recorded from a clean run.
 */
export const matrixOperations: readonly MatrixOperation[] = [
  {
    kind: 'cluster-create',
    request: async (world, life, template) => ({ ...life, clusterId: await world.createCluster(life.clusterName, template) }),
  },
  {
    kind: 'cluster-delete',
    request: async (world, life) => {
      await world.demo.call('DELETE', `/v1/clusters/${life.clusterId}`);
      return life;
    },
  },
];
