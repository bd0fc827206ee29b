import type { AddressBook, GuestHost, KubernetesHost } from './sim-context.js';

/** Machines that run nothing: what the simulator has until its guests are plugged in. */
export const unpluggedGuests: GuestHost = {
  start: () => undefined,
  stop: () => Promise.resolve(),
  remove: () => Promise.resolve(),
  volumesChanged: () => undefined,
  consoleLog: () => '',
};

export const unpluggedKubernetes: KubernetesHost = {
  startControlPlane: () => Promise.reject(new Error('there is no simulated Kubernetes')),
  serverStopped: () => Promise.resolve(),
  startKubelet: () => Promise.reject(new Error('there is no simulated Kubernetes')),
};

export const unpluggedAddresses: AddressBook = {
  floatingOf: () => undefined,
  serverOf: () => undefined,
  onChange: () => undefined,
  resolve: () => undefined,
  listen: () => undefined,
  unlisten: () => undefined,
};
