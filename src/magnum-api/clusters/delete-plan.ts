import { Inject, Injectable } from '@nestjs/common';
import { z } from 'zod';
import { apiBalancerAddress, findMaker, findRecordedThings, madeTypes } from '../../database/maker-cluster.js';
import type { ClusterSpec } from '../../driver-contract/index.js';
import { findMadeByCluster, type MadeByCluster } from '../../openstack/made-by-cluster/find-made-by-cluster.js';
import { requireAllowed } from '../access/policy.js';
import { askCloud } from '../cloud-lookups/ask-cloud.js';
import type { Asking } from '../http/request-context.js';
import { RUNTIME, type Runtime } from '../runtime.js';
import type { DeleteQuery } from './cluster.schema.js';
import { ClusterStore } from './cluster.store.js';
import { targetOf } from './clusters.service.js';

const nullableText = z.string().nullable();

export const deletePlanSchema = z
  .object({
    cluster_uuid: z.string(),
    stacks: z.array(z.object({ name: z.string(), id: nullableText, state: z.string().describe('As the ledger has it: intended, present or deleting') })),
    nodes: z.array(z.object({ name: z.string(), role: z.string(), phase: z.string(), server_id: nullableText })),
    load_balancers: z.array(z.object({ id: z.string(), name: z.string(), address: z.string(), status: z.string() })).describe('Made by the cluster for its Services'),
    floating_ips: z.array(z.object({ id: z.string(), address: z.string() })).describe('Of these load balancers'),
    volumes: z.array(
      z.object({ id: z.string(), name: z.string(), size_gib: z.int(), status: z.string(), action: z.enum(['delete', 'keep']), because: z.string() }),
    ),
    recorded: z.array(z.object({ type: z.enum(madeTypes), id: z.string(), name: z.string(), state: z.string() })).describe('What an earlier delete read from the cluster and wrote down'),
    blockers: z.array(z.string()).describe('What would stand in the way'),
    notes: z.array(z.string()).describe('What could not be looked at'),
  })
  .meta({ id: 'ClusterDeletePlan' });
export type DeletePlan = z.infer<typeof deletePlanSchema>;

interface PlannedCluster {
  readonly infra_outputs: Readonly<Record<string, unknown>> | null;
  readonly spec: ClusterSpec;
}

/** Says what a delete would remove: from the database, and from OpenStack with the asker's own token. The cluster itself is not asked. */
@Injectable()
export class DeletePlanner {
  constructor(
    @Inject(RUNTIME) private readonly runtime: Runtime,
    private readonly store: ClusterStore,
  ) {}

  async plan(asking: Asking, reference: string, query: DeleteQuery): Promise<DeletePlan> {
    const { caller } = asking;
    const row = await this.store.get(caller, reference, 'all');
    requireAllowed('cluster:delete', caller, targetOf(row));
    const { manager } = this.runtime.dataSource;
    const [{ infra_outputs: infraOutputs, spec }]: [PlannedCluster] = await manager.query(`SELECT infra_outputs, spec FROM clusters WHERE id = $1`, [row.id]);
    const recorded = await findRecordedThings(manager, row.id);
    const known = { id: row.id, name: row.name, projectId: row.project_id, infraOutputs, fixedNetworkId: spec.fixedNetworkId };
    const cluster = await findMaker(manager, known, recorded);
    const question = { cluster, projectId: row.project_id, apiAddress: apiBalancerAddress(infraOutputs) };
    const found = await askCloud(this.runtime, asking, 'what the cluster made', (clients, call) => findMadeByCluster(clients, question, call));
    const retained = new Set(recorded.filter(({ type }) => type === 'retained-volume').map(({ id }) => id));
    return {
      cluster_uuid: row.id,
      stacks: await manager.query(
        `SELECT name, external_id AS id, state FROM external_resources WHERE cluster_id = $1 AND type = 'heat-stack' AND state <> 'gone' ORDER BY intended_at DESC, name`,
        [row.id],
      ),
      nodes: await manager.query(`SELECT name, role, phase, server_id FROM nodes WHERE cluster_id = $1 AND phase <> 'gone' ORDER BY role, row_id`, [row.id]),
      load_balancers: found.balancers.map(({ id, name, vipAddress, status }) => ({ id, name, address: vipAddress, status })),
      floating_ips: found.floatingIps.map(({ id, address }) => ({ id, address })),
      volumes: found.volumes.map((volume) => ({ id: volume.id, name: volume.name, size_gib: volume.sizeGib, status: volume.status, ...fateOf(volume.id, query, retained) })),
      recorded: recorded.map(({ type, id, name, state }) => ({ type, id, name, state })),
      blockers: found.inTheWay.map(({ id, name }) => `Load balancer ${name} (${id}) stands in the cluster's network and is not its own: the network cannot go before it does`),
      notes: [...found.blindSpots.map(({ message }) => message), ...noteOnPolicies(found, query)],
    };
  }
}

function fateOf(id: string, { keep_volumes: keepVolumes }: DeleteQuery, retained: ReadonlySet<string>): { action: 'delete' | 'keep'; because: string } {
  if (keepVolumes === true) return { action: 'keep', because: 'keep_volumes was asked for' };
  if (retained.has(id)) return { action: 'keep', because: 'its PersistentVolume says Retain' };
  return { action: 'delete', because: 'the cluster made it' };
}

/** The policies are known to the cluster only, and a delete reads them first. */
const noteOnPolicies = ({ volumes }: MadeByCluster, { keep_volumes: keepVolumes }: DeleteQuery): string[] =>
  volumes.length === 0 || keepVolumes === true
    ? []
    : ["Volumes whose PersistentVolume says Retain are kept if the cluster's API answers when the delete begins; with keep_volumes all are kept"];
