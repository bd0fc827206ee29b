import { randomUUID } from 'node:crypto';
import type { Collection, Journal } from '../journal.js';

/**
 * What may go wrong in a guest: `never-boots` shows nothing on the console and runs nothing, `no-network` lets no curl
 * and no kubeadm reach anything, `fail-command` makes one command exit 1. `no-valid-host` is Nova's: the server gets no host.
 */
export type BootFaultKind = 'never-boots' | 'no-network' | 'fail-command' | 'no-valid-host';

export interface BootFault {
  id: string;
  /** Regular expression over the server's name. */
  serverName: string;
  fault: BootFaultKind;
  /** The command that fails, e.g. `kubeadm`; only with `fail-command`. */
  command: string | null;
  /** How often it happens; 0 = until it is removed. `never-boots` and `no-network` are counted once a boot. */
  times: number;
  matched: number;
}

export interface NewBootFault {
  serverName: string;
  fault: BootFaultKind;
  command?: string | undefined;
  times?: number | undefined;
}

/** The faults that the admin listener (`POST /boot-faults`) puts into guests; journaled, so that a restarted simulator has them too. */
export class BootFaultRegistry {
  private readonly faults: Collection<BootFault>;

  constructor(journal: Journal) {
    this.faults = journal.collection<BootFault>('boot-faults');
  }

  /** Throws a SyntaxError for a malformed regular expression and a TypeError for `fail-command` without a command. */
  add(fault: NewBootFault): BootFault {
    new RegExp(fault.serverName, 'u');
    if (fault.fault === 'fail-command' && !fault.command) throw new TypeError('fail-command needs a command');
    const times = fault.times ?? 1;
    return this.faults.put({ id: randomUUID(), serverName: fault.serverName, fault: fault.fault, command: fault.command ?? null, times, matched: 0 });
  }

  list(): BootFault[] {
    return this.faults.values();
  }

  remove(id: string): boolean {
    const known = this.faults.get(id) !== undefined;
    this.faults.delete(id);
    return known;
  }

  clear(): void {
    for (const { id } of this.faults.values()) this.faults.delete(id);
  }

  /** Says whether the fault strikes this server now, and counts it. */
  take(serverName: string, kind: BootFaultKind, command?: string): boolean {
    const fault = this.faults.find(
      (each) =>
        each.fault === kind &&
        (each.times === 0 || each.matched < each.times) &&
        (command === undefined || each.command === command) &&
        new RegExp(each.serverName, 'u').test(serverName),
    );
    if (fault) this.faults.put({ ...fault, matched: fault.matched + 1 });
    return fault !== undefined;
  }

  /** Commands that are to fail on this server and are not used up. */
  commandsToFail(serverName: string): string[] {
    return this.faults
      .filter((each) => each.fault === 'fail-command' && (each.times === 0 || each.matched < each.times) && new RegExp(each.serverName, 'u').test(serverName))
      .flatMap((each) => each.command ?? []);
  }
}
