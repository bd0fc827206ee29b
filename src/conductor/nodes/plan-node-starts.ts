import type { NodeRole } from '../../driver-contract/index.js';

export interface StartCandidate {
  readonly node: { readonly id: string; readonly role: NodeRole; readonly phase: string };
  readonly verdict: { readonly kind: string };
}

/**
 * Ids of the nodes whose stacks are asked for now: those that have none, the control plane first, as long as no more than
 * `inFlightMax` are between being asked for and having joined.
 */
export function planNodeStarts(candidates: readonly StartCandidate[], inFlightMax: number): string[] {
  const inFlight = candidates.filter(({ node, verdict }) => verdict.kind !== 'start' && (node.phase === 'building' || node.phase === 'booting')).length;
  const waiting = candidates.filter(({ verdict }) => verdict.kind === 'start').map(({ node }) => node);
  const ordered = [...waiting.filter((node) => node.role === 'control-plane'), ...waiting.filter((node) => node.role !== 'control-plane')];
  return ordered.slice(0, Math.max(0, inFlightMax - inFlight)).map((node) => node.id);
}
