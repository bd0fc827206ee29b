import { setTimeout as pause } from 'node:timers/promises';
import { bringUp, runningPid, type LabPlace } from './lab-scripts.js';

/** Kills services of the cloud and brings them back; only those that were started from this lab's folder. */
export class LabServices {
  constructor(private readonly place: LabPlace) {}

  /** SIGKILL to a service and all its workers, by its pid file; nothing of it is told to end well. Resolves when it is dead. */
  async kill(service: string): Promise<void> {
    const pid = runningPid(this.place.folder, service);
    if (pid === undefined) throw new Error(`${service} was not started from ${this.place.folder}, so it is not for this run to kill: take the lab that is up down first.`);
    process.kill(-pid, 'SIGKILL');
    // A process takes a moment to die, and until then counts as running.
    const giveUpAt = Date.now() + 20_000;
    while (runningPid(this.place.folder, service) !== undefined) {
      if (Date.now() > giveUpAt) throw new Error(`${service} outlived a SIGKILL.`);
      await pause(50);
    }
  }

  /** Starts what is not running; returns when every service answers. */
  async bringBack(): Promise<void> {
    await bringUp({ ...this.place, say: () => undefined });
  }
}
