import type { Slot } from '../../database/slot.entity.js';
import type { ClusterSpec } from '../../driver-contract/index.js';

export interface Addresses {
  readonly address: string | null;
  readonly floatingAddress: string | null;
}

type Outputs = Readonly<Record<string, unknown>> | null;
type EndpointSpec = Pick<ClusterSpec, 'clusterId' | 'apiPort'>;
type EndpointSlot = Pick<Slot, 'index' | 'stackOutputs'>;
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
 * `host:port` by which the cluster's own nodes reach the Kubernetes API, fixed for the cluster's life: the load balancer's
 * address in their subnet, else that of slot 0. Never a floating address: nodes need no router to find their API, and come
 * to the load balancer from the subnet that it always admits.
 */
export function controlPlaneEndpoint(spec: EndpointSpec, slots: readonly EndpointSlot[], infraOutputs: Outputs): string {
  return withPort(spec, endpointAddresses(slots, infraOutputs).address);
}

export interface OutsideEndpoint {
  /** `host:port` for whoever is outside the nodes' network. */
  readonly endpoint: string;
  /** False: only a way into the nodes' network leads there. */
  readonly floats: boolean;
}

/** Where the Kubernetes API is for everybody else: the floating address of what nodes use, when it has one. */
export function outsideEndpoint(spec: EndpointSpec, slots: readonly EndpointSlot[], infraOutputs: Outputs): OutsideEndpoint {
  const { address, floatingAddress } = endpointAddresses(slots, infraOutputs);
  return { endpoint: withPort(spec, floatingAddress ?? address), floats: floatingAddress !== null };
}

/**
 * Every address that the API may be called by: the load balancer's and those of all slots, because all API servers share
 * the first one's list of names for their certificates.
 */
export function apiServerNames(slots: readonly EndpointSlot[], infraOutputs: Outputs): readonly string[] {
  const all = [loadBalancerAddresses(infraOutputs), ...slots.map(slotAddresses)];
  return all.flatMap(({ address, floatingAddress }) => [address, floatingAddress]).filter((name) => name !== null);
}

function endpointAddresses(slots: readonly EndpointSlot[], infraOutputs: Outputs): Addresses {
  const balancer = loadBalancerAddresses(infraOutputs);
  if (balancer.address !== null) return balancer;
  const first = slots.find((slot) => slot.index === 0);
  return first ? slotAddresses(first) : { address: null, floatingAddress: null };
}

function withPort(spec: EndpointSpec, host: string | null): string {
  if (host === null) throw new Error(`the control plane of cluster ${spec.clusterId} has no address`);
  return `${host}:${spec.apiPort}`;
}
