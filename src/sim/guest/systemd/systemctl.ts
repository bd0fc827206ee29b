import { hasOption, parseOptions, UsageError, type CommandLine } from '../command-options.js';
import type { StandInAnswer, StandInCall } from '../stand-ins/stand-in-server.js';
import type { ServiceManager, StartResult } from './service-manager.js';
import { unitName, type UnitStore } from './unit-store.js';

type Verb = (units: string[], line: CommandLine, manager: ServiceManager, store: UnitStore) => Promise<StandInAnswer> | StandInAnswer;

const verbs: Record<string, Verb> = {
  'daemon-reload': (_units, _line, manager) => {
    manager.reload();
    return { code: 0 };
  },
  'daemon-reexec': () => ({ code: 0 }),
  start: (units, line, manager) => startAll(units, line, manager),
  stop: (units, line, manager) => each(units, line, async (unit) => ((await manager.stop(unit)) ? undefined : { code: 5, message: `Failed to stop ${unit}: Unit ${unit} not loaded.` })),
  restart: (units, line, manager) => restart(units, line, manager),
  'try-restart': (units, line, manager) => restart(units.filter((unit) => manager.stateOf(unit).active === 'active'), line, manager),
  'reload-or-restart': (units, line, manager) => restart(units, line, manager),
  enable,
  disable: async (units, line, manager, store) => {
    for (const unit of units) store.disable(unit);
    if (hasOption(line, 'now')) for (const unit of units) await manager.stop(unit);
    return missing(units, store, 'disable');
  },
  mask: (units, _line, _manager, store) => {
    for (const unit of units) store.mask(unit);
    return { code: 0 };
  },
  unmask: (units, _line, _manager, store) => {
    for (const unit of units) store.unmask(unit);
    return { code: 0 };
  },
  // systemctl(1): is-active gives 3 when no unit is active, is-failed 1, is-enabled 1.
  'is-active': (units, line, manager) => report(units, line, (unit) => manager.stateOf(unit).active, ['active'], 3),
  'is-failed': (units, line, manager) => report(units, line, (unit) => manager.stateOf(unit).active, ['failed'], 1),
  'is-enabled': (units, line, _manager, store) => report(units, line, (unit) => enabledState(unit, store), ['enabled', 'static'], 1),
  'is-system-running': () => ({ code: 0, stdout: 'running\n' }),
  'reset-failed': (units, _line, manager) => {
    for (const unit of units) manager.resetFailed(unit);
    return { code: 0 };
  },
  status: (units, _line, manager, store) => status(units, manager, store),
  show: (units, line, manager, store) => show(units, line, manager, store),
};

/** `systemctl` of a simulated machine; blocks as the real one does unless `--no-block` is given. */
export async function systemctl(call: StandInCall, manager: ServiceManager, store: UnitStore): Promise<StandInAnswer> {
  let line: CommandLine;
  try {
    line = parseOptions(call.args, { now: 'flag', 'no-block': 'flag', quiet: 'flag', q: 'flag', system: 'flag', 'no-pager': 'flag', 'no-ask-password': 'flag', force: 'flag', f: 'flag', full: 'flag', l: 'flag', p: 'value', property: 'value', value: 'flag', 'no-reload': 'flag', runtime: 'flag' });
  } catch (error) {
    if (error instanceof UsageError) return { code: 1, stderr: `systemctl: ${error.message}\n` };
    throw error;
  }
  const [verb = 'list-units', ...names] = line.operands;
  const run = verbs[verb];
  if (!run) return { code: 1, stderr: `Unknown command verb ${verb}.\n` };
  return run(names.map(unitName), line, manager, store);
}

async function startAll(units: string[], line: CommandLine, manager: ServiceManager): Promise<StandInAnswer> {
  if (units.length === 0) return { code: 1, stderr: 'Too few arguments.\n' };
  return each(units, line, async (unit) => startFailure(unit, await manager.start(unit)));
}

function startFailure(unit: string, result: StartResult): { code: number; message: string } | undefined {
  switch (result.kind) {
    case 'done':
    case 'skipped':
      return undefined;
    case 'not-found':
      return { code: 5, message: `Failed to start ${unit}: Unit ${unit} not found.` };
    case 'refused':
      return { code: 1, message: `Failed to start ${unit}: Unit ${unit} has a bad unit file setting: ${result.because}` };
    case 'failed':
      return { code: 1, message: `Job for ${unit} failed because ${result.because}.` };
  }
}

