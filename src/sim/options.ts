import { parseArgs } from 'node:util';

export interface SimOptions {
  /** Undefined: a temporary one, removed at the end. */
  dataDir: string | undefined;
  bootSeconds: number;
  heatResourceMs: number;
  callMs: number;
  tokenSeconds: number;
  cinder: boolean;
  octavia: boolean;
  /** URL of the container-infra endpoint in the catalogue, if it is to be there from the start. */
  containerInfra: string | undefined;
}

const flags = {
  'data-dir': { type: 'string' },
  'boot-seconds': { type: 'string', default: '2' },
  'heat-resource-ms': { type: 'string', default: '0' },
  'call-ms': { type: 'string', default: '0' },
  'token-seconds': { type: 'string', default: '3600' },
  'no-cinder': { type: 'boolean', default: false },
  'no-octavia': { type: 'boolean', default: false },
  'container-infra': { type: 'string' },
} as const;

/** Flags win over `SIM_<FLAG>` variables (`SIM_BOOT_SECONDS`), which win over the defaults. Throws on anything unknown or not a number. */
export function readOptions(args: string[], environment: Record<string, string | undefined>): SimOptions {
  const given = parseArgs({ args, options: withoutDefaults(), strict: true, allowPositionals: false }).values as Record<string, string | boolean | undefined>;
  const value = (flag: keyof typeof flags): string | undefined => {
    const own = given[flag];
    if (own !== undefined) return String(own);
    const variable = environment[`SIM_${flag.toUpperCase().replaceAll('-', '_')}`];
    if (variable !== undefined && variable !== '') return variable;
    const declared = flags[flag];
    return 'default' in declared ? String(declared.default) : undefined;
  };
  const count = (flag: keyof typeof flags): number => {
    const parsed = Number(value(flag));
    if (!Number.isFinite(parsed) || parsed < 0) throw new Error(`--${flag} wants a number of at least 0, not '${value(flag)}'`);
    return parsed;
  };
  return {
    dataDir: value('data-dir'),
    bootSeconds: count('boot-seconds'),
    heatResourceMs: count('heat-resource-ms'),
    callMs: count('call-ms'),
    tokenSeconds: count('token-seconds'),
    cinder: !['true', '1'].includes(value('no-cinder') ?? ''),
    octavia: !['true', '1'].includes(value('no-octavia') ?? ''),
    containerInfra: value('container-infra'),
  };
}

/** `parseArgs` must not fill in defaults itself, or they would hide the environment. */
function withoutDefaults(): Record<string, { type: 'string' | 'boolean' }> {
  return Object.fromEntries(Object.entries(flags).map(([name, { type }]) => [name, { type }]));
}
