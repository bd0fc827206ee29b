import type { SimSettings } from '../sim-context.js';

/** What the scripts of a worker take on an idle machine, until one was measured. */
const FIRST_GUESS_MS = 400;
/** How many boots count for the estimate. */
const REMEMBERED = 20;

/**
 * Makes a boot last about `bootSeconds` from power on to joined: waits for what is left when the time that the scripts
 * take by themselves is subtracted. That time is the shortest of the last boots, since longer ones waited for others.
 */
export class BootPace {
  private readonly begun = new Map<string, number>();
  private readonly lastMs: number[] = [];

  constructor(private readonly settings: SimSettings) {}

  /** Milliseconds until the scripts of a machine begin that is powered on now. */
  delayMs(): number {
    const scriptsMs = this.lastMs.length > 0 ? Math.min(...this.lastMs) : FIRST_GUESS_MS;
    return Math.max(0, this.settings.bootSeconds * 1000 - scriptsMs);
  }

  booting(serverId: string): void {
    this.begun.set(serverId, Date.now());
  }

  joined(serverId: string): void {
    const begun = this.begun.get(serverId);
    if (begun === undefined) return;
    this.begun.delete(serverId);
    this.lastMs.push(Date.now() - begun);
    if (this.lastMs.length > REMEMBERED) this.lastMs.shift();
  }
}