/** Runs on every unit at once, as one transaction; `--no-block` does not wait and cannot fail. */
async function each(units: string[], line: CommandLine, act: (unit: string) => Promise<{ code: number; message: string } | undefined>): Promise<StandInAnswer> {
  const jobs = units.map(act);
  if (hasOption(line, 'no-block')) return { code: 0 };
  const failures = (await Promise.all(jobs)).filter((failure) => failure !== undefined);
  return { code: failures[0]?.code ?? 0, stderr: failures.map(({ message }) => `${message}\n`).join('') };
}

async function restart(units: string[], line: CommandLine, manager: ServiceManager): Promise<StandInAnswer> {
  for (const unit of units) await manager.stop(unit);
  return units.length === 0 ? { code: 0 } : startAll(units, line, manager);
}

async function enable(units: string[], line: CommandLine, manager: ServiceManager, store: UnitStore): Promise<StandInAnswer> {
  if (units.length === 0) return { code: 1, stderr: 'Too few arguments.\n' };
  const refused = missing(units, store, 'enable');
  if (refused.code !== 0) return refused;
  const lines: string[] = [];
  for (const unit of units) {
    const loaded = unit.endsWith('.service') ? store.load(unit) : undefined;
    if (loaded) lines.push(...store.enable(unit, loaded.unit.wantedBy));
    if (loaded?.unit.wantedBy.length === 0) lines.push(`The unit files have no installation config (WantedBy=, RequiredBy=, Also=, Alias= settings in the [Install] section).`);
  }
  const stderr = hasOption(line, 'quiet', 'q') ? '' : lines.map((each) => `${each}\n`).join('');
  if (!hasOption(line, 'now')) return { code: 0, stderr };
  // systemctl enable reloads the manager before it starts the unit.
  manager.reload();
  const started = await startAll(units, line, manager);
  return { ...started, stderr: stderr + (started.stderr ?? '') };
}

function missing(units: string[], store: UnitStore, verb: string): StandInAnswer {
  const masked = units.find((unit) => store.isMasked(unit));
  if (masked !== undefined) return { code: 1, stderr: `Failed to ${verb} unit: Unit file /etc/systemd/system/${masked} is masked.\n` };
  const unit = units.find((each) => !store.exists(each));
  return unit === undefined ? { code: 0 } : { code: 1, stderr: `Failed to ${verb} unit: Unit file ${unit} does not exist.\n` };
}

function enabledState(unit: string, store: UnitStore): string {
  if (store.isMasked(unit)) return 'masked';
  if (!store.exists(unit)) return 'not-found';
  if (store.isEnabled(unit)) return 'enabled';
  return (store.load(unit)?.unit.wantedBy.length ?? 0) > 0 ? 'disabled' : 'static';
}

function report(units: string[], line: CommandLine, stateOf: (unit: string) => string, good: string[], otherwise: number): StandInAnswer {
  const states = units.map(stateOf);
  const stdout = hasOption(line, 'quiet', 'q') ? '' : states.map((state) => `${state}\n`).join('');
  return { code: states.some((state) => good.includes(state)) ? 0 : otherwise, stdout };
}

function status(units: string[], manager: ServiceManager, store: UnitStore): StandInAnswer {
  const unknown = units.find((unit) => !store.exists(unit));
  if (unknown !== undefined) return { code: 4, stderr: `Unit ${unknown} could not be found.\n` };
  const stdout = units.map((unit) => {
    const { active, sub } = manager.stateOf(unit);
    return `● ${unit}\n     Loaded: loaded (${enabledState(unit, store)})\n     Active: ${active} (${sub})\n`;
  });
  return { code: units.every((unit) => manager.stateOf(unit).active === 'active') ? 0 : 3, stdout: stdout.join('') };
}

function show(units: string[], line: CommandLine, manager: ServiceManager, store: UnitStore): StandInAnswer {
  const wanted = [...(line.options.get('p') ?? []), ...(line.options.get('property') ?? [])].flatMap((value) => String(value).split(','));
  const stdout = units.map((unit) => {
    const { active, sub, exit } = manager.stateOf(unit);
    const values: Record<string, string> = {
      Id: unit, LoadState: store.exists(unit) ? 'loaded' : 'not-found', ActiveState: active, SubState: sub, UnitFileState: enabledState(unit, store),
      ExecMainStatus: String(exit?.code ?? 0), Result: active === 'failed' ? 'exit-code' : 'success',
    };
    const names = wanted.length > 0 ? wanted : Object.keys(values);
    return names.map((name) => (hasOption(line, 'value') ? `${values[name] ?? ''}\n` : `${name}=${values[name] ?? ''}\n`)).join('');
  });
  return { code: 0, stdout: stdout.join('\n') };
}
