import { parseTimeSpan } from './time-span.js';

export type ServiceType = 'simple' | 'exec' | 'notify' | 'forking' | 'oneshot';
export type RestartPolicy = 'no' | 'on-failure' | 'on-success' | 'on-abnormal' | 'always';

/** What the simulated systemd makes of a service unit and its drop-ins. Times are milliseconds, Infinity for none. */
export interface ServiceUnit {
  name: string;
  description: string;
  type: ServiceType;
  execStartPre: string[];
  execStart: string[];
  execStartPost: string[];
  execStop: string[];
  restart: RestartPolicy;
  restartMs: number;
  startLimitIntervalMs: number;
  startLimitBurst: number;
  timeoutStartMs: number;
  timeoutStopMs: number;
  remainAfterExit: boolean;
  environment: string[];
  environmentFiles: string[];
  workingDirectory: string;
  /** `ConditionPathExists=` and its relatives: when one fails the unit is skipped without an error. */
  conditions: { test: string; path: string; negated: boolean }[];
  requires: string[];
  wants: string[];
  after: string[];
  wantedBy: string[];
  /** Paths whose mounts of /etc/fstab must be there before the unit starts. */
  mountsFor: string[];
}

export interface ParsedUnit {
  unit: ServiceUnit;
  /** What systemd would log while loading; the unit works all the same. */
  warnings: string[];
}

/** Directives that say how a real machine confines or logs a service; nothing here depends on them. */
const withoutEffectHere =
  /^(Documentation|User|Group|Standard(Input|Output|Error)|Syslog\w+|KillMode|KillSignal|Slice|CPU\w*|Memory\w*|IO\w*|Tasks\w*|Nice|Limit\w+|OOM\w+|UMask|Protect\w+|Private\w+|Restrict\w+|NoNewPrivileges|Capability\w*|AmbientCapabilities|ReadWritePaths|ReadOnlyPaths|RuntimeDirectory\w*|StateDirectory\w*|LogsDirectory\w*|Delegate|SuccessExitStatus|DefaultDependencies|Before|Conflicts|PartOf|BindsTo|Also|Alias|JobTimeout\w*|SendSIGKILL|TimeoutAbortSec|NotifyAccess|PIDFile|SystemCall\w+|LockPersonality)$/u;

/** Reads a unit file with its drop-ins (in their order). Throws an Error with a sentence for what makes systemd refuse the unit. */
export function parseServiceUnit(name: string, texts: string[]): ParsedUnit {
  const warnings: string[] = [];
  const settings = new Map<string, string[]>();
  for (const { section, key, value } of texts.flatMap((text) => assignments(text, warnings))) {
    const path = `${section}.${key}`;
    if (value === '') settings.set(path, []);
    else settings.set(path, [...(settings.get(path) ?? []), value]);
  }
  const list = (path: string): string[] => settings.get(path) ?? [];
  const words = (path: string): string[] => list(path).flatMap((value) => value.split(/\s+/u));
  const last = (path: string): string | undefined => list(path).at(-1);
  const span = (path: string, fallback: number): number => {
    const text = last(path);
    const parsed = text === undefined ? fallback : parseTimeSpan(text);
    if (parsed === undefined) warnings.push(`Failed to parse ${path.split('.')[1] ?? ''}= value, ignoring: ${text ?? ''}`);
    return parsed ?? fallback;
  };

  const type = choose(last('Service.Type'), ['simple', 'exec', 'notify', 'forking', 'oneshot'], 'simple', 'Type', warnings);
  const restart = choose(last('Service.Restart'), ['no', 'on-failure', 'on-success', 'on-abnormal', 'always'], 'no', 'Restart', warnings);
  const unit: ServiceUnit = {
    name,
    description: last('Unit.Description') ?? name,
    type,
    restart,
    execStartPre: list('Service.ExecStartPre'),
    execStart: list('Service.ExecStart'),
    execStartPost: list('Service.ExecStartPost'),
    execStop: list('Service.ExecStop'),
    restartMs: span('Service.RestartSec', 100),
    // systemd's compiled-in defaults: 5 starts in 10 s, 90 s to start and to stop, no limit for a oneshot's start.
    startLimitIntervalMs: span('Unit.StartLimitIntervalSec', 10_000),
    startLimitBurst: Number(last('Unit.StartLimitBurst') ?? 5),
    timeoutStartMs: span('Service.TimeoutStartSec', span('Service.TimeoutSec', type === 'oneshot' ? Number.POSITIVE_INFINITY : 90_000)) || Number.POSITIVE_INFINITY,
    timeoutStopMs: span('Service.TimeoutStopSec', span('Service.TimeoutSec', 90_000)) || Number.POSITIVE_INFINITY,
    remainAfterExit: isTrue(last('Service.RemainAfterExit')),
    environment: list('Service.Environment'),
    environmentFiles: list('Service.EnvironmentFile'),
    workingDirectory: last('Service.WorkingDirectory') ?? '/',
    conditions: conditionsOf(settings),
    requires: words('Unit.Requires'),
    wants: words('Unit.Wants'),
    after: words('Unit.After'),
    mountsFor: words('Unit.RequiresMountsFor'),
    wantedBy: [...words('Install.WantedBy'), ...words('Install.RequiredBy')],
  };
  for (const path of settings.keys()) if (!isKnown(path)) warnings.push(`Unknown key name '${path.split('.')[1] ?? ''}' in section '${path.split('.')[0] ?? ''}', ignoring.`);
  refuseBroken(unit);
  return { unit, warnings };
}

