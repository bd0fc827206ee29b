import { ClusterRevision } from '../../database/cluster-revision.entity.js';
import type { ClusterNode } from '../../database/node.entity.js';
import type { NodeGroup } from '../../database/node-group.entity.js';
import { rollLimits } from '../../domain/node-share.js';
import type { RollInput, UpgradeInput } from '../../domain/upgrade-input.js';
import { changedNodeFields } from '../../driver-contract/changed-node-fields.js';
import type { ClusterContext } from '../cluster-context.js';
import { configuredDrain, type DrainSettings } from '../drain/drain-settings.js';
import type { RollOptions } from '../rolls/roll-options.js';

/** One upgrade as its steps see it. */
export interface UpgradeRun {
  readonly input: UpgradeInput;
  /** What the groups are to be made from. */
  readonly target: ClusterRevision;
  /** Null: it is not touched, because only a group of the user's own is upgraded. */
  readonly controlPlane: NodeGroup | null;
  /** In the order in which they are rolled. */
  readonly workers: readonly NodeGroup[];
}

export async function openUpgrade(context: ClusterContext): Promise<UpgradeRun> {
  const input = context.operation.input as unknown as UpgradeInput;
  const target = await context.runtime.dataSource.manager.findOneByOrFail(ClusterRevision, { clusterId: context.cluster.id, revision: input.revision });
  // A group that was deleted meanwhile is nobody's loss.
  const groups = input.groups.flatMap((id) => context.groups.find((group) => group.id === id) ?? []);
  return { input, target, controlPlane: groups.find(({ role }) => role === 'master') ?? null, workers: groups.filter(({ role }) => role !== 'master') };
}

/** Machines of the control plane that are not as the new revision wants them, whatever was tried before. */
export function outdatedControlPlane(context: ClusterContext, { controlPlane, target }: UpgradeRun): readonly ClusterNode[] {
  if (!controlPlane) return [];
  return context.presentNodes.filter(({ role, revision }) => role === 'control-plane' && changedNodeFields(context.driver, context.specOf(revision), target.spec, controlPlane.id).length > 0);
}

/** How the request wants nodes emptied, and what is configured where it says nothing. */
export function drainSettingsOfRoll(context: ClusterContext, input: RollInput): DrainSettings {
  const configured = configuredDrain(context.runtime.config);
  return { ...configured, timeoutSeconds: input.drain_timeout ?? configured.timeoutSeconds, policy: input.drain_timeout_policy ?? configured.policy };
}

export const rollOptionsOf = (context: ClusterContext, input: RollInput, { nodeCount }: NodeGroup): RollOptions => ({
  ...rollLimits(input.max_surge, input.max_unavailable, nodeCount),
  canary: input.canary,
  soakSeconds: input.soak_seconds,
  drain: drainSettingsOfRoll(context, input),
  scope: 'all',
});
