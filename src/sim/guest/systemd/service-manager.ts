import type { ExitStatus, ProgramRunner, RunningProgram } from '../program.js';
import type { ScratchRoot } from '../scratch-root.js';
import { parseUnitCommand } from './command-line.js';
import { conditionsHold } from './conditions.js';
import { unitEnvironment } from './unit-environment.js';
import type { ServiceUnit } from './unit-file.js';
import { unitName, type UnitStore } from './unit-store.js';

export type ActiveState = 'inactive' | 'activating' | 'active' | 'deactivating' | 'failed';
/** How a start job ended; `skipped` is a condition that failed, which systemd counts as success. */
export type StartResult = { kind: 'done' | 'skipped' } | { kind: 'not-found' } | { kind: 'failed' | 'refused'; because: string };

interface ServiceState {
  unit: ServiceUnit;
  active: ActiveState;
  sub: string;
  exit: ExitStatus | undefined;
  program: RunningProgram | undefined;
  starting: Promise<StartResult> | undefined;
  restartTimer: NodeJS.Timeout | undefined;
  recentStarts: number[];
  /** From `stop` until the next start, so that the exit is not taken for a failure. */
  stopping: boolean;
}

/** The part of systemd that boots a node: start, stop, restart on failure with the start limit, for `.service` units. */
export class ServiceManager {
  private readonly services = new Map<string, ServiceState>();
  private poweredOff = false;

  constructor(
    private readonly root: ScratchRoot,
    private readonly units: UnitStore,
    private readonly runner: ProgramRunner,
    /** Mounts what /etc/fstab has on the way to this path; false when that cannot be done. */
    private readonly ensureMounted: (path: string) => boolean,
    private readonly log: (line: string) => void,
  ) {}

  /** Unit files are read again at the next start of each unit that is not running. */
  reload(): void {
    for (const [name, service] of this.services) if (service.active === 'inactive' || service.active === 'failed') this.services.delete(name);
  }

  stateOf(name: string): { active: ActiveState; sub: string; exit: ExitStatus | undefined } {
    const service = this.services.get(unitName(name));
    return service ? { active: service.active, sub: service.sub, exit: service.exit } : { active: 'inactive', sub: 'dead', exit: undefined };
  }

  resetFailed(name: string): void {
    const service = this.services.get(unitName(name));
    if (!service) return;
    service.recentStarts = [];
    if (service.active === 'failed') this.settle(service, 'inactive', 'dead');
  }

  /** Resolves when the start job has ended: for a oneshot when it has run, for others when it was spawned. */
  async start(name: string): Promise<StartResult> {
    if (this.poweredOff) return { kind: 'failed', because: 'the machine is off' };
    let service: ServiceState | undefined;
    try {
      service = this.find(unitName(name));
    } catch (error) {
      return { kind: 'refused', because: error instanceof Error ? error.message : String(error) };
    }
    if (!service) return { kind: 'not-found' };
    if (service.active === 'active') return { kind: 'done' };
    service.starting ??= this.runStart(service).finally(() => (service.starting = undefined));
    return service.starting;
  }

  async stop(name: string): Promise<boolean> {
    const service = this.services.get(unitName(name));
    if (!service) return this.units.exists(unitName(name));
    clearTimeout(service.restartTimer);
    service.restartTimer = undefined;
    if (service.program) {
      service.stopping = true;
      this.settle(service, 'deactivating', 'stop-sigterm');
      for (const line of service.unit.execStop) await this.runLine(service, line);
      service.program.signal('SIGTERM');
      await this.endWithin(service.program, service.unit.timeoutStopMs);
    }
    this.settle(service, 'inactive', 'dead');
    return true;
  }

  /** Enabled units, after those that they name in `After=`; each start goes on in the background. */
  startEnabled(): void {
    const begun = new Map<string, Promise<unknown>>();
    const begin = (name: string, path: string[]): Promise<unknown> => {
      const known = begun.get(name);
      if (known) return known;
      // A cycle in After= is broken where it closes, as systemd drops one of the jobs.
      const before = this.orderedBefore(name).filter((other) => enabled.includes(other) && !path.includes(other));
      const job = Promise.all(before.map((other) => begin(other, [...path, name]))).then(() => this.start(name));
      begun.set(name, job);
      return job;
    };
    const enabled = this.units.enabled();
    for (const name of enabled) void begin(name, [name]);
  }

