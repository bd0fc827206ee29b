import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BootFaultRegistry } from '../../src/sim/guest/boot-faults.js';
import { createGuestHost, type ClosableGuestHost } from '../../src/sim/guest/guest-host.js';
import { Journal } from '../../src/sim/journal.js';
import { createKubernetesHost } from '../../src/sim/kubernetes/kubernetes-host.js';
import type { AddressBook, GuestServer, SimContext } from '../../src/sim/sim-context.js';

/** Machines and their Kubernetes without the rest of the cloud. */
export interface GuestWorld {
  dataDir: string;
  guests: ClosableGuestHost;
  faults: BootFaultRegistry;
  context: SimContext;
  /** A host path on a server's root disk. */
  rootPath(serverId: string, path: string): string;
  /** Ends the simulation; the data directory stays for another world. */
  close(): Promise<void>;
}

export const newDataDir = (): string => mkdtempSync(join(tmpdir(), 'guest-spec-'));
export const removeDataDir = (dataDir: string): void => {
  rmSync(dataDir, { recursive: true, force: true });
};

export function createGuestWorld(dataDir: string, servers: GuestServer[] = []): GuestWorld {
  const journal = new Journal(dataDir);
  const faults = new BootFaultRegistry(journal);
  const context: SimContext = {
    journal,
    settings: { bootSeconds: 0, heatResourceMs: 0, callMs: 0, tokenSeconds: 3600, cinder: true, octavia: true },
    dataDir,
    rangePrefix: '127.0.0',
    region: 'RegionOne',
    baseUrl: () => 'http://127.0.0.1:1',
    verifyToken: () => undefined,
    internalToken: () => '',
    internalSecret: '',
    volumeDir: (volumeId) => join(dataDir, 'volumes', volumeId),
    addresses: addressBook(servers),
    get guests() {
      return guests;
    },
    get kubernetes() {
      return kubernetes;
    },
    onReady: () => undefined,
    onClose: () => undefined,
    log: () => undefined,
  };
  const guests = createGuestHost(context, faults);
  const kubernetes = createKubernetesHost(context);
  return {
    dataDir,
    guests,
    faults,
    context,
    rootPath: (serverId, path) => join(dataDir, 'servers', serverId, 'root', path),
    close: async () => {
      await guests.close();
      await kubernetes.close?.();
      journal.close();
    },
  };
}

/** A flat network: every fixed address is unique and leads to what its server listens with. */
function addressBook(servers: GuestServer[]): AddressBook {
  const listeners = new Map<string, { host: string; port: number }>();
  const ownerOf = (address: string): string | undefined => servers.find(({ addresses }) => addresses.includes(address))?.id;
  return {
    floatingOf: () => undefined,
    serverOf: ownerOf,
    onChange: () => undefined,
    resolve: (address, port) => listeners.get(`${ownerOf(address) ?? ''}:${port}`),
    listen: (serverId, port, real) => void listeners.set(`${serverId}:${port}`, real),
    unlisten: (serverId, port) => void listeners.delete(`${serverId}:${port}`),
  };
}

export function server(overrides: Partial<GuestServer> & { id: string }): GuestServer {
  return { name: `server-${overrides.id}`, projectId: 'demo', userData: '', addresses: ['10.0.0.5'], volumes: [], metadata: {}, imageProperties: { os_distro: 'ubuntu', kube_version: 'v1.32.4' }, ...overrides };
}

/** Polls until the condition holds; fails with what was waited for. */
export async function eventually(what: string, holds: () => boolean | Promise<boolean>, timeoutMs = 15_000): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`timed out waiting until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