const isTrue = (text: string | undefined): boolean => ['1', 'yes', 'true', 'on'].includes(text?.toLowerCase() ?? '');

function choose<T extends string>(value: string | undefined, choices: readonly T[], fallback: T, key: string, warnings: string[]): T {
  const found = choices.find((choice) => choice === (value ?? fallback));
  if (found === undefined) warnings.push(`Failed to parse ${key}= value, ignoring: ${value ?? ''}`);
  return found ?? fallback;
}

function conditionsOf(settings: Map<string, string[]>): ServiceUnit['conditions'] {
  return [...settings].flatMap(([path, values]) => {
    const test = /^Unit\.Condition(PathExists|PathIsDirectory|FileNotEmpty|DirectoryNotEmpty)$/u.exec(path)?.[1];
    return test === undefined ? [] : values.map((value) => ({ test, path: value.replace(/^!/u, ''), negated: value.startsWith('!') }));
  });
}

const known = new Set([
  'Unit.Description', 'Unit.Requires', 'Unit.Wants', 'Unit.After', 'Unit.RequiresMountsFor', 'Unit.StartLimitIntervalSec', 'Unit.StartLimitBurst', 'Unit.ConditionPathExists', 'Unit.ConditionPathIsDirectory',
  'Unit.ConditionFileNotEmpty', 'Unit.ConditionDirectoryNotEmpty', 'Install.WantedBy', 'Install.RequiredBy', 'Service.Type', 'Service.ExecStart', 'Service.ExecStartPre',
  'Service.ExecStartPost', 'Service.ExecStop', 'Service.Restart', 'Service.RestartSec', 'Service.TimeoutStartSec', 'Service.TimeoutStopSec', 'Service.TimeoutSec',
  'Service.RemainAfterExit', 'Service.Environment', 'Service.EnvironmentFile', 'Service.WorkingDirectory',
]);
const isKnown = (path: string): boolean => known.has(path) || (/^(Unit|Service|Install)\./u.test(path) && withoutEffectHere.test(path.split('.')[1] ?? ''));

function refuseBroken(unit: ServiceUnit): void {
  if (unit.execStart.length === 0) throw new Error('Service has no ExecStart= setting. Refusing.');
  if (unit.execStart.length > 1 && unit.type !== 'oneshot') throw new Error('Service has more than one ExecStart= setting, which is only allowed for Type=oneshot services. Refusing.');
  if (unit.type === 'oneshot' && (unit.restart === 'always' || unit.restart === 'on-success'))
    throw new Error(`Service has Restart= set to either always or on-success, which isn't allowed for Type=oneshot services. Refusing.`);
  if (!Number.isInteger(unit.startLimitBurst)) throw new Error('StartLimitBurst= is not a number. Refusing.');
}

interface Assignment {
  section: string;
  key: string;
  value: string;
}

function assignments(text: string, warnings: string[]): Assignment[] {
  const found: Assignment[] = [];
  let section = '';
  // A trailing backslash joins lines, with comment lines in between left out.
  const joined = text.replaceAll('\r\n', '\n').split('\n').filter((line) => !/^\s*[#;]/u.test(line)).join('\n').replaceAll(/\\\n/gu, ' ');
  for (const line of joined.split('\n').map((each) => each.trim())) {
    if (line === '') continue;
    const header = /^\[(.+)\]$/u.exec(line)?.[1];
    const equals = line.indexOf('=');
    if (header !== undefined) section = header;
    else if (section === '') warnings.push(`Assignment outside of section. Ignoring: ${line}`);
    else if (equals < 1) warnings.push(`Missing '=', ignoring line: ${line}`);
    else found.push({ section, key: line.slice(0, equals).trim(), value: line.slice(equals + 1).trim() });
  }
  return found;
}
