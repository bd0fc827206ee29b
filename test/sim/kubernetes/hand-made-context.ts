import type { AddressBook, SimContext, SimSettings } from '../../../src/sim/sim-context.js';

type Target = { host: string; port: number };

/** An address book without Neutron: servers with one fixed and perhaps one floating address each. */
export class HandMadeAddresses implements AddressBook {
  private readonly fixed = new Map<string, string>();
  private readonly floating = new Map<string, string>();
  private readonly targets = new Map<string, Target>();
  private readonly listeners: ((floatingAddress: string, serverId: string | null) => void)[] = [];

  addServer(serverId: string, fixedAddress: string): void {
    this.fixed.set(serverId, fixedAddress);
  }

  serverCount(): number {
    return this.fixed.size;
  }

  associate(serverId: string, floatingAddress: string | null): void {
    const before = this.floating.get(serverId);
    if (floatingAddress === null) this.floating.delete(serverId);
    else this.floating.set(serverId, floatingAddress);
    for (const listener of this.listeners) listener(floatingAddress ?? before ?? '', floatingAddress === null ? null : serverId);
  }

  floatingOf(serverId: string): string | undefined {
    return this.floating.get(serverId);
  }

  serverOf(address: string): string | undefined {
    const all = [...this.fixed, ...this.floating];
    return all.find(([, known]) => known === address)?.[0];
  }

  onChange(listener: (floatingAddress: string, serverId: string | null) => void): void {
    this.listeners.push(listener);
  }

  resolve(address: string, port: number): Target | undefined {
    return this.targets.get(`${this.serverOf(address) ?? ''}:${port}`);
  }

  listen(serverId: string, port: number, real: Target): void {
    this.targets.set(`${serverId}:${port}`, real);
  }

  unlisten(serverId: string, port: number): void {
    this.targets.delete(`${serverId}:${port}`);
  }
}

export interface HandMadeContext extends Pick<SimContext, 'addresses' | 'settings' | 'internalSecret' | 'log'> {
  addresses: HandMadeAddresses;
  logged: { message: string; fields: Record<string, unknown> | undefined }[];
}

/** As much of the simulator's context as the Kubernetes host looks at. */
export function handMadeContext(settings: Pick<SimSettings, 'nodeGraceSeconds' | 'podGraceMillisecondsMax'> = {}): HandMadeContext {
  const logged: HandMadeContext['logged'] = [];
  return {
    addresses: new HandMadeAddresses(),
    internalSecret: 'hand-made',
    settings: { bootSeconds: 0, heatResourceMs: 0, callMs: 0, tokenSeconds: 3_600, cinder: true, octavia: true, ...settings },
    log: (message, fields) => void logged.push({ message, fields }),
    logged,
  };
}
