import type { NodeGroup } from '../../database/node-group.entity.js';
import type { ClusterNode } from '../../database/node.entity.js';
import { changedNodeFields } from '../../driver-contract/changed-node-fields.js';
import type { ClusterClient } from '../../kubernetes/cluster-client.js';
import { ClusterError } from '../../kubernetes/cluster-error.js';
import type { ClusterNode as SeenNode } from '../../kubernetes/cluster-node.js';
import type { ClusterContext } from '../cluster-context.js';
import type { DrainOutcome, DrainSettings } from '../drain/drain-settings.js';
import { drainTurn } from '../drain/drain-turn.js';
import { clusterAccess } from '../nodes/cluster-access.js';
import { observeNodes, type NodeObservation } from '../nodes/observe-nodes.js';
import { recordReady } from '../nodes/record-ready.js';
import { publishMembership } from '../stacks/publish-membership.js';
import { chooseVictims } from './choose-victims.js';
import { clearFailedNodes, failureToTell } from './clear-failed-nodes.js';
import { keepChosen } from './keep-chosen.js';
import { isFailureMark, isHalting, surgeLeft } from './new-node-failure.js';
import { chosenBecause } from './nodes-to-keep.js';
import { whyNeverReady } from './overdue-node.js';
import { planRoll, type RollAction, type RollNode } from './plan-roll.js';
import { reopenNodes } from './reopen-nodes.js';
import { findForeignServer, removeNodes, startDeleting, startRetiring, type Removals } from './retire-nodes.js';
import type { RollOptions, RollOutcome } from './roll-options.js';
import { drawNewNodes, startDrawnNodes } from './start-new-nodes.js';
import { hasJoined, holdOf, rollNodeOf, whyItGoes, zoneOf, type RolledNode } from './roll-view.js';

/** The rows have changed: the next look reads them anew, at once. */
const again = (reason: string): RollOutcome => ({ kind: 'waiting', for: reason, recheckAfterMs: 0 });

/**
 * One turn's look and act at one worker group: nearer to `group.nodeCount` nodes that are all to stay. Everything goes on side by
 * side, many nodes at a time; nothing is remembered but the nodes' rows, so it may end and begin again anywhere. A cluster that does
 * not answer is waited for, it is never taken for one without nodes.
 */
export async function rollGroup(context: ClusterContext, group: NodeGroup, options: RollOptions): Promise<RollOutcome> {
  const told = failureToTell(context, group, options);
  if (told !== undefined) return { kind: 'halted', because: told };
  const observations = await observeNodes(context);
  const client = context.runtime.clusters.clientFor(await clusterAccess(context));
  const seen = await listSeen(context, client);
  if (seen instanceof ClusterError) return waitForCluster(context, group, options.drain, seen);

  const rolled = await look(context, group, observations, seen);
  const failed = await clearFailedNodes(context, group, rolled);
  if (failed.length > 0) return again(`${failed.join(', ')} to be removed again`);
  const kept = await keepChosen(context, group, rolled);
  if (kept) return kept;
  const removals = await removeNodes(context, client, rolled.filter(({ phase }) => phase === 'deleting').map(({ row }) => row));
  const failure = removals.gone.find(({ doomedBecause }) => isHalting(doomedBecause, options));
  if (failure) return { kind: 'halted', because: failure.doomedBecause ?? '' };
  await showMembers(context, group);
  const drains = await drainAll(context, rolled, options);
  if (drains.kind === 'ended') return drains.outcome;
  if (removals.gone.length > 0) return again(`${removals.gone.map(({ name }) => name).join(', ')} to be forgotten`);

  const aim = { scope: options.scope, operation: context.operation };
  const chosen = await doomExcess(context, client, group, rolled, options);
  if (chosen) return chosen;
  const nodes = rolled.map((node) => rollNodeOf(node, aim));
  const plan = planRoll(nodes, limitsOf(context, group, nodes, options), context.now);
  if (plan.kind === 'done') return { kind: 'done' };
  if (plan.kind === 'halt') return { kind: 'halted', because: plan.because };
  const isCleaning = rolled.some(({ row, phase }) => phase === 'deleting' && isFailureMark(row.doomedBecause));
  const acted = await act(context, group, rolled, isCleaning ? plan.actions.filter(({ kind }) => kind !== 'create') : plan.actions, aim);
  if (acted) return acted;
  if (!isCleaning) await startDrawnNodes(context, client, group, observations, new Set(nodes.filter(({ isCurrent }) => !isCurrent).map(({ id }) => id)));
  return waitFor(context, { nodes, rolled, observations, removals, drains: drains.waits, fallback: plan.waitingFor, options });
}

