import type { NodeRole } from '../../driver-contract/index.js';

export interface StartCandidate {
  readonly node: { readonly id: string; readonly role: NodeRole; readonly phase: string };
  readonly verdict: { readonly kind: string };
}

/**
 * Ids of the nodes whose stacks are asked for now: those that have none, the control plane first, as long as no more than
 * `inFlightMax` are between being asked for and having joined. Control-plane nodes come one at a time, because etcd takes
 * one new member at a time; they are listed in the order of their slots.
 */
export function planNodeStarts(candidates: readonly StartCandidate[], inFlightMax: number): string[] {
  const inFlight = candidates.filter(({ node, verdict }) => verdict.kind !== 'start' && (node.phase === 'building' || node.phase === 'booting')).length;
  const waiting = candidates.filter(({ verdict }) => verdict.kind === 'start').map(({ node }) => node);
  const controlPlaneInFlight = candidates.some(({ node, verdict }) => node.role === 'control-plane' && verdict.kind !== 'start' && (node.phase === 'building' || node.phase === 'booting'));
  const nextOfControlPlane = controlPlaneInFlight ? [] : waiting.filter((node) => node.role === 'control-plane').slice(0, 1);
  const ordered = [...nextOfControlPlane, ...waiting.filter((node) => node.role !== 'control-plane')];
  return ordered.slice(0, Math.max(0, inFlightMax - inFlight)).map((node) => node.id);
}
