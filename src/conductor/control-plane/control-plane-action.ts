/** One safe step of a control plane towards what it is to be; each may be repeated. */
export type ControlPlaneAction =
  /** One more slot: its number is drawn. */
  | { readonly kind: 'add-slot' }
  | { readonly kind: 'build-slot'; readonly slotId: string }
  /** A node for an empty slot; `revision`: not the group's own, because that one failed here. */
  | { readonly kind: 'draw-node'; readonly slotId: string; readonly bootMode: 'join' | 'resume'; readonly revision?: number }
  | { readonly kind: 'start-node'; readonly nodeId: string }
  /** Ready and its member healthy: it counts from now on. */
  | { readonly kind: 'admit-node'; readonly nodeId: string }
  | { readonly kind: 'promote-member'; readonly memberId: string }
  | { readonly kind: 'remove-member'; readonly memberId: string }
  | { readonly kind: 'move-leader'; readonly toMemberId: string }
  | { readonly kind: 'switch-pool'; readonly slotId: string; readonly enabled: boolean }
  /** Close the node and ask its pods to go; when they are gone its end is sealed. */
  | { readonly kind: 'drain-node'; readonly nodeId: string }
  /** From here on it goes, whatever happens; where the machine is dead nobody drains it before. */
  | { readonly kind: 'retire-node'; readonly nodeId: string }
  | { readonly kind: 'stop-server'; readonly nodeId: string }
  | { readonly kind: 'delete-node'; readonly nodeId: string }
  | { readonly kind: 'leave-slot'; readonly slotId: string }
  | { readonly kind: 'quarantine-slot'; readonly slotId: string }
  | { readonly kind: 'delete-slot'; readonly slotId: string }
  | { readonly kind: 'forget-nodes'; readonly names: readonly string[] };

export type ControlPlanePlan =
  | { readonly kind: 'act'; readonly action: ControlPlaneAction; readonly because: string }
  | { readonly kind: 'wait'; readonly for: string }
  /** A person decides, or another attempt. */
  | { readonly kind: 'halted'; readonly because: string }
  | { readonly kind: 'done' };

export const act = (action: ControlPlaneAction, because: string): ControlPlanePlan => ({ kind: 'act', action, because });
export const wait = (reason: string): ControlPlanePlan => ({ kind: 'wait', for: reason });
export const halted = (because: string): ControlPlanePlan => ({ kind: 'halted', because });