  /** No timer fires and no restart happens any more; the processes themselves are killed by whoever runs them. */
  powerOff(): void {
    this.poweredOff = true;
    for (const service of this.services.values()) clearTimeout(service.restartTimer);
  }

  private find(name: string): ServiceState | undefined {
    const known = this.services.get(name);
    if (known && known.active !== 'inactive' && known.active !== 'failed') return known;
    const loaded = this.units.load(name);
    if (!loaded) return undefined;
    if (known) {
      known.unit = loaded.unit;
      return known;
    }
    for (const warning of loaded.warnings) this.log(`systemd[1]: ${name}: ${warning}`);
    const fresh: ServiceState = { unit: loaded.unit, active: 'inactive', sub: 'dead', exit: undefined, program: undefined, starting: undefined, restartTimer: undefined, recentStarts: [], stopping: false };
    this.services.set(name, fresh);
    return fresh;
  }

  private orderedBefore(name: string): string[] {
    try {
      return this.units.load(name)?.unit.after ?? [];
    } catch {
      // A broken unit is reported when it is started; it only has no order.
      return [];
    }
  }

  private async runStart(service: ServiceState): Promise<StartResult> {
    const { unit } = service;
    clearTimeout(service.restartTimer);
    service.restartTimer = undefined;
    service.stopping = false;
    for (const other of unit.requires.filter((each) => each.endsWith('.service'))) {
      const result = await this.start(other);
      if (result.kind !== 'done' && result.kind !== 'skipped') return this.failJob(service, `Dependency failed for ${unit.description}.`);
    }
    const unmounted = unit.mountsFor.find((path) => !this.ensureMounted(path));
    if (unmounted !== undefined) return this.failJob(service, `Dependency failed for ${unit.description}: ${unmounted} is not mounted.`);
    for (const other of unit.wants.filter((each) => each.endsWith('.service') && this.units.exists(each))) void this.start(other);
    if (!conditionsHold(this.root, unit.conditions)) {
      this.log(`systemd[1]: ${unit.name}: ${unit.description} was skipped because of an unmet condition check.`);
      return { kind: 'skipped' };
    }
    if (this.startLimitHit(service)) return this.failJob(service, `Start request repeated too quickly.`);
    this.settle(service, 'activating', 'start');
    this.log(`systemd[1]: Starting ${unit.name} - ${unit.description}...`);
    const deadline = Date.now() + unit.timeoutStartMs;
    for (const line of unit.execStartPre) {
      const exit = await this.runLine(service, line, deadline);
      if (!succeeded(exit)) return this.afterExit(service, exit);
    }
    return unit.type === 'oneshot' || unit.type === 'forking' ? this.runToEnd(service, deadline) : this.runAsDaemon(service);
  }

  private async runToEnd(service: ServiceState, deadline: number): Promise<StartResult> {
    for (const line of [...service.unit.execStart, ...service.unit.execStartPost]) {
      const exit = await this.runLine(service, line, deadline);
      if (!succeeded(exit)) return this.afterExit(service, exit);
    }
    if (service.stopping) return { kind: 'failed', because: 'it was stopped' };
    this.log(`systemd[1]: Finished ${service.unit.name} - ${service.unit.description}.`);
    if (service.unit.remainAfterExit || service.unit.type === 'forking') this.settle(service, 'active', 'exited');
    else this.settle(service, 'inactive', 'dead');
    return { kind: 'done' };
  }

  private async runAsDaemon(service: ServiceState): Promise<StartResult> {
    const program = this.launch(service, service.unit.execStart[0] ?? '');
    this.settle(service, 'active', 'running');
    this.log(`systemd[1]: Started ${service.unit.name} - ${service.unit.description}.`);
    void program.ended.then((exit) => {
      service.program = undefined;
      if (!service.stopping) this.afterExit(service, exit);
    });
    for (const line of service.unit.execStartPost) await this.runLine(service, line, undefined, true);
    return { kind: 'done' };
  }

