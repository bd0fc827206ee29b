import { expect } from '@jest/globals';
import type { ApiClient } from './api-client.js';
import type { LifecycleEnvironment } from './lifecycle-environment.js';

export interface OperationView {
  readonly uuid: string;
  readonly kind: string;
  readonly state: string;
  readonly step: string | null;
  readonly waiting_for: string | null;
  readonly failure: string | null;
}

/** The operation that a cluster's state comes from. */
export async function newestOperation(api: ApiClient, clusterId: string): Promise<OperationView> {
  const { operations } = await api.get<{ operations: OperationView[] }>(`/v1/clusters/${clusterId}/operations`);
  const newest = operations.at(-1);
  if (!newest) throw new Error(`cluster ${clusterId} has no operation`);
  return newest;
}

/** Asks for the failed operation of a cluster once more. */
export async function retryNewest(api: ApiClient, clusterId: string): Promise<void> {
  const answer = await api.call('POST', `/v1/operations/${(await newestOperation(api, clusterId)).uuid}/actions/retry`, {});
  expect(answer).toMatchObject({ status: 202 });
}

/** Asks for the deletion of clusters, all at once. */
export async function requestDeletion(api: ApiClient, clusterIds: readonly string[]): Promise<void> {
  const answers = await Promise.all(clusterIds.map((id) => api.call('DELETE', `/v1/clusters/${id}`)));
  expect(answers.map(({ status }) => status)).toEqual(clusterIds.map(() => 204));
}

/** Waits until clusters are gone, and says what is left in the cloud: nothing, if all went well. */
export async function untilDeleted(world: LifecycleEnvironment, clusterIds: readonly string[], deadlineMs?: number): Promise<string[]> {
  const ends = await Promise.all(clusterIds.map((id) => world.settledStatus(id, deadlineMs)));
  expect(ends.map(({ status, reason }) => ({ status, reason }))).toEqual(clusterIds.map(() => ({ status: 'DELETE_COMPLETE', reason: null })));
  return world.leftovers();
}

export async function deleteClusters(world: LifecycleEnvironment, clusterIds: readonly string[], deadlineMs?: number): Promise<void> {
  await requestDeletion(world.demo, clusterIds);
  expect(await untilDeleted(world, clusterIds, deadlineMs)).toEqual([]);
}
