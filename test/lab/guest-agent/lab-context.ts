import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createGuestHost } from '../../../src/sim/guest/guest-host.js';
import { Journal } from '../../../src/sim/journal.js';
import { createKubernetesHost } from '../../../src/sim/kubernetes/kubernetes-host.js';
import type { AddressBook, GuestHost, KubernetesHost, SimContext } from '../../../src/sim/sim-context.js';

/** Addresses in 127.100.0.0/16 are the cloud's floating ones; the first is its gateway, which nobody else plays. */
export const agentHost = '127.100.0.1';
/** Two agents would boot every server twice; the second finds this port taken and ends. */
export const proxyPort = 3128;

export interface LabContext extends SimContext {
  close(): Promise<void>;
}

/**
 * What the simulator's machines and clusters need around them, with a real cloud in place of the simulated one: only the
 * machines are played here, so whatever a simulated service would ask is refused.
 */
export function createLabContext(dataDir: string, addresses: AddressBook, log: SimContext['log']): LabContext {
  const journal = new Journal(dataDir);
  const closeActions: (() => Promise<void> | void)[] = [];
  const hosts: { guests?: GuestHost; kubernetes?: KubernetesHost } = {};
  const context: LabContext = {
    journal,
    settings: { bootSeconds: 0, heatResourceMs: 0, callMs: 0, cinder: true, octavia: true },
    dataDir,
    rangePrefix: agentHost.replace(/\.\d+$/, ''),
    region: 'RegionOne',
    baseUrl: (service) => refuse(`the address of ${service}`),
    verifyToken: () => undefined,
    internalToken: () => refuse('a token'),
    internalSecret: '',
    volumeDir: (volumeId) => join(dataDir, 'volumes', volumeId),
    addresses,
    get guests() {
      return hosts.guests ?? refuse('a machine before there are any');
    },
    get kubernetes() {
      return hosts.kubernetes ?? refuse('a cluster before there are any');
    },
    onReady: () => undefined,
    onClose: (action) => void closeActions.push(action),
    log,
    close: async () => {
      for (const action of closeActions) await action();
      await hosts.guests?.close?.();
      await hosts.kubernetes?.close?.();
      journal.close();
    },
  };
  mkdirSync(join(dataDir, 'volumes'), { recursive: true });
  hosts.kubernetes = createKubernetesHost(context);
  hosts.guests = createGuestHost(context);
  return context;
}

function refuse(what: string): never {
  throw new Error(`The lab's services are real: nobody here gives ${what}.`);
}
