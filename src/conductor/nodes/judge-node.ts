import type { NodePhase } from '../../domain/node-phase.js';

/** A node row as the judgement needs it. */
export interface JudgedNode {
  readonly name: string;
  readonly phase: NodePhase;
  readonly phaseReason: string | null;
  readonly bootPhase: string | null;
  readonly bootStatus: string | null;
  readonly bootMessage: string | null;
  readonly bootDeadline: Date | null;
  readonly serverId: string | null;
}

export interface SeenStack {
  readonly status: string;
  readonly statusReason: string;
}

export type NodeVerdict =
  | { readonly kind: 'unchanged'; readonly waitsFor: string | null }
  | { readonly kind: 'start' }
  | { readonly kind: 'booting' }
  | { readonly kind: 'failed'; readonly because: string; readonly stackFailed: boolean };

/**
 * What became of a node, from its stack, its own reports and the clock. Ready is not judged here: only its cluster can say.
 * `mayBeUnasked`: its claim token is still kept, so its stack may not have been asked for yet. `serverTrouble`: what is wrong
 * with its server, as a clause.
 */
export function judgeNode(
  node: JudgedNode,
  mayBeUnasked: boolean,
  stack: SeenStack | undefined,
  now: Date,
  bootDeadlineSeconds: number,
  serverTrouble?: string,
): NodeVerdict {
  if (node.phase === 'failed') return { kind: 'failed', because: node.phaseReason ?? 'it failed', stackFailed: false };
  if (node.phase === 'gone' || node.phase === 'deleting') return { kind: 'unchanged', waitsFor: null };
  if (stack?.status.endsWith('_FAILED')) return { kind: 'failed', because: stack.statusReason, stackFailed: true };
  if (!stack || stack.status.startsWith('DELETE_')) {
    if (node.phase === 'planned' || mayBeUnasked) return { kind: 'start' };
    return { kind: 'failed', because: 'its stack is gone, although we did not delete it', stackFailed: false };
  }
  if (node.bootStatus === 'failed') {
    return { kind: 'failed', because: `it gave up in phase ${node.bootPhase ?? '?'}: ${node.bootMessage ?? 'no reason given'}`, stackFailed: false };
  }
  if (serverTrouble !== undefined) return { kind: 'failed', because: serverTrouble, stackFailed: false };
  // What drains has joined long ago: its boot deadline says nothing any more.
  if (node.phase === 'ready' || node.phase === 'draining') return { kind: 'unchanged', waitsFor: null };
  // A quick node may have joined before its stack was seen complete: its server and addresses are still to be read.
  if (node.serverId === null && stack.status.endsWith('_COMPLETE')) return { kind: 'booting' };
  if (node.phase === 'joined') return { kind: 'unchanged', waitsFor: 'to be Ready' };
  if (node.bootDeadline && now >= node.bootDeadline) {
    return { kind: 'failed', because: `it did not join within ${bootDeadlineSeconds} s of its server being active; ${lastWord(node)}`, stackFailed: false };
  }
  return { kind: 'unchanged', waitsFor: node.phase === 'booting' ? `to join (${lastWord(node)})` : `its stack, which is ${stack.status}` };
}

function lastWord({ bootPhase, bootStatus, bootMessage }: JudgedNode): string {
  if (bootPhase === null) return 'it has not called yet';
  const detail = bootMessage === null || bootMessage === '' ? '' : `: ${bootMessage}`;
  return `last report: phase ${bootPhase} ${bootStatus ?? ''}${detail}`;
}
