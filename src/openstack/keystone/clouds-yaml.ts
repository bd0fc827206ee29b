import { parse } from 'yaml';
import { z } from 'zod';
import { InvalidParameterError } from '../../domain/domain-error.js';
import type { EndpointInterface } from '../catalog.js';
import type { Credentials, DomainReference, ProjectReference, Scope, UserReference } from './credentials.js';

/** How a person's program logs in, and where it finds services. */
export interface CloudLogin {
  readonly credentials: Credentials;
  readonly region: string | null;
  readonly interface: EndpointInterface;
  /** Path of a PEM file. */
  readonly caFile: string | null;
  /** `verify: false` or OS_INSECURE: any certificate is accepted. */
  readonly insecure: boolean;
  /** URLs to use instead of the catalogue's, by service type. */
  readonly endpointOverrides: Readonly<Record<string, string>>;
}

export interface LoginSources {
  /** Environment; only OS_* is looked at. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Text of clouds.yaml, and of secure.yaml whose values win over it. */
  readonly cloudsYaml?: string;
  readonly secureYaml?: string;
  /** Name of the cloud in clouds.yaml; otherwise OS_CLOUD says it. */
  readonly cloud?: string;
}

/** Where OpenStack's own clients look for clouds.yaml, the first that exists wins. secure.yaml lies beside it. */
export function cloudsYamlPaths(environment: LoginSources['environment'], homeFolder: string, workingFolder: string): string[] {
  const named = environment['OS_CLIENT_CONFIG_FILE'];
  const configHome = environment['XDG_CONFIG_HOME'] ?? `${homeFolder}/.config`;
  const folders = [workingFolder, `${configHome}/openstack`, '/etc/openstack'];
  return [...(named === undefined || named === '' ? [] : [named]), ...folders.map((folder) => `${folder}/clouds.yaml`)];
}

/** Keys as clouds.yaml has them, whatever their source; dashes are read as underscores. */
type Settings = Readonly<Record<string, string>>;

/**
 * The log-in that clouds.yaml or OS_* describe, as OpenStack's own clients read them: with a named cloud, clouds.yaml counts
 * and the environment does not; without one, the environment counts. Throws InvalidParameterError that names what is missing.
 */
export function cloudLogin(sources: LoginSources): CloudLogin {
  const name = sources.cloud ?? nonEmpty(sources.environment['OS_CLOUD']);
  return name === undefined ? loginOf(settingsOfEnvironment(sources.environment), environmentName) : loginOf(settingsOfCloud(name, sources), yamlName(name));
}

const nonEmpty = (text: string | undefined): string | undefined => (text === '' ? undefined : text);

const environmentName = (key: string): string => `OS_${key.toUpperCase()}`;
const yamlName =
  (cloud: string) =>
  (key: string): string =>
    `${key} of cloud ${cloud} in clouds.yaml`;

function settingsOfEnvironment(environment: LoginSources['environment']): Settings {
  const settings: Record<string, string> = {};
  for (const [name, value] of Object.entries(environment)) {
    if (name.startsWith('OS_') && value !== undefined && value !== '') settings[name.slice(3).toLowerCase()] = value;
  }
  return settings;
}

const valueSchema = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const cloudSchema = z.looseObject({ auth: z.record(z.string(), valueSchema.nullable()).default({}) });
const fileSchema = z.object({ clouds: z.record(z.string(), cloudSchema.nullable()).default({}) });

function settingsOfCloud(name: string, { cloudsYaml, secureYaml }: LoginSources): Settings {
  if (cloudsYaml === undefined) throw new InvalidParameterError(`Cloud ${name} is wanted, but there is no clouds.yaml.`);
  const { clouds } = readFile('clouds.yaml', cloudsYaml);
  const cloud = clouds[name];
  if (!cloud) throw new InvalidParameterError(`clouds.yaml has no cloud ${name}. Clouds: ${Object.keys(clouds).join(', ') || 'none'}.`);
  const secure = secureYaml === undefined ? undefined : readFile('secure.yaml', secureYaml).clouds[name];
  return { ...flat(cloud), ...(secure ? flat(secure) : {}) };
}

function readFile(name: string, text: string): z.output<typeof fileSchema> {
  const parsed = fileSchema.safeParse(parseYaml(name, text) ?? {});
  if (parsed.success) return parsed.data;
  throw new InvalidParameterError(`${name} is not as it should be: ${z.prettifyError(parsed.error)}`);
}

