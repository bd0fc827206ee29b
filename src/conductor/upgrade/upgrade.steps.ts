import type { NodeGroup } from '../../database/node-group.entity.js';
import type { UpgradeInput } from '../../domain/upgrade-input.js';
import { changedNodeFields } from '../../driver-contract/changed-node-fields.js';
import type { ClusterContext } from '../cluster-context.js';
import { clusterAccess } from '../nodes/cluster-access.js';
import { done, failed, type StepResult } from '../operation/operation.js';
import { rollGroup } from '../rolls/roll-group.js';
import { openUpgrade, rollOptionsOf } from './upgrade-run.js';

/** What runs in the cluster and is ours, as the new revision wants it. Server-side apply is repeatable. */
export async function applyTargetAddOns(context: ClusterContext): Promise<StepResult> {
  const { target, input } = await openUpgrade(context);
  if (input.shown === null) return done;
  const client = context.runtime.clusters.clientFor(await clusterAccess(context));
  for (const manifest of context.driver.renderAddOns(target.spec)) {
    context.assertHeld();
    await client.applyManifest(manifest, context.call);
  }
  return done;
}

/** Group by group: a group's nodes are as before until its turn has come. */
export async function rollWorkers(context: ClusterContext): Promise<StepResult> {
  const { input, target, workers } = await openUpgrade(context);
  for (const group of workers) {
    if (group.revision !== target.revision) {
      await moveGroup(context, group, target.revision, changedNodeFields(context.driver, context.specOf(group.revision), target.spec, group.id));
      return { kind: 'waiting', for: `group ${group.name} to be read`, recheckAfterMs: 0 };
    }
    const outcome = await rollGroup(context, group, rollOptionsOf(context, input, group));
    if (outcome.kind === 'halted' && input.on_failure === 'rollback') {
      await noteRollback(context, group, outcome.because);
      return done;
    }
    if (outcome.kind !== 'done') return outcome;
  }
  return done;
}

/** Only after a failure that on_failure answers with a rollback: every worker group goes back to what it was, and the upgrade has failed. */
export async function rollWorkersBack(context: ClusterContext): Promise<StepResult> {
  const { input, workers } = await openUpgrade(context);
  const because = input.rolling_back_because;
  if (because === undefined) return done;
  for (const group of workers) {
    const previous = input.previous_revisions?.[group.id];
    if (previous === undefined) continue;
    if (group.revision !== previous) {
      await moveGroup(context, group, previous, [because]);
      return { kind: 'waiting', for: `group ${group.name} to be read`, recheckAfterMs: 0 };
    }
    // A canary was for the new revision; the old one has proved itself.
    const outcome = await rollGroup(context, group, { ...rollOptionsOf(context, input, group), canary: false, soakSeconds: 0 });
    if (outcome.kind !== 'done') return outcome;
  }
  return failed(`The upgrade was rolled back: ${because}`);
}

/** The group's nodes are to have another revision; what it had is noted once, so that there is a way back. */
export async function moveGroup(context: ClusterContext, group: NodeGroup, revision: number, changes: readonly string[]): Promise<void> {
  const { operation } = context;
  const noted = (operation.input as unknown as UpgradeInput).previous_revisions ?? {};
  await context.write(async (manager) => {
    await manager.query(`UPDATE node_groups SET revision = $2, updated_at = now() WHERE id = $1`, [group.id, revision]);
    await manager.query(`UPDATE operations SET input = input || jsonb_build_object('previous_revisions', $2::jsonb) WHERE id = $1`, [
      operation.id,
      JSON.stringify({ [group.id]: group.revision, ...noted }),
    ]);
    await context.noteProgress(manager);
    const because = changes.length === 0 ? 'none of its nodes has to be replaced for it' : changes.join(', ');
    await context.say(manager, `Group ${group.name} goes from revision ${group.revision} to ${revision}`, because);
  });
}

async function noteRollback(context: ClusterContext, group: NodeGroup, because: string): Promise<void> {
  await context.write(async (manager) => {
    await manager.query(`UPDATE operations SET input = input || jsonb_build_object('rolling_back_because', $2::text) WHERE id = $1`, [context.operation.id, because]);
    await context.say(manager, `The upgrade is rolled back, because group ${group.name} could not be upgraded`, because);
  });
}
