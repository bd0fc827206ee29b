import type { EntityManager } from 'typeorm';
import type { MakerCluster } from '../openstack/made-by-cluster/belongs-to-cluster.js';

/** Types of the ledger's lines about what a cluster made itself, or had us keep. */
export const madeTypes = ['octavia-load-balancer', 'neutron-floating-ip', 'cinder-volume', 'retained-volume', 'kept-volume'] as const;
export type MadeType = (typeof madeTypes)[number];

/** One line of them that is still open. */
export interface RecordedThing {
  readonly type: MadeType;
  /** Id in OpenStack. */
  readonly id: string;
  readonly name: string;
  readonly state: 'present' | 'deleting';
}

/** Recorded things that the cluster made and that are not known to be gone, the oldest first. */
export function findRecordedThings(manager: EntityManager, clusterId: string): Promise<RecordedThing[]> {
  return manager.query(
    `SELECT type, external_id AS id, name, state FROM external_resources
     WHERE cluster_id = $1 AND type = ANY($2) AND state <> 'gone' AND external_id IS NOT NULL ORDER BY intended_at, name`,
    [clusterId, madeTypes],
  );
}

interface KnownCluster {
  readonly id: string;
  readonly name: string;
  readonly projectId: string;
  readonly infraOutputs: Readonly<Record<string, unknown>> | null;
  readonly fixedNetworkId: string | null;
}

/** What tells a cluster's own things in the cloud from all others, as far as the database knows. */
export async function findMaker(manager: EntityManager, cluster: KnownCluster, recorded: readonly RecordedThing[]): Promise<MakerCluster> {
  const { id, name, projectId, infraOutputs, fixedNetworkId } = cluster;
  const namesakes: unknown[] = await manager.query(
    `SELECT 1 FROM clusters WHERE project_id = $1 AND name = $2 AND id <> $3 AND deleted_at IS NULL LIMIT 1`,
    [projectId, name, id],
  );
  const subnetId = infraOutputs?.['subnet_id'];
  return {
    id,
    name,
    isNameUnique: namesakes.length === 0,
    subnetId: typeof subnetId === 'string' && subnetId !== '' ? subnetId : null,
    ownsNetwork: fixedNetworkId === null,
    recordedIds: new Set(recorded.map((thing) => thing.id)),
  };
}

/** The address of the load balancer before the Kubernetes API, if there is one. */
export function apiBalancerAddress(infraOutputs: Readonly<Record<string, unknown>> | null): string | null {
  const address = infraOutputs?.['api_address'];
  return typeof address === 'string' ? address : null;
}
