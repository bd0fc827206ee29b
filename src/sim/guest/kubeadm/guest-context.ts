import { join } from 'node:path';
import type { GuestServer, SimContext } from '../../sim-context.js';
import type { ScratchRoot } from '../scratch-root.js';
import { readHostName } from '../small-commands.js';
import type { ServiceManager } from '../systemd/service-manager.js';
import { KubeadmError } from './documents.js';

/** The machine as kubeadm and the kubelet see it. */
export interface GuestContext {
  context: SimContext;
  root: ScratchRoot;
  server: GuestServer;
  services: ServiceManager;
  /** Folder of what the simulator keeps of this machine outside its disk. */
  machineDir: string;
  hasNetwork: boolean;
  /** Aborted when the command's process ends or the power goes. */
  signal: AbortSignal;
}

/** `v1.32.4` of the image's binaries. */
export function imageVersion(guest: GuestContext): { text: string; minor: number } {
  const text = guest.server.imageProperties.kube_version;
  if (text === undefined) throw new KubeadmError('this image carries no kubeadm: it has no kube_version');
  return { text, minor: Number(/^v1\.(\d+)\./u.exec(text)?.[1] ?? Number.NaN) };
}

export const ownAddress = (guest: GuestContext): string => {
  const [address] = guest.server.addresses;
  if (address === undefined) throw new KubeadmError('unable to select an IP from default routes: the machine has no address');
  return address;
};

/** kubeadm lower-cases the host name when the configuration names no node. */
export const nodeNameOf = (guest: GuestContext, configured: string): string => (configured === '' ? readHostName(guest.root).trim().toLowerCase() : configured);

/** The documents of the last `init`: the simulated API server takes its networks and names from them, also after a reboot. */
export const documentsFile = (machineDir: string): string => join(machineDir, 'kubeadm-documents.json');
