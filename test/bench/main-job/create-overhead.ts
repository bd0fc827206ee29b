import type { ApiClient } from '../../support/api-client.js';
import { secondsSince, until } from './until.js';

export interface MeasuredShape {
  readonly name: string;
  readonly masters: number;
  readonly workers: number;
  /** Simulated boots that the cluster cannot but wait for one after the other. */
  readonly bootsInARow: number;
}

/** Seconds from the 202 to CREATE_COMPLETE, less the boots that nobody could have saved; the cluster stays. */
export async function createOverhead(api: ApiClient, template: string, { name, masters, workers, bootsInARow }: MeasuredShape, bootSeconds: number): Promise<number> {
  const body = { name, cluster_template_id: template, master_count: masters, node_count: workers, ...(masters > 1 && { master_lb_enabled: true }) };
  const { uuid } = await api.post<{ uuid: string }>('/v1/clusters', body);
  const accepted = performance.now();
  const complete = async (): Promise<boolean> => {
    const cluster = await api.get<{ status: string; status_reason: string | null }>(`/v1/clusters/${uuid}`);
    if (cluster.status === 'CREATE_FAILED') throw new Error(`${cluster.status}: ${cluster.status_reason ?? ''}`);
    return cluster.status === 'CREATE_COMPLETE';
  };
  await until(complete, 600, `cluster ${name} to be complete`);
  return secondsSince(accepted) - bootsInARow * bootSeconds;
}
