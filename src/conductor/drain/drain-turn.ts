import type { ClusterNode } from '../../database/node.entity.js';
import { ClusterError } from '../../kubernetes/cluster-error.js';
import { drainNode, type DrainPass } from '../../kubernetes/drain/drain-node.js';
import type { ClusterContext } from '../cluster-context.js';
import { clusterAccess } from '../nodes/cluster-access.js';
import { observeMachine, startStoppingMachine } from '../nodes/observe-machine.js';
import type { DrainOutcome, DrainSettings } from './drain-settings.js';
import { isToBeStopped, mayCountAsGone, type FencingVerdict } from './fencing.js';
import { isForced, judgeDrain, nextLookMs, type DrainClock, type DrainJudgement, type DrainView } from './judge-drain.js';

/** When the cluster was away the drain gets at least so long after it is back (milliseconds), or its whole time if that is less. */
const afterOutageMs = 60_000;

interface Draining {
  readonly node: ClusterNode;
  readonly cordonedAt: Date;
  readonly deadline: Date;
}

/**
 * One turn's work at one node in phase `draining`: closes it, asks its pods to go, and says how far it is. Shows in the node's
 * phase_reason what it waits for. Safe to repeat; nothing is remembered but the node's row.
 */
export async function drainTurn(context: ClusterContext, node: ClusterNode, settings: DrainSettings): Promise<DrainOutcome> {
  const draining = await begin(context, node, settings);
  const clock = { now: context.now, deadline: draining.deadline };
  const view = await look(context, draining, settings, clock);
  if (view.kind === 'unreachable') await keepTime(context, draining, settings);
  const judgement = judgeDrain(view, settings, clock);
  await show(context, node, judgement);
  if (judgement.kind === 'drained') return { kind: 'drained' };
  if (judgement.kind !== 'waiting') return judgement;
  const { POLL_MIN_SECONDS: minSeconds, POLL_MAX_SECONDS: maxSeconds } = context.runtime.config;
  const retryAfterSeconds = view.kind === 'seen' ? view.pass.retryAfterSeconds : null;
  const recheckAfterMs = nextLookMs(clock, draining.cordonedAt, { minSeconds, maxSeconds, retryAfterSeconds });
  return { kind: 'waiting', for: `node ${node.name}: ${judgement.for}`, recheckAfterMs };
}

/** From its first turn on the drain has a beginning and an end, whoever goes on with it. */
async function begin(context: ClusterContext, node: ClusterNode, { timeoutSeconds }: DrainSettings): Promise<Draining> {
  const { cordonedAt, drainDeadline } = node;
  if (cordonedAt && drainDeadline) return { node, cordonedAt, deadline: drainDeadline };
  const begun = cordonedAt ?? context.now;
  const deadline = new Date(begun.getTime() + timeoutSeconds * 1000);
  await context.write(async (manager) => {
    await manager.query(
      `UPDATE nodes SET cordoned_at = coalesce(cordoned_at, $2), drain_deadline = coalesce(drain_deadline, $3), updated_at = now()
       WHERE id = $1 AND phase = 'draining'`,
      [node.id, begun, deadline],
    );
    await context.say(manager, `Node ${node.name} is being emptied`, `its pods have ${timeoutSeconds} s to go elsewhere`, node.id);
  });
  return { node, cordonedAt: begun, deadline };
}

async function look(context: ClusterContext, draining: Draining, settings: DrainSettings, clock: DrainClock): Promise<DrainView> {
  const { runtime, operation, call } = context;
  const { node, cordonedAt } = draining;
  const access = await clusterAccess(context);
  runtime.watches.holdPodsOf(access, operation.id, [node.name]);
  const order = { nodeName: node.name, policy: settings.pods, cordonedAt, now: context.now, force: isForced(settings, clock), pauses: runtime.evictionPauses };
  context.assertHeld();
  try {
    const pass = await drainNode(runtime.clusters.clientFor(access), order, call);
    return { kind: 'seen', pass, machine: await machineOf(context, node, pass) };
  } catch (error) {
    // Also one that will not let us in: it says nothing about pods.
    if (error instanceof ClusterError) return { kind: 'unreachable', because: error.message };
    throw error;
  }
}

/** Only a node whose kubelet is silent, and on which something is still to go, makes anybody ask for its machine. */
async function machineOf(context: ClusterContext, node: ClusterNode, pass: DrainPass): Promise<'alive' | FencingVerdict> {
  const { node: seen, waitingFor, attachedVolumes, clusterTime } = pass;
  if (seen?.ready !== 'Unknown' || seen.hold !== null || (waitingFor.length === 0 && attachedVolumes.length === 0)) return 'alive';
  const facts = await observeMachine(context, node);
  const verdict = mayCountAsGone(facts);
  if (verdict.kind === 'gone') {
    const access = await clusterAccess(context);
    context.assertHeld();
    await context.runtime.clusters.clientFor(access).setOutOfService(seen.name, context.call);
    return verdict;
  }
  const silentMs = seen.readySince ? clusterTime.getTime() - seen.readySince.getTime() : 0;
  if (isToBeStopped(facts, silentMs, context.runtime.config.FENCE_AFTER_SECONDS * 1000)) {
    await context.write((manager) =>
      context.say(manager, `The server of node ${node.name} is being stopped`, `its kubelet has been silent for ${Math.round(silentMs / 1000)} s; stopped, it can do no harm`, node.id),
    );
    await startStoppingMachine(context, node);
  }
  return verdict;
}

/** While the cluster cannot be asked nothing could go either. */
async function keepTime(context: ClusterContext, { node }: Draining, { timeoutSeconds }: DrainSettings): Promise<void> {
  const atLeast = new Date(context.now.getTime() + Math.min(afterOutageMs, timeoutSeconds * 1000));
  await context.write((manager) => manager.query(`UPDATE nodes SET drain_deadline = greatest(drain_deadline, $2) WHERE id = $1 AND phase = 'draining'`, [node.id, atLeast]));
}

async function show(context: ClusterContext, node: ClusterNode, judgement: DrainJudgement): Promise<void> {
  const reason = reasonOf(judgement);
  if (reason === node.phaseReason) return;
  await context.write(async (manager) => {
    const [, changed]: [unknown[], number] = await manager.query(
      `UPDATE nodes SET phase_reason = $2, updated_at = now() WHERE id = $1 AND phase = 'draining' AND phase_reason IS DISTINCT FROM $2`,
      [node.id, reason],
    );
    const told = historyOf(node.name, judgement);
    if (changed > 0 && told) await context.say(manager, told.message, told.because, node.id);
  });
}

function reasonOf(judgement: DrainJudgement): string {
  switch (judgement.kind) {
    case 'drained':
      return judgement.because === null ? 'it is empty' : `it counts as empty: ${judgement.because}`;
    case 'waiting':
      return `waiting for ${judgement.for}`;
    case 'failed':
    case 'skip':
      return judgement.because;
  }
}

/** Pods that only need their time come and go too often for the history. */
function historyOf(name: string, judgement: DrainJudgement): { readonly message: string; readonly because: string | null } | undefined {
  switch (judgement.kind) {
    case 'drained':
      return { message: `Node ${name} is empty`, because: judgement.because };
    case 'waiting':
      return judgement.isStuck ? { message: `Node ${name} cannot be emptied yet`, because: `waiting for ${judgement.for}` } : undefined;
    case 'failed':
      return { message: `Node ${name} was not emptied`, because: judgement.because };
    case 'skip':
      return { message: `Node ${name} is left as it is`, because: judgement.because };
  }
}
