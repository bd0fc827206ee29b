import { parseDocument } from 'yaml';
import { z } from 'zod';
import type { UserDataPart } from './user-data.js';

const encodings = ['text/plain', 'b64', 'base64', 'gz', 'gzip', 'gz+b64', 'gz+base64', 'gzip+b64', 'gzip+base64'] as const;

const writeFileSchema = z.strictObject({
  path: z.string().startsWith('/'),
  content: z.string().default(''),
  encoding: z.enum(encodings).default('text/plain'),
  // An unquoted 0644 is the number 420 to PyYAML, and cloud-init takes a number as the mode itself.
  permissions: z.union([z.string().regex(/^0?[0-7]{3,4}$/u), z.int().min(0).max(0o7777)]).default('0644'),
  owner: z.string().default('root:root'),
  append: z.boolean().default(false),
  defer: z.boolean().default(false),
});
const commandSchema = z.union([z.string(), z.array(z.union([z.string(), z.int()])).min(1)]);
const userSchema = z.union([z.string(), z.looseObject({ name: z.string().optional(), ssh_authorized_keys: z.array(z.string()).optional() })]);

/** What the simulated machine does for a cloud-config, module by module. */
const moduleSchemas = {
  write_files: z.array(writeFileSchema).min(1),
  runcmd: z.array(commandSchema),
  bootcmd: z.array(commandSchema),
  hostname: z.string(),
  fqdn: z.string(),
  preserve_hostname: z.boolean(),
  ssh_authorized_keys: z.array(z.string()).min(1),
  users: z.array(userSchema),
} as const;
type ModuleName = keyof typeof moduleSchemas;

/** Modules of the real cloud-init that change nothing which a cluster could see. */
const withoutEffectHere = new Set([
  'disable_root', 'ssh_pwauth', 'ssh_deletekeys', 'growpart', 'resize_rootfs', 'locale', 'timezone', 'final_message', 'manage_etc_hosts', 'prefer_fqdn_over_hostname',
  'package_update', 'package_upgrade', 'apt', 'ntp', 'chpasswd', 'password', 'output', 'merge_how', 'no_ssh_fingerprints', 'create_hostname_file', 'system_info',
]);

export type WriteFile = z.infer<typeof writeFileSchema>;
export type CloudCommand = z.infer<typeof commandSchema>;
export type CloudConfig = { [Name in ModuleName]?: z.infer<(typeof moduleSchemas)[Name]> };

export interface ParsedCloudConfig {
  config: CloudConfig;
  /** One sentence each, as they go to the console; a module with a problem is left out, as the real one leaves it out. */
  problems: string[];
}

/** Reads and merges the cloud-config parts. Of a key in two parts the first stays (cloud-init's default), lists are joined when the part asks for it. */
export function parseCloudConfig(parts: Extract<UserDataPart, { kind: 'cloud-config' }>[]): ParsedCloudConfig {
  const problems: string[] = [];
  const merged = new Map<string, unknown>();
  for (const part of parts) {
    // PyYAML speaks YAML 1.1: yes and on are booleans, 0644 is octal.
    const document = parseDocument(part.text, { version: '1.1', uniqueKeys: true, merge: true });
    if (document.errors.length > 0) {
      problems.push(`Failed loading cloud-config: ${document.errors[0]?.message ?? 'not YAML'}`);
      continue;
    }
    const content: unknown = document.toJS();
    if (content === null) continue;
    if (typeof content !== 'object' || Array.isArray(content)) {
      problems.push('Failed loading cloud-config: it is not a mapping');
      continue;
    }
    for (const [key, value] of Object.entries(content)) merged.set(key, mergeValue(merged.get(key), value, part.appendLists));
  }
  return readModules(merged, problems);
}

function mergeValue(known: unknown, value: unknown, appendLists: boolean): unknown {
  if (known === undefined) return value;
  return appendLists && Array.isArray(known) && Array.isArray(value) ? [...(known as unknown[]), ...(value as unknown[])] : known;
}

function readModules(merged: Map<string, unknown>, problems: string[]): ParsedCloudConfig {
  const config: CloudConfig = {};
  for (const [key, value] of merged) {
    if (key in moduleSchemas) {
      const parsed = z.object({ [key]: moduleSchemas[key as ModuleName] }).safeParse({ [key]: value });
      if (parsed.success) Object.assign(config, parsed.data);
      else problems.push(`Invalid cloud-config: ${parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ')}`);
    } else if (key === 'packages') problems.push('Cannot install packages: this image carries all that it needs and has no package source');
    else if (!withoutEffectHere.has(key)) problems.push(`Invalid cloud-config: unknown key ${key}`);
  }
  return { config, problems };
}
