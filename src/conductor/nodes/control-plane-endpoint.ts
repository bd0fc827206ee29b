import type { Slot } from '../../database/slot.entity.js';
import type { ClusterSpec } from '../../driver-contract/index.js';

/** Addresses of a slot as its stack's outputs gave them. */
export function slotAddresses(slot: Slot): { address: string | null; floatingAddress: string | null } {
  const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);
  return { address: text(slot.stackOutputs?.['address']), floatingAddress: text(slot.stackOutputs?.['floating_address']) };
}

/** `host:port` of the Kubernetes API, fixed for the cluster's life: slot 0's floating address, else its own address. */
export function controlPlaneEndpoint(spec: ClusterSpec, slots: readonly Slot[]): string {
  const first = slots.find((slot) => slot.index === 0);
  const { address, floatingAddress } = first ? slotAddresses(first) : { address: null, floatingAddress: null };
  const host = floatingAddress ?? address;
  if (host === null) throw new Error(`slot 0 of cluster ${spec.clusterId} has no address`);
  return `${host}:${spec.apiPort}`;
}
