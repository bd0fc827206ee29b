import { bringUp, runningPid, type LabPlace } from './lab-scripts.js';

/** Kills services of the cloud and brings them back; only those that were started from this lab's folder. */
export class LabServices {
  constructor(private readonly place: LabPlace) {}

  /** SIGKILL to a service and all its workers, by its pid file; nothing of it is told to end well. */
  kill(service: string): void {
    const pid = runningPid(this.place.folder, service);
    if (pid === undefined) throw new Error(`${service} was not started from ${this.place.folder}, so it is not for this run to kill: take the lab that is up down first.`);
    process.kill(-pid, 'SIGKILL');
  }

  /** Starts what is not running; returns when every service answers. */
  async bringBack(): Promise<void> {
    await bringUp({ ...this.place, say: () => undefined });
  }
}