async function listSeen(context: ClusterContext, client: ClusterClient): Promise<ReadonlyMap<string, SeenNode> | ClusterError> {
  try {
    return new Map((await client.listNodes(context.call)).map((node) => [node.name, node]));
  } catch (error) {
    if (error instanceof ClusterError) return error;
    throw error;
  }
}

/** Nodes that are being emptied keep their time while nobody can be asked. */
async function waitForCluster(context: ClusterContext, group: NodeGroup, settings: DrainSettings, error: ClusterError): Promise<RollOutcome> {
  for (const node of context.presentNodes) if (node.nodeGroupId === group.id && node.phase === 'draining') await drainTurn(context, node, settings);
  const wait = context.waiting(`the cluster to answer: ${error.message}`);
  return wait.kind === 'waiting' ? wait : again(error.message);
}

async function look(context: ClusterContext, group: NodeGroup, observations: readonly NodeObservation[], seen: ReadonlyMap<string, SeenNode>): Promise<readonly RolledNode[]> {
  const own = observations.filter(({ node }) => node.nodeGroupId === group.id);
  const isComing = ({ phase }: ClusterNode): boolean => phase === 'building' || phase === 'booting' || phase === 'joined';
  const newlyReady = own.filter(({ node, verdict }) => isComing(node) && verdict.kind !== 'failed' && node.serverId !== null && seen.get(node.name)?.ready === true);
  await recordReady(context, newlyReady, seen);
  if (newlyReady.length > 0) await context.write((manager) => context.noteProgress(manager));
  const ready = new Set(newlyReady.map(({ node }) => node.id));
  const overdue = await giveUpOverdue(context, own.filter(({ node }) => !ready.has(node.id)), seen);
  return own.map(({ node, verdict }): RolledNode => {
    const isReady = ready.has(node.id);
    return {
      row: node,
      phase: verdict.kind === 'failed' || overdue.has(node.id) ? 'failed' : isReady ? 'ready' : node.phase,
      readyAt: isReady ? context.now : node.readyAt,
      seen: seen.get(node.name),
      changes: changedNodeFields(context.driver, context.specOf(node.revision), context.specOf(group.revision), group.id),
    };
  });
}

/** Answers the ids of those that have failed by this. */
async function giveUpOverdue(context: ClusterContext, coming: readonly NodeObservation[], seen: ReadonlyMap<string, SeenNode>): Promise<ReadonlySet<string>> {
  const seconds = context.runtime.config.NODE_READY_DEADLINE_SECONDS;
  const overdue = coming.flatMap(({ node, verdict }) => {
    const because = verdict.kind === 'failed' ? undefined : whyNeverReady({ phase: node.phase, bootDeadline: node.bootDeadline, conditions: seen.get(node.name)?.conditions }, context.now, seconds);
    return because === undefined ? [] : [{ node, because }];
  });
  if (overdue.length > 0) {
    await context.write(async (manager) => {
      for (const { node, because } of overdue) {
        await manager.query(`UPDATE nodes SET phase = 'failed', phase_reason = $2, updated_at = now() WHERE id = $1 AND phase = 'joined'`, [node.id, because]);
        await context.say(manager, `Node ${node.name} failed`, because, node.id);
      }
    });
  }
  return new Set(overdue.map(({ node }) => node.id));
}

/** Tools that read Heat are not shown a server that goes, nor a node of which nobody knows the server yet. */
async function showMembers(context: ClusterContext, group: NodeGroup): Promise<void> {
  const members = context.nodes.filter(({ nodeGroupId, phase }) => nodeGroupId === group.id && phase !== 'deleting' && phase !== 'gone');
  const names = new Set(members.map(({ name }) => name));
  const hasLost = group.publishedMembers?.members.some(({ nodeName }) => !names.has(nodeName)) === true;
  if (hasLost || members.every(({ serverId }) => serverId !== null)) await publishMembership(context);
}

