/** A count of nodes, or a part of a group such as `25%`. */
export type NodeShare = number | string;

const percentPattern = /^(\d{1,3})%$/;

/** `25%` as 25; undefined when the text is no percentage from 0% to 100%. */
export function parsePercentage(text: string): number | undefined {
  const percent = Number(percentPattern.exec(text)?.[1] ?? Number.NaN);
  return percent <= 100 ? percent : undefined;
}

/**
 * Whole nodes of a group of `nodeCount`, as Kubernetes' Deployments count theirs: a surge is rounded up and what may be missing
 * down; when both come to 0 nothing could move, so one node is made beyond the count.
 */
export function rollLimits(maxSurge: NodeShare, maxUnavailable: NodeShare, nodeCount: number): { readonly maxSurge: number; readonly maxUnavailable: number } {
  const surge = wholeNodes(maxSurge, nodeCount, Math.ceil);
  const unavailable = wholeNodes(maxUnavailable, nodeCount, Math.floor);
  return surge === 0 && unavailable === 0 ? { maxSurge: 1, maxUnavailable: 0 } : { maxSurge: surge, maxUnavailable: unavailable };
}

function wholeNodes(share: NodeShare, nodeCount: number, round: (value: number) => number): number {
  if (typeof share === 'number') return share;
  const percent = parsePercentage(share);
  if (percent === undefined) throw new Error(`${share} is no percentage`);
  return round((nodeCount * percent) / 100);
}