  /** One line to its end; kills it at the deadline and answers with the exit that systemd would see. */
  private async runLine(service: ServiceState, line: string, deadline = Number.POSITIVE_INFINITY, besideMain = false): Promise<ExitStatus> {
    const main = service.program;
    const program = this.launch(service, line);
    const exit = await this.endWithin(program, deadline - Date.now());
    service.program = besideMain || service.stopping ? main : undefined;
    return /^[@:+!]*-/u.test(line) ? { code: 0, signal: null } : exit;
  }

  private launch(service: ServiceState, line: string): RunningProgram {
    let program: RunningProgram;
    try {
      const environment = unitEnvironment(this.root, service.unit);
      const { path, args } = parseUnitCommand(line, environment);
      program = this.runner.run({ path, args, environment, workingDirectory: service.unit.workingDirectory });
    } catch (error) {
      this.log(`systemd[1]: ${service.unit.name}: ${error instanceof Error ? error.message : String(error)}`);
      program = { ended: Promise.resolve({ code: 203, signal: null }), signal: () => undefined };
    }
    service.program = program;
    return program;
  }

  private async endWithin(program: RunningProgram, milliseconds: number): Promise<ExitStatus> {
    if (!Number.isFinite(milliseconds)) return program.ended;
    const timer = setTimeout(() => program.signal('SIGKILL'), Math.max(0, Math.min(milliseconds, 2 ** 31 - 1)));
    try {
      return await program.ended;
    } finally {
      clearTimeout(timer);
    }
  }

  private afterExit(service: ServiceState, exit: ExitStatus): StartResult {
    service.exit = exit;
    if (this.poweredOff || service.stopping) return { kind: 'failed', because: 'it was stopped' };
    const failed = !succeeded(exit);
    const how = exit.signal ? `code=killed, signal=${exit.signal.slice(3)}` : `code=exited, status=${exit.code ?? 0}`;
    if (failed) this.log(`systemd[1]: ${service.unit.name}: Main process exited, ${how}`);
    if (shallRestart(service.unit, exit)) {
      this.settle(service, 'activating', 'auto-restart');
      service.restartTimer = setTimeout(() => {
        this.log(`systemd[1]: ${service.unit.name}: Scheduled restart job.`);
        service.active = 'inactive';
        void this.start(service.unit.name);
      }, service.unit.restartMs);
    } else if (failed) this.settle(service, 'failed', 'failed');
    else if (service.unit.remainAfterExit) this.settle(service, 'active', 'exited');
    else this.settle(service, 'inactive', 'dead');
    return failed ? { kind: 'failed', because: `the control process exited with error code (${how})` } : { kind: 'done' };
  }

  private failJob(service: ServiceState, because: string): StartResult {
    this.log(`systemd[1]: ${service.unit.name}: ${because}`);
    this.settle(service, 'failed', 'failed');
    return { kind: 'failed', because };
  }

  private startLimitHit(service: ServiceState): boolean {
    const { startLimitIntervalMs, startLimitBurst } = service.unit;
    if (startLimitIntervalMs === 0 || startLimitBurst === 0) return false;
    const now = Date.now();
    service.recentStarts = [...service.recentStarts.filter((at) => now - at < startLimitIntervalMs), now];
    return service.recentStarts.length > startLimitBurst;
  }

  private settle(service: ServiceState, active: ActiveState, sub: string): void {
    service.active = active;
    service.sub = sub;
  }
}

const succeeded = (exit: ExitStatus): boolean => exit.code === 0;

/** systemd.service(5), table "Exit causes and the effect of the Restart= settings"; SIGTERM and its like count as clean. */
function shallRestart(unit: ServiceUnit, exit: ExitStatus): boolean {
  const clean = exit.code === 0 || ['SIGHUP', 'SIGINT', 'SIGTERM', 'SIGPIPE'].includes(exit.signal ?? '');
  switch (unit.restart) {
    case 'no':
      return false;
    case 'always':
      return true;
    case 'on-success':
      return clean;
    case 'on-failure':
      return !clean;
    case 'on-abnormal':
      return exit.signal !== null && !clean;
  }
}