type Drains = { readonly kind: 'ended'; readonly outcome: RollOutcome } | { readonly kind: 'going'; readonly waits: readonly Extract<DrainOutcome, { kind: 'waiting' }>[] };

/** One pass over every node that is being emptied, all at once. */
async function drainAll(context: ClusterContext, rolled: readonly RolledNode[], options: RollOptions): Promise<Drains> {
  const aim = { scope: options.scope, operation: context.operation };
  const draining = rolled.filter(({ phase }) => phase === 'draining');
  const strays = draining.filter((node) => whyItGoes(node, aim) === null).map(({ row }) => row);
  if (strays.length > 0) {
    await reopenNodes(context, strays, 'it is to stay');
    return { kind: 'ended', outcome: again(`${strays.map(({ name }) => name).join(', ')} to be open again`) };
  }
  const drains = await Promise.all(draining.map(async ({ row }) => ({ row, outcome: await drainTurn(context, row, options.drain) })));
  for (const { row, outcome } of drains) if (outcome.kind === 'skip') await leaveAlone(context, row, outcome.because);
  const failed = drains.flatMap(({ row, outcome }) => (outcome.kind === 'failed' ? [`node ${row.name} was not emptied: ${outcome.because}`] : []));
  if (failed.length > 0) return { kind: 'ended', outcome: { kind: 'halted', because: failed.join('; ') } };
  const drained = drains.filter(({ outcome }) => outcome.kind === 'drained').map(({ row }) => row);
  for (const node of drained) {
    const foreign = await findForeignServer(context, node);
    if (foreign !== undefined) return { kind: 'ended', outcome: { kind: 'halted', because: foreign } };
  }
  await startDeleting(context, drained);
  const changed = drains.filter(({ outcome }) => outcome.kind !== 'waiting').map(({ row }) => row.name);
  if (changed.length > 0) return { kind: 'ended', outcome: again(`${changed.join(', ')} to be looked at again`) };
  return { kind: 'going', waits: drains.flatMap(({ outcome }) => (outcome.kind === 'waiting' ? [outcome] : [])) };
}

/** What the drain's policy leaves as it is, this operation leaves alone to its end. */
async function leaveAlone(context: ClusterContext, node: ClusterNode, because: string): Promise<void> {
  await context.write((manager) => manager.query(`UPDATE nodes SET skipped_by = $2, doomed_because = NULL, updated_at = now() WHERE id = $1`, [node.id, context.operation.id]));
  await reopenNodes(context, [node], because);
}

/** When more nodes would stay than the group is to have, some of them are chosen to go; their rows say why. */
async function doomExcess(context: ClusterContext, client: ClusterClient, group: NodeGroup, rolled: readonly RolledNode[], { scope }: RollOptions): Promise<RollOutcome | undefined> {
  const { operation } = context;
  const staying = rolled.filter((node) => whyItGoes(node, { scope, operation }) === null && node.phase !== 'draining' && node.phase !== 'deleting');
  const excess = staying.length - group.nodeCount;
  if (excess <= 0) return undefined;
  const free = staying.filter(({ row }) => row.skippedBy !== operation.id);
  const candidates = await Promise.all(
    free.map(async ({ row, phase, seen }) => ({
      ...{ id: row.id, name: row.name, ready: phase === 'ready' && seen?.ready === true, cordoned: seen?.unschedulable === true },
      podCount: seen && excess < free.length ? (await client.listPodsOf(row.name, context.call)).filter(({ controller, isMirror }) => !isMirror && controller?.kind !== 'DaemonSet').length : 0,
      ...{ zone: zoneOf(seen), hold: holdOf(seen), createdAt: row.createdAt },
    })),
  );
  const victims = chooseVictims(candidates, excess);
  if (victims.length === 0) return undefined;
  await context.write(async (manager) => {
    for (const { id, because } of victims) {
      const text = chosenBecause(group.nodeCount, because);
      await manager.query(`UPDATE nodes SET doomed_because = $2, updated_at = now() WHERE id = $1 AND doomed_because IS NULL`, [id, text]);
      await context.say(manager, `Node ${rolled.find(({ row }) => row.id === id)?.row.name ?? id} was chosen to go`, text, id);
    }
  });
  return again('the chosen nodes to be read');
}

