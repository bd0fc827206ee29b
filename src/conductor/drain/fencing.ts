/** What is known of a node's machine when its kubelet has fallen silent. */
export interface MachineFacts {
  /** Nova's status of the server; null when Nova has no such server. */
  readonly status: string | null;
  /** What Nova is doing with it; null when nothing. */
  readonly taskState: string | null;
  /** The last time that its power was meant to change; null when nobody has asked for that, or Nova does not tell. */
  readonly lastPowerAction: { readonly action: string; readonly isOurs: boolean } | null;
  /** An operator told Nova that the host is off for certain. */
  readonly isHostForcedDown: boolean;
  /** Whoever asked for the operation says that the machine is off for certain. */
  readonly isConfirmed: boolean;
}

/** gone: nothing runs there any more, so its pods and volumes may be had elsewhere. */
export interface FencingVerdict {
  readonly kind: 'gone' | 'not-fenced';
  readonly because: string;
}

/**
 * Whether a silent machine may count as gone. A machine that only seems dead may go on writing to its volumes, so it takes a proof:
 * our own stop that Nova carried out, a host that was called down, no server at all, or a person's word.
 */
export function mayCountAsGone({ status, taskState, lastPowerAction, isHostForcedDown, isConfirmed }: MachineFacts): FencingVerdict {
  if (isConfirmed) return { kind: 'gone', because: 'whoever asked for this confirmed that the machine is off' };
  if (status === null) return { kind: 'gone', because: 'Nova has no server for it any more' };
  if (isHostForcedDown) return { kind: 'gone', because: 'the compute service of its host was forced down' };
  if (status !== 'SHUTOFF') {
    const doing = taskState === null ? '' : ` (${taskState})`;
    return { kind: 'not-fenced', because: `not fenced: Nova shows its server as ${status}${doing}` };
  }
  if (taskState === null && lastPowerAction?.action === 'stop' && lastPowerAction.isOurs) return { kind: 'gone', because: 'Nova stopped its server when we asked for that' };
  return { kind: 'not-fenced', because: 'not fenced: its server is SHUTOFF, but not because we stopped it' };
}

/** Whether Nova can be asked to stop the server as a proof, once its kubelet has been silent for long enough (milliseconds). */
export const isToBeStopped = ({ status, taskState }: MachineFacts, silentMs: number, fenceAfterMs: number): boolean =>
  silentMs >= fenceAfterMs && status === 'ACTIVE' && taskState === null;

/** What a person can do about a machine that is not fenced. */
export const fencingWayOut = 'start the machine again, call its compute service down, or repeat the request with "fenced": true when it is off for certain';