function parseYaml(name: string, text: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    throw new InvalidParameterError(`${name} is not YAML: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function flat({ auth, ...rest }: z.output<typeof cloudSchema>): Settings {
  const settings: Record<string, string> = {};
  for (const [key, value] of [...Object.entries(rest), ...Object.entries(auth)]) {
    const text = valueSchema.safeParse(value);
    if (text.success) settings[key.replaceAll('-', '_')] = text.data;
  }
  return settings;
}

function loginOf(settings: Settings, nameOf: (key: string) => string): CloudLogin {
  return {
    credentials: credentialsOf(settings, nameOf),
    region: settings['region_name'] ?? null,
    interface: interfaceOf(settings['interface'] ?? settings['endpoint_type']),
    caFile: settings['cacert'] ?? null,
    insecure: settings['verify']?.toLowerCase() === 'false' || ['1', 'true', 'yes'].includes(settings['insecure']?.toLowerCase() ?? ''),
    endpointOverrides: overridesOf(settings),
  };
}

function credentialsOf(settings: Settings, nameOf: (key: string) => string): Credentials {
  const required = (key: string): string => {
    const value = settings[key];
    if (value === undefined) throw new InvalidParameterError(`Cannot log in to OpenStack: ${nameOf(key)} is missing.`);
    return value;
  };
  const authUrl = required('auth_url');
  switch (kindOf(settings)) {
    case 'application-credential': {
      const secret = required('application_credential_secret');
      const id = settings['application_credential_id'];
      if (id !== undefined) return { kind: 'application-credential', authUrl, credential: { id }, secret };
      const name = required('application_credential_name');
      return { kind: 'application-credential', authUrl, credential: { name, user: userOf(settings, required) }, secret };
    }
    case 'token':
      return { kind: 'token', authUrl, token: required('token'), scope: scopeOf(settings) };
    case 'password':
      return { kind: 'password', authUrl, user: userOf(settings, required), password: required('password'), scope: scopeOf(settings) };
  }
}

/** What auth_type says, or else what is there. */
function kindOf(settings: Settings): Credentials['kind'] {
  const type = settings['auth_type'];
  switch (type) {
    case undefined:
      if (settings['application_credential_secret'] !== undefined) return 'application-credential';
      return settings['token'] !== undefined && settings['password'] === undefined ? 'token' : 'password';
    case 'password':
    case 'v3password':
      return 'password';
    case 'token':
    case 'v3token':
      return 'token';
    case 'v3applicationcredential':
      return 'application-credential';
    default:
      throw new InvalidParameterError(`auth_type ${type} is not supported; use password, token or v3applicationcredential.`);
  }
}

function userOf(settings: Settings, required: (key: string) => string): UserReference {
  const id = settings['user_id'];
  return id === undefined ? { name: required('username'), domain: domainOf(settings, 'user') } : { id };
}

function scopeOf(settings: Settings): Scope {
  const id = settings['project_id'] ?? settings['tenant_id'];
  if (id !== undefined) return { project: { id } };
  const name = settings['project_name'] ?? settings['tenant_name'];
  if (name === undefined) return 'unscoped';
  const project: ProjectReference = { name, domain: domainOf(settings, 'project') };
  return { project };
}

/** `default_domain*` stands for either; a cloud that says nothing has only the first domain, whose id is `default`. */
function domainOf(settings: Settings, of: 'user' | 'project'): DomainReference {
  for (const prefix of [`${of}_domain`, 'default_domain']) {
    const [id, name] = [settings[`${prefix}_id`], settings[`${prefix}_name`]];
    if (id !== undefined) return { id };
    if (name !== undefined) return { name };
  }
  const plain = settings['default_domain'];
  return plain === undefined ? { id: 'default' } : { name: plain };
}

function interfaceOf(text: string | undefined): EndpointInterface {
  const name = (text ?? 'public').replace(/URL$/, '');
  if (name === 'public' || name === 'internal' || name === 'admin') return name;
  throw new InvalidParameterError(`interface ${name} is unknown; use public, internal or admin.`);
}

const overrideSuffix = '_endpoint_override';

function overridesOf(settings: Settings): Record<string, string> {
  const overrides = Object.entries(settings).filter(([key]) => key.endsWith(overrideSuffix));
  return Object.fromEntries(overrides.map(([key, url]) => [key.slice(0, -overrideSuffix.length).replaceAll('_', '-'), url]));
}
