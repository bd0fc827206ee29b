import type { Networking } from '../neutron/networking.js';
import { deletePort } from '../neutron/ports.routes.js';
import type { Collection } from '../journal.js';
import { octaviaTime, type LbaasRecord, type LbaasStore, type LoadBalancer, type ProvisioningStatus } from './lbaas-store.js';

/** How long a load balancer is in the making: long enough for a client that asks for more meanwhile to be refused. */
const creationMs = 300;
const changeMs = 40;

/** Work on load balancers: one change at a time each, from a PENDING status to ACTIVE or away. */
export class Provisioning {
  private readonly timers = new Set<NodeJS.Timeout>();

  constructor(
    private readonly store: LbaasStore,
    private readonly networking: Networking,
    private readonly changed: () => void,
  ) {}

  /** What was under way when the simulator stopped goes on. */
  resume(): void {
    for (const { id, provisioning_status: status } of this.store.loadBalancers.values()) if (status.startsWith('PENDING')) this.later(changeMs, () => this.finish(id));
  }

  close(): void {
    for (const timer of this.timers) clearTimeout(timer);
  }

  /** Call it after the records in question were given their PENDING status, the load balancer among them. */
  start(loadBalancer: LoadBalancer): void {
    this.changed();
    this.later(loadBalancer.provisioning_status === 'PENDING_CREATE' ? creationMs : changeMs, () => this.finish(loadBalancer.id));
  }

  private finish(id: string): void {
    const { store } = this;
    const loadBalancer = store.loadBalancers.get(id);
    if (!loadBalancer) return;
    if (loadBalancer.provisioning_status === 'PENDING_DELETE') this.removeAll(loadBalancer);
    else {
      const pools = store.poolsOf(id);
      for (const pool of pools) {
        settle(store.members, store.membersOf(pool.id));
        settle(store.monitors, store.monitors.filter((monitor) => monitor.pool_id === pool.id));
      }
      settle(store.pools, pools);
      settle(store.listeners, store.listenersOf(id));
      settle(store.loadBalancers, [loadBalancer]);
      this.dropOrphans();
    }
    this.changed();
  }

  /** A pool takes its members and its monitor along, and no listener refers to it any more. */
  private dropOrphans(): void {
    const { store } = this;
    for (const member of store.members.values()) if (!store.pools.get(member.pool_id)) store.members.delete(member.id);
    for (const monitor of store.monitors.values()) if (!store.pools.get(monitor.pool_id)) store.monitors.delete(monitor.id);
    for (const listener of store.listeners.values()) {
      if (listener.default_pool_id !== null && !store.pools.get(listener.default_pool_id)) store.listeners.put({ ...listener, default_pool_id: null });
    }
  }

  private removeAll({ id, vip_port_id: portId, ownsPort }: LoadBalancer): void {
    const { store } = this;
    for (const listener of store.listenersOf(id)) store.listeners.delete(listener.id);
    for (const pool of store.poolsOf(id)) store.pools.delete(pool.id);
    this.dropOrphans();
    store.loadBalancers.delete(id);
    const port = this.networking.store.ports.get(portId);
    if (port && ownsPort) deletePort(this.networking, port);
  }

  private later(ms: number, work: () => void): void {
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      work();
    }, ms);
    this.timers.add(timer);
  }
}

/** The record on its way; stored. */
export const pending = <T extends LbaasRecord>(collection: Collection<T>, record: T, status: Extract<ProvisioningStatus, `PENDING_${string}`>): T =>
  collection.put({ ...record, provisioning_status: status, ...(status !== 'PENDING_CREATE' && { updated_at: octaviaTime() }) });

function settle<T extends LbaasRecord>(collection: Collection<T>, records: readonly T[]): void {
  for (const record of records) {
    if (record.provisioning_status === 'PENDING_DELETE') collection.delete(record.id);
    else if (record.provisioning_status.startsWith('PENDING')) collection.put({ ...record, provisioning_status: 'ACTIVE', updated_at: octaviaTime() });
  }
}
