import { Inject, Injectable } from '@nestjs/common';
import { addDemands } from '../../domain/quota.js';
import type { QuotaUnit } from '../../driver-contract/quota-units.js';
import type { Asking } from '../http/request-context.js';
import { RUNTIME, type Runtime } from '../runtime.js';
import type { ChangePlan } from './change-plan.schema.js';
import { estimateTime } from './estimate-time.js';
import { GrowthQuota, type Growth } from './growth-quota.js';
import type { ReplaceNodesRequest } from './node-change.schema.js';
import { readPastTimes } from './past-times.js';
import type { MemberNode } from './plan-resize.js';
import type { ChangeableGroup } from './read-groups.js';
import { readMembers } from './read-members.js';
import { Replacing } from './replacing.js';
import { describeResize, Resizing, type ResizeOfCluster } from './resizing.js';

type PlannedNode = ChangePlan['nodes'][number];

interface Draft {
  readonly action: ChangePlan['action'];
  readonly summary: string;
  readonly nodes: readonly PlannedNode[];
  /** Nodes beyond those of now, for a time or for good. */
  readonly growths: readonly Growth[];
}

/** What only the cluster's own API could tell: the conductor talks to clusters, this process does not. */
const uncheckedOfDrains = [
  'PodDisruptionBudgets and pods that nothing would make again are looked at by the conductor, when it empties the nodes',
  'Nodes that their owner holds are found by the conductor; they are left alone, and told of',
];

/** Answers what an action would do. The same decisions as the action's own, without any effect. */
@Injectable()
export class Planning {
  constructor(
    @Inject(RUNTIME) private readonly runtime: Runtime,
    private readonly resizing: Resizing,
    private readonly replacing: Replacing,
    private readonly quota: GrowthQuota,
  ) {}

  async resize(asking: Asking, wanted: ResizeOfCluster): Promise<ChangePlan> {
    const { group, members, plan, growth } = await this.resizing.decide(this.runtime.dataSource.manager, asking, wanted);
    const removed = plan.victims.map((node) => nodeStep(plan.replaces ? 'replace' : 'remove', node, group, plan.replaces ? replacementWords(group) : 'it is named'));
    const failed = members.filter(({ phase, doomedBecause }) => phase === 'failed' && doomedBecause === null);
    const chosen = Array.from({ length: plan.unnamed }, () =>
      unnamedStep('remove', group, `the conductor chooses: not ready${failed.length > 0 ? ` (${failed.map(({ name }) => name).join(', ')} failed)` : ''}, then ${group.role === 'master' ? 'the slot that came last' : 'closed, then fewest pods, then youngest; never one on hold'}`),
    );
    const created = Array.from({ length: growth.count }, () => unnamedStep('create', group, `${growth.standing} of ${plan.nodeCount} nodes are there or under way`));
    // A place of the control plane is emptied before its new machine comes.
    const surge = { group, standing: growth.standing, count: group.role === 'master' ? 0 : 1 };
    const draft = { action: 'resize', summary: `${describeResize(group, plan)}${plan.replaces && isAlone(group) ? `; ${absence}` : ''}`, nodes: [...created, ...removed, ...chosen], growths: [plan.replaces && growth.count === 0 ? surge : growth] };
    return this.finish(asking, wanted.cluster, draft);
  }

  async replacement(asking: Asking, cluster: ResizeOfCluster['cluster'], request: ReplaceNodesRequest): Promise<ChangePlan> {
    const { manager } = this.runtime.dataSource;
    const replacements = await this.replacing.decide(manager, cluster, request);
    const members = await readMembers(manager, cluster.id, []);
    const nodes = replacements.flatMap(({ group, nodes: named }) => named.map((node) => nodeStep('replace', node, group, replacementWords(group))));
    const growths = replacements.filter(({ group }) => group.role !== 'master').map(({ group }) => ({ group, standing: members.filter(({ groupId }) => groupId === group.id).length, count: 1 }));
    const summary = nodes.length === 0 ? 'All of the named nodes are going already' : `${nodes.length} node${nodes.length === 1 ? ' is' : 's are'} replaced, one after the other in each group${replacements.some(({ group }) => isAlone(group)) ? `; ${absence}` : ''}`;
    return this.finish(asking, cluster, { action: 'replace-node', summary, nodes, growths });
  }

  private async finish(asking: Asking, cluster: ResizeOfCluster['cluster'], { action, summary, nodes, growths }: Draft): Promise<ChangePlan> {
    const count = (what: PlannedNode['what']): number => nodes.filter((node) => node.what === what).length;
    const drains = count('replace') + count('remove');
    const { manager } = this.runtime.dataSource;
    return {
      action,
      cluster_uuid: cluster.id,
      summary,
      nodes: [...nodes],
      extra_capacity: await this.capacity(asking, cluster.project_id, growths),
      blockers: await this.blockers(cluster.id),
      unchecked: drains > 0 ? [...uncheckedOfDrains] : [],
      estimate: estimateTime({ boots: count('create') + count('replace'), drains }, await readPastTimes(manager, cluster.id)),
    };
  }

  private async capacity(asking: Asking, projectId: string, growths: readonly Growth[]): Promise<ChangePlan['extra_capacity']> {
    const growing = growths.filter(({ count }) => count > 0);
    const [first] = growing;
    if (!first) return { nodes: 0, resources: {}, fits: true, shortages: [] };
    const look = await this.quota.look(asking, projectId, first.group);
    const units: QuotaUnit[] = growing.flatMap((growth) => [...this.quota.units(growth, look)]);
    const { fits, shortages } = await this.quota.forecast(this.runtime.dataSource.manager, projectId, units, look);
    return { nodes: growing.reduce((sum, { count }) => sum + count, 0), resources: { ...addDemands(units.map(({ demand }) => demand)) } as Record<string, number>, fits, shortages };
  }

  /** Other operations that hold the cluster go first. */
  private async blockers(clusterId: string): Promise<string[]> {
    const rows: { kind: string; state: string; waiting_for: string | null }[] = await this.runtime.dataSource.query(
      `SELECT kind, state, waiting_for FROM operations WHERE cluster_id = $1 AND state IN ('running', 'waiting')`,
      [clusterId],
    );
    return rows.map(({ kind, state, waiting_for }) => `A ${kind} is ${state}${waiting_for === null ? '' : ` for ${waiting_for}`}: it ends first, or takes this up`);
  }
}

const absence = 'the Kubernetes API is away while the only node of the control plane is replaced';

const isAlone = ({ role, nodeCount }: ChangeableGroup): boolean => role === 'master' && nodeCount === 1;

function replacementWords(group: ChangeableGroup): string {
  if (group.role !== 'master') return 'it is named; a new node is ready before it goes';
  return `it is named; its machine goes before the new one comes in its slot${isAlone(group) ? `, and ${absence}` : ', while the others serve the API'}`;
}

const nodeStep = (what: PlannedNode['what'], { id, name }: MemberNode, { name: nodegroup }: ChangeableGroup, because: string): PlannedNode => ({ what, node: name, node_uuid: id, nodegroup, because });

const unnamedStep = (what: PlannedNode['what'], { name: nodegroup }: ChangeableGroup, because: string): PlannedNode => ({ what, node: null, node_uuid: null, nodegroup, because });
