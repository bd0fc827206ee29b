import { In, IsNull, type EntityManager } from 'typeorm';
import { Cluster } from '../database/cluster.entity.js';
import { ClusterRevision } from '../database/cluster-revision.entity.js';
import { NodeGroup } from '../database/node-group.entity.js';
import { ClusterNode } from '../database/node.entity.js';
import type { OperationRecord } from '../database/operation.entity.js';
import { Slot } from '../database/slot.entity.js';
import { InvalidParameterError } from '../domain/domain-error.js';
import { clusterTag } from '../domain/resource-names.js';
import { secretNames } from '../domain/secret-names.js';
import type { ClusterDriver, ClusterSpec, GroupSpec } from '../driver-contract/index.js';
import type { CallOptions } from '../openstack/call-options.js';
import type { CloudClients } from '../openstack/cloud.js';
import type { StackSummary } from '../openstack/heat/stack.js';
import type { ConductorRuntime } from './conductor-runtime.js';
import { groupSpecOf } from './nodes/group-spec.js';
import { PendingCalls } from './operation/pending-calls.js';
import { growingPauseMs, type StepResult } from './operation/operation.js';
import { note } from './operation/save-move.js';
import type { Turn } from './operation/turn.js';

/**
 * One turn of one operation, as its steps see it: the rows as loaded at the turn's start, the clients, and the only ways
 * to write (under the fence) and to call outside (while the lease is held).
 */
export class ClusterContext {
  readonly pendingCalls = new PendingCalls();
  private listedStacks: Promise<Map<string, StackSummary>> | undefined;
  private lastSeenStacks: ReadonlyMap<string, StackSummary> | undefined;
  private clients: Promise<CloudClients> | undefined;

  private constructor(
    readonly runtime: ConductorRuntime,
    readonly turn: Turn,
    readonly operation: OperationRecord,
    readonly cluster: Cluster,
    readonly groups: readonly NodeGroup[],
    /** Those that have not been removed. */
    readonly slots: readonly Slot[],
    readonly nodes: readonly ClusterNode[],
    private readonly specs: ReadonlyMap<number, ClusterSpec>,
    /** The database's clock at the turn's start. */
    readonly now: Date,
  ) {}

  static async load(runtime: ConductorRuntime, turn: Turn, operation: OperationRecord): Promise<ClusterContext> {
    const { manager } = runtime.dataSource;
    const clusterId = operation.clusterId;
    const [cluster, groups, slots, nodes, clock] = await Promise.all([
      manager.findOneByOrFail(Cluster, { id: clusterId }),
      manager.find(NodeGroup, { where: { clusterId }, order: { rowId: 'ASC' } }),
      manager.find(Slot, { where: { clusterId, removedAt: IsNull() }, order: { index: 'ASC' } }),
      manager.find(ClusterNode, { where: { clusterId }, order: { rowId: 'ASC' } }),
      manager.query<[{ now: Date }]>(`SELECT clock_timestamp() AS now`),
    ]);
    const specs = await loadSpecs(manager, cluster, [...groups, ...nodes.filter(({ phase, role }) => phase !== 'gone' || role === 'control-plane')]);
    return new ClusterContext(runtime, turn, operation, cluster, groups, slots, nodes, specs, clock[0].now);
  }

  get driver(): ClusterDriver {
    const name = this.cluster.spec.driver;
    const driver = this.runtime.drivers.find((candidate) => candidate.name === name);
    if (driver) return driver;
    throw new InvalidParameterError(`This conductor has no driver ${name}, which cluster ${this.cluster.id} was made with`);
  }

  /** A frozen spec of the cluster, as groups and present nodes name them. */
  specOf(revision: number): ClusterSpec {
    const spec = this.specs.get(revision);
    if (!spec) throw new Error(`revision ${revision} of cluster ${this.cluster.id} was not loaded`);
    return spec;
  }

  /** How the group's nodes are to be. */
  groupSpec({ id, revision }: Pick<NodeGroup, 'id' | 'revision'>): GroupSpec {
    return groupSpecOf(this.specOf(revision), id);
  }

  get signal(): AbortSignal {
    return this.turn.signal;
  }

