import type { Slot } from '../../database/slot.entity.js';
import type { ClusterSpec } from '../../driver-contract/index.js';

export interface Addresses {
  readonly address: string | null;
  readonly floatingAddress: string | null;
}

type Outputs = Readonly<Record<string, unknown>> | null;
const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);

/** Addresses of a slot as its stack's outputs gave them. */
export const slotAddresses = (slot: Pick<Slot, 'stackOutputs'>): Addresses => ({
  address: text(slot.stackOutputs?.['address']),
  floatingAddress: text(slot.stackOutputs?.['floating_address']),
});

/** Addresses of the API load balancer as the infra stack's outputs gave them; both null without one. */
export const loadBalancerAddresses = (infraOutputs: Outputs): Addresses => ({
  address: text(infraOutputs?.['api_address']),
  floatingAddress: text(infraOutputs?.['api_floating_address']),
});

/**
 * `host:port` of the Kubernetes API, fixed for the cluster's life: the load balancer's floating address, else its own
 * address; without a load balancer those of slot 0.
 */
export function controlPlaneEndpoint(spec: Pick<ClusterSpec, 'clusterId' | 'apiPort'>, slots: readonly Pick<Slot, 'index' | 'stackOutputs'>[], infraOutputs: Outputs): string {
  const balancer = loadBalancerAddresses(infraOutputs);
  const first = slots.find((slot) => slot.index === 0);
  const slot = first ? slotAddresses(first) : { address: null, floatingAddress: null };
  const host = balancer.floatingAddress ?? balancer.address ?? slot.floatingAddress ?? slot.address;
  if (host === null) throw new Error(`the control plane of cluster ${spec.clusterId} has no address`);
  return `${host}:${spec.apiPort}`;
}
