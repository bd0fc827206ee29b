import type { NetworkRecords } from '../../../src/sim/neutron/address-directory.js';
import type { SeenFloatingAddress, SeenPort } from './cloud-view.js';

/** Neutron's ports and floating addresses as they were last seen, in the form that the simulator's directory reads. */
export class SeenNetwork implements NetworkRecords {
  private byId = new Map<string, SeenPort>();
  private floating: readonly SeenFloatingAddress[] = [];

  readonly ports: NetworkRecords['ports'] = {
    get: (id) => this.byId.get(id),
    filter: (matches) => [...this.byId.values()].filter(matches),
  };

  readonly floatingAddresses: NetworkRecords['floatingAddresses'] = { values: () => [...this.floating] };

  replace(ports: readonly SeenPort[], floating: readonly SeenFloatingAddress[]): void {
    this.byId = new Map(ports.map((port) => [port.id, port]));
    this.floating = floating;
  }
}