  /**
   * For every call to the outside: it ends with the lease, and no attempt of it begins without one. The clouds' and clusters'
   * logs show under one id what came of one request to our API, and in which step.
   */
  get call(): CallOptions {
    const { id, kind, step, requestId } = this.operation;
    return {
      signal: this.turn.signal,
      beforeAttempt: () => this.turn.assertHeld(),
      onAttempt: this.pendingCalls.begin,
      requestId: requestId ?? `req-${id}`,
      purpose: `${kind}; ${step ?? 'start'}`,
    };
  }

  /** Nodes that have not been removed. */
  get presentNodes(): readonly ClusterNode[] {
    return this.nodes.filter((node) => node.phase !== 'gone');
  }

  /** Writes under the fence; fails when another conductor has taken over. */
  write<T>(change: (manager: EntityManager) => Promise<T>): Promise<T> {
    return this.turn.transaction(change);
  }

  /** To be asked before each call that changes something outside. */
  assertHeld(): void {
    this.turn.assertHeld();
  }

  /** The cluster's history: what is done now, and why. */
  say(manager: EntityManager, message: string, because: string | null, nodeId: string | null = null): Promise<void> {
    return note(manager, this.operation, nodeId ? 'node' : 'action', message, because, nodeId);
  }

  /** Something came about: the step's deadline counts from now on. For steps that go through many nodes. */
  async noteProgress(manager: EntityManager): Promise<void> {
    await manager.query(`UPDATE operations SET step_entered_at = clock_timestamp(), step_turns = 0 WHERE id = $1`, [this.operation.id]);
  }

  /** Everything a cluster does in OpenStack is done as its own user. */
  asClusterUser(): Promise<CloudClients> {
    this.clients ??= this.openClusterUser();
    return this.clients;
  }

  /** All stacks of the cluster by name: one list by tag, once a turn. */
  stacks(): Promise<Map<string, StackSummary>> {
    this.listedStacks ??= this.listStacks();
    return this.listedStacks;
  }

  /** What the last list of this turn showed; undefined when nobody asked. Never asks. */
  get seenStacks(): ReadonlyMap<string, StackSummary> | undefined {
    return this.lastSeenStacks;
  }

  /** After stacks were created or deleted in this turn, the next look must ask again. */
  forgetStacks(): void {
    this.listedStacks = undefined;
  }

  waiting(reason: string): StepResult {
    const { POLL_MIN_SECONDS, POLL_MAX_SECONDS } = this.runtime.config;
    const range = { minSeconds: POLL_MIN_SECONDS, maxSeconds: POLL_MAX_SECONDS };
    return { kind: 'waiting', for: reason, recheckAfterMs: growingPauseMs(this.operation.stepTurns, range) };
  }

  private async openClusterUser(): Promise<CloudClients> {
    const { id, keystoneUserId, projectId } = this.cluster;
    const password = await this.runtime.secrets.find(this.runtime.dataSource.manager, id, secretNames.clusterUserPassword);
    if (keystoneUserId === null || password === undefined) throw new Error(`cluster ${id} has no Keystone user yet`);
    return this.runtime.cloud.asUser({ userId: keystoneUserId, password, projectId });
  }

  private async listStacks(): Promise<Map<string, StackSummary>> {
    const { heat } = await this.asClusterUser();
    const stacks = await heat.listStacks({ tags: [clusterTag(this.cluster.id)] }, this.call);
    const byName = new Map(stacks.map((stack) => [stack.name, stack]));
    this.lastSeenStacks = byName;
    return byName;
  }
}

/** Most clusters have one revision, and nothing more is asked for. */
async function loadSpecs(manager: EntityManager, { id, revision, spec }: Cluster, users: readonly { readonly revision: number }[]): Promise<ReadonlyMap<number, ClusterSpec>> {
  const specs = new Map([[revision, spec]]);
  const others = [...new Set(users.map((user) => user.revision))].filter((number) => number !== revision);
  if (others.length === 0) return specs;
  const rows = await manager.find(ClusterRevision, { where: { clusterId: id, revision: In(others) } });
  for (const row of rows) specs.set(row.revision, row.spec);
  return specs;
}
