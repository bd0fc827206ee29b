import type { RollOptions } from './roll-options.js';

/** How a new node's end begins in `nodes.doomed_because`; the roll halts when such a node is gone. */
const noSurge = 'cannot surge: ';
const marks = [noSurge, 'cannot grow: ', 'it failed: '] as const;

/** Nova's scheduler and every service's quota, in their own words. */
const noRoomText = /quota|no valid host|not enough hosts|exceed/i;

/** What became of a new node, as the reason for its removal; `isSurge`: the group had its count without it. Pure. */
export function markFailure(name: string, cause: string, isSurge: boolean): string {
  if (!noRoomText.test(cause)) return `it failed: new node ${name}: ${cause}`;
  return `${isSurge ? noSurge : 'cannot grow: '}new node ${name}: ${cause}`;
}

/** A failure from before this operation is no news: it is cleared away and the node made again. */
export const clearedBecause = (cause: string): string => `it never became ready: ${cause}`;

const isNoSurge = (text: string | null): boolean => text?.startsWith(noSurge) === true;

/** Whether the roll rests because of a node that was removed with this reason. Without room for one more, old ones may go first. */
export const isHalting = (text: string | null, { maxSurge, maxUnavailable }: Pick<RollOptions, 'maxSurge' | 'maxUnavailable'>): boolean =>
  marks.some((mark) => text?.startsWith(mark) === true) && !(isNoSurge(text) && maxSurge > 0 && maxUnavailable > 0);

export const isFailureMark = (text: string | null): boolean => marks.some((mark) => text?.startsWith(mark) === true);

/** Nodes that may exist beyond the wanted count, after what the cloud said to those that were tried. */
export const surgeLeft = ({ maxSurge, maxUnavailable }: Pick<RollOptions, 'maxSurge' | 'maxUnavailable'>, tried: readonly { readonly doomedBecause: string | null }[]): number =>
  maxUnavailable > 0 && tried.some(({ doomedBecause }) => isNoSurge(doomedBecause)) ? 0 : maxSurge;
