import type { Collection } from '../journal.js';
import { admits } from '../octavia/balancer/admission.js';
import type { BalancedAddresses } from '../octavia/balancer/balancers.js';
import type { AddressBook } from '../sim-context.js';
import type { FloatingAddress, Port as PortRecord } from './network-store.js';

type Port = Pick<PortRecord, 'id' | 'device_id' | 'device_owner' | 'network_id' | 'project_id'> & { readonly fixed_ips: readonly { readonly ip_address: string }[] };

/** As much of Neutron's records as the directory reads; the simulator's store has them, and so may a copy of a real cloud's. */
export interface NetworkRecords {
  readonly ports: Pick<Collection<Port>, 'get' | 'filter'>;
  readonly floatingAddresses: { values(): Pick<FloatingAddress, 'floating_ip_address' | 'port_id'>[] };
}

interface VirtualListener {
  real: Real;
  allowedCidrs: readonly string[] | null;
}
type ChangeListener = (floatingAddress: string, serverId: string | null) => void;
interface Real {
  host: string;
  port: number;
}

/** The AddressBook that Neutron's ports and floating IPs fill. `refresh` after every change of either. */
export class AddressDirectory implements AddressBook, BalancedAddresses {
  private readonly listeners: ChangeListener[] = [];
  /** Floating address → server, as the listeners know it. */
  private readonly bound = new Map<string, string>();
  /** Server → port number → what plays it. */
  private readonly open = new Map<string, Map<number, Real>>();
  private readonly refreshListeners: (() => void)[] = [];
  /** Neutron port → port number → what plays a load balancer's listener there. */
  private readonly virtual = new Map<string, Map<number, VirtualListener>>();

  constructor(private readonly store: NetworkRecords) {
    this.refresh();
  }

  floatingOf(serverId: string): string | undefined {
    for (const [address, server] of this.bound) if (server === serverId) return address;
    return undefined;
  }

  serverOf(address: string): string | undefined {
    return this.bound.get(address) ?? this.portsWith(address).findLast(isServers)?.device_id;
  }

  onChange(listener: ChangeListener): void {
    this.listeners.push(listener);
  }

  resolve(address: string, port: number, fromServerId?: string): Real | undefined {
    const floating = this.bound.get(address);
    if (floating !== undefined) return this.open.get(floating)?.get(port);
    const virtualPort = this.virtualPortOf(address);
    if (virtualPort !== undefined) return this.resolveVirtual(virtualPort, port, { address, fromServerId });
    const candidates = this.portsWith(address);
    const near = fromServerId === undefined ? candidates : this.nearest(candidates, fromServerId);
    for (const candidate of near.reverse()) {
      const real = isServers(candidate) ? this.open.get(candidate.device_id)?.get(port) : this.resolveVirtual(candidate.id, port, { fromServerId });
      if (real) return real;
    }
    return undefined;
  }

  listen(serverId: string, port: number, real: Real): void {
    const ports = this.open.get(serverId) ?? new Map<number, Real>();
    this.open.set(serverId, ports.set(port, real));
  }

  unlisten(serverId: string, port: number): void {
    this.open.get(serverId)?.delete(port);
  }

  /** Compares what is associated now with what the listeners were told, and tells them the difference. */
  refresh(): void {
    const now = new Map<string, string>();
    for (const floating of this.store.floatingAddresses.values()) {
      const port = floating.port_id === null ? undefined : this.store.ports.get(floating.port_id);
      if (port && isServers(port)) now.set(floating.floating_ip_address, port.device_id);
    }
    const changed = [...new Set([...this.bound.keys(), ...now.keys()])].filter((address) => this.bound.get(address) !== now.get(address));
    for (const address of changed) {
      const server = now.get(address);
      if (server === undefined) this.bound.delete(address);
      else this.bound.set(address, server);
    }
    for (const address of changed) for (const listener of this.listeners) listener(address, now.get(address) ?? null);
    for (const listener of this.refreshListeners) listener();
  }

  floatingOfPort(portId: string): string | undefined {
    return this.store.floatingAddresses.values().find((floating) => floating.port_id === portId)?.floating_ip_address;
  }

  playPort(portId: string, tcpPort: number, play: VirtualListener | undefined): void {
    const listeners = this.virtual.get(portId) ?? new Map<number, VirtualListener>();
    if (play) this.virtual.set(portId, listeners.set(tcpPort, play));
    else listeners.delete(tcpPort);
    if (listeners.size === 0) this.virtual.delete(portId);
  }

  onRefresh(listener: () => void): void {
    this.refreshListeners.push(listener);
  }

  /** The load balancer's port that this floating address leads to. */
  private virtualPortOf(floatingAddress: string): string | undefined {
    const floating = this.store.floatingAddresses.values().find((each) => each.floating_ip_address === floatingAddress);
    return floating?.port_id != null && this.virtual.has(floating.port_id) ? floating.port_id : undefined;
  }

  /**
   * A listener is asked whether it takes the guest's addresses. Who comes from outside dials the floating address itself,
   * where the listener sees them; by the virtual address they come from the loopback.
   */
  private resolveVirtual(portId: string, port: number, { address, fromServerId }: { address?: string; fromServerId: string | undefined }): Real | undefined {
    const listener = this.virtual.get(portId)?.get(port);
    if (!listener) return undefined;
    if (fromServerId === undefined && address !== undefined) return { host: address, port };
    const peers = fromServerId === undefined ? ['127.0.0.1'] : this.addressesOf(fromServerId);
    return peers.some((peer) => admits(listener.allowedCidrs, peer)) ? listener.real : undefined;
  }

  private addressesOf(serverId: string): string[] {
    const floating = this.floatingOf(serverId);
    const fixed = this.store.ports.filter((port) => port.device_id === serverId).flatMap((port) => port.fixed_ips.map((each) => each.ip_address));
    return floating === undefined ? fixed : [...fixed, floating];
  }

  private portsWith(address: string): Port[] {
    return this.store.ports.filter((port) => port.fixed_ips.some((fixed) => fixed.ip_address === address));
  }

  /** Those in the server's own networks; if there are none, those of its project. */
  private nearest(candidates: Port[], serverId: string): Port[] {
    const own = this.store.ports.filter((port) => port.device_id === serverId);
    const networks = new Set(own.map((port) => port.network_id));
    const projects = new Set(own.map((port) => port.project_id));
    const inNetwork = candidates.filter((port) => networks.has(port.network_id));
    return inNetwork.length > 0 ? inNetwork : candidates.filter((port) => projects.has(port.project_id));
  }
}

const isServers = (port: Port): boolean => port.device_owner.startsWith('compute:') && port.device_id !== '';