function limitsOf(context: ClusterContext, group: NodeGroup, nodes: readonly RollNode[], options: RollOptions): Parameters<typeof planRoll>[1] {
  const { operation } = context;
  const tried = context.nodes.filter(({ nodeGroupId, createdAt }) => nodeGroupId === group.id && createdAt >= operation.createdAt);
  const staying = nodes.filter(({ isCurrent, state }) => isCurrent && state !== 'leaving');
  const brokenBefore = staying.filter(({ isNew, state }) => !isNew && state !== 'ready').length;
  // Nodes that nobody may take away, because they were skipped, count as wanted.
  const skipped = context.nodes.filter(({ nodeGroupId, skippedBy, phase }) => nodeGroupId === group.id && skippedBy === operation.id && phase !== 'gone').length;
  return {
    desired: Math.max(group.nodeCount, Math.min(skipped, staying.length)),
    maxSurge: surgeLeft(options, tried),
    maxUnavailable: options.maxUnavailable + (options.scope === 'doomed' ? brokenBefore : 0),
    canary: options.canary,
    soakSeconds: options.soakSeconds,
  };
}

async function act(context: ClusterContext, group: NodeGroup, rolled: readonly RolledNode[], actions: readonly RollAction[], aim: Parameters<typeof whyItGoes>[1]): Promise<RollOutcome | undefined> {
  if (actions.length === 0) return undefined;
  const creates = actions.filter((action) => action.kind === 'create');
  const retirements = actions.flatMap((action) => {
    const node = action.kind === 'retire' ? rolled.find(({ row }) => row.id === action.nodeId) : undefined;
    return node && action.kind === 'retire' ? [{ row: node.row, because: action.because, isMember: hasJoined(node) }] : [];
  });
  await startRetiring(context, retirements);
  await drawNewNodes(context, group, creates, rolled.filter((node) => node.phase !== 'deleting' && whyItGoes(node, aim) !== null));
  return again([...retirements.map(({ row }) => row.name), ...(creates.length > 0 ? [`${creates.length} new node${creates.length === 1 ? '' : 's'}`] : [])].join(', ') + ' to be taken up');
}

interface Wait {
  readonly nodes: readonly RollNode[];
  readonly rolled: readonly RolledNode[];
  readonly observations: readonly NodeObservation[];
  readonly removals: Removals;
  readonly drains: readonly Extract<DrainOutcome, { kind: 'waiting' }>[];
  readonly fallback: string;
  readonly options: RollOptions;
}

/** Names what is waited for, what holds things up first; and looks again when the first of it may have changed. */
function waitFor(context: ClusterContext, { nodes, observations, removals, drains, fallback, options }: Wait): RollOutcome {
  const coming = nodes.filter(({ state }) => state === 'coming').map(({ id, name }) => `node ${name} (${comingText(observations.find(({ node }) => node.id === id))})`);
  const held = nodes.flatMap(({ isCurrent, state, hold, name }) => (!isCurrent && state !== 'leaving' && hold !== null ? [`node ${name}, which is on hold: ${hold}`] : []));
  const leaving = removals.left.map(({ name, waitsFor }) => `node ${name} (${waitsFor})`);
  const parts = [...drains.map((drain) => drain.for), ...held, ...coming, ...leaving];
  const reason = parts.length === 0 ? fallback : `${parts.slice(0, 3).join('; ')}${parts.length > 3 ? ` and ${parts.length - 3} more` : ''}`;
  const wait = context.waiting(reason);
  if (wait.kind !== 'waiting') return again(reason);
  const soaks = nodes.flatMap(({ isNew, readySince }) => (isNew && readySince ? [readySince.getTime() + options.soakSeconds * 1000 - context.now.getTime()] : [])).filter((ms) => ms > 0);
  return { ...wait, recheckAfterMs: Math.min(wait.recheckAfterMs, ...drains.map(({ recheckAfterMs }) => recheckAfterMs), ...soaks) };
}

function comingText(observation: NodeObservation | undefined): string {
  if (observation?.verdict.kind === 'unchanged') return observation.verdict.waitsFor ?? 'to be Ready';
  return observation?.verdict.kind === 'start' ? 'its turn to be created' : 'its boot';
}
