import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';

const seconds = (fallback: number, text: string, minimum = 0) =>
  z.coerce.number().min(minimum).default(fallback).describe(`${text} (seconds)`);
const count = (fallback: number, text: string, minimum = 0) => z.coerce.number().int().min(minimum).default(fallback).describe(text);
const minutes = (fallback: number, text: string) => z.coerce.number().positive().default(fallback).describe(`${text} (minutes)`);
const listen = (fallback: string, text: string) =>
  z
    .string()
    .regex(/^.+:\d+$/, 'expected host:port')
    .default(fallback)
    .describe(`${text} (host:port; port 0 picks a free one)`);

const proxyMapSchema = z.record(z.string(), z.url({ protocol: /^https?$/ }));

/** Every setting, its unit and its default. Names are without the prefix JEROBOAM_; docs/configuration.md is generated from here. */
export const configSchema = z.strictObject({
  CONFIG_FILE: z.string().optional().describe('YAML file with the same settings (names without the prefix); the environment wins over it'),
  METRICS_LISTEN: z
    .string()
    .regex(/^.+:\d+$/, 'expected host:port')
    .optional()
    .describe('Where this process answers /metrics and /healthz, without authentication (host:port; port 0 picks a free one; unset: nowhere)'),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info').describe('Least severe level that is logged'),

  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).describe('PostgreSQL 15 or newer: the only source of truth'),
  DATABASE_POOL_SIZE: count(10, 'Connections to PostgreSQL a process', 1),
  DATABASE_CONNECT_TIMEOUT_SECONDS: seconds(10, 'Wait for a connection to PostgreSQL, a new one or one that others use', 0.1),
  DATABASE_QUERY_TIMEOUT_SECONDS: seconds(30, 'One query: a server that does not answer for so long is given up', 1),
  DATABASE_TRANSACTION_IDLE_SECONDS: seconds(10, 'A transaction that says nothing for so long belongs to a process that is stopped or cut off: PostgreSQL undoes it', 0.1),
  DATABASE_PATIENCE_SECONDS: seconds(3, 'How long /healthz and /metrics wait for PostgreSQL; less than whoever asks them waits', 0.1),
  REDIS_URL: z.url({ protocol: /^rediss?$/ }).optional().describe('Redis for the wake-up queue; without it the queue lives in PostgreSQL'),
  QUEUE_PATIENCE_SECONDS: seconds(2, 'Wait for a queue that does not answer to a wake-up; the sweep does the rest', 0.1),
  QUEUE_RETRY_SECONDS: seconds(1, 'How soon a conductor asks again after the queue broke off', 0.05),
  QUEUE_PREFIX: z.string().regex(/^[a-z0-9-]{1,40}$/).default('jeroboam').describe('Prefix of queue names: one for each installation that shares a Redis'),

  OS_AUTH_URL: z.url({ protocol: /^https?$/ }).describe("Keystone v3, for example http://keystone.example.org:5000/v3"),
  OS_USERNAME: z.string().min(1).describe('Service user: role admin, for users and grants of clusters and for token validation'),
  OS_PASSWORD: z.string().min(1).describe('Password of the service user'),
  OS_USER_DOMAIN_NAME: z.string().default('Default').describe('Domain of the service user'),
  OS_PROJECT_NAME: z.string().default('service').describe('Project of the service user'),
  OS_PROJECT_DOMAIN_NAME: z.string().default('Default').describe('Domain of that project'),
  OS_REGION_NAME: z.string().default('RegionOne').describe('Region whose endpoints are used'),
  OS_INTERFACE: z.enum(['public', 'internal', 'admin']).default('public').describe('Kind of endpoint taken from the catalogue'),
  OS_CACERT: z.string().optional().describe("PEM file with the CA of OpenStack's endpoints"),
  CLUSTER_DOMAIN_NAME: z.string().default('jeroboam').describe('Keystone domain that holds one user a cluster'),
  CLUSTER_USER_ROLES: z.string().optional().describe("Comma list: grant clusters only these of the requester's roles (default: all but admin)"),

  API_LISTEN: listen('127.0.0.1:9511', 'Where magnum-api listens'),
  API_PUBLIC_URL: z.url().optional().describe('Base of links in answers, when X-Forwarded-* does not tell it'),
  API_TLS_CERT_FILE: z.string().optional().describe('PEM certificate chain: magnum-api speaks TLS itself'),
  API_TLS_KEY_FILE: z.string().optional().describe('PEM key of API_TLS_CERT_FILE'),
  API_BODY_LIMIT_BYTES: count(1_048_576, 'Largest request body (bytes)', 1024),
  TOKEN_CACHE_SECONDS: seconds(300, 'Longest time a validated Keystone token is trusted without asking again'),
  LOOKUP_CACHE_SECONDS: seconds(60, 'How long look-ups of images, flavors and networks are shared'),
  MAX_CLUSTERS_PER_PROJECT: count(20, 'Clusters a project may have'),
  HEAT_STACKS_PER_PROJECT: z.coerce
    .number()
    .int()
    .min(-1)
    .default(512)
    .describe("Heat's max_stacks_per_tenant, which no API tells: clusters are refused before it is reached (stacks; -1 = no limit)"),
  EVENTS_POLL_SECONDS: seconds(0.5, "How often a cluster's history is looked at for each client that watches it (/v1/clusters/{id}/events)", 0.05),
  LIST_LIMIT_MAX: count(1000, 'Most items in one page of a list', 1),
  DEFAULT_BOOT_VOLUME_SIZE: count(0, 'Size of boot volumes when label boot_volume_size is absent (GiB; 0 = boot from the flavor\'s disk)'),
  CERTIFICATE_ROLES_STRICT: z
    .stringbool()
    .default(true)
    .describe("Only a cluster's creator and admins may read its CA and sign certificates, as Magnum rules; false: any member of the project"),

  NODE_LISTEN: listen('127.0.0.1:9512', 'Where node-api listens, always TLS'),
  NODE_URL: z.url({ protocol: /^https$/ }).default('https://127.0.0.1:9512').describe('node-api as machines of tenants reach it'),
  NODE_CERT_FILE: z.string().optional().describe('PEM certificate of node-api'),
  NODE_KEY_FILE: z.string().optional().describe('PEM key of NODE_CERT_FILE'),
  NODE_CA_FILE: z.string().optional().describe('PEM CA that machines trust for node-api'),
  NODE_RATE_PER_MINUTE: count(120, 'Calls a minute one node (claim token) may make to node-api', 1),
  NODE_CLOCK_SKEW_SECONDS: seconds(300, 'Largest difference between the clocks of a node and node-api', 1),
  NODE_BOOT_DEADLINE_SECONDS: seconds(900, 'From a server leaving BUILD to its node having joined', 1),
  NODE_READY_DEADLINE_SECONDS: seconds(900, 'How much longer than for joining a node may take until its cluster shows it Ready, before a change of its group gives it up', 1),
  SERVER_STOP_SECONDS: seconds(180, 'How long the server of a control-plane node may take to be off before it counts as not fenced', 1),
  ETCD_SNAPSHOT_DIR: z.string().optional().describe("Folder for snapshots of clusters' etcd before upgrades, shared by all conductors (unset: none is kept)"),
  ETCD_SNAPSHOTS_KEPT: count(3, 'Newest snapshots that are kept for each cluster', 1),

  SEALING_KEY: z.string().optional().describe('32 bytes in base64: seals secrets at rest (AES-256-GCM)'),
  SEALING_KEY_FILE: z.string().optional().describe('File with the same, instead of SEALING_KEY'),
  SEALING_KEY_ID: z.string().default('1').describe('Name of the sealing key, stored with what it sealed'),

  LEASE_SECONDS: seconds(15, 'How long a conductor holds an operation without renewing', 1),
  LEASE_RENEW_SECONDS: seconds(5, 'How often a held lease is renewed', 0.2),
  SWEEP_SECONDS: seconds(10, 'How often lost wake-ups and expired leases are looked for', 0.2),
  CONDUCTOR_CONCURRENCY: count(16, 'Turns of different operations that one conductor runs side by side', 1),
  CREATE_TIMEOUT_MINUTES: count(60, 'Deadline of a create whose create_timeout is not set (minutes)', 1),
  STEP_TIMEOUT_MINUTES: minutes(30, 'Deadline of each step of a create that waits for no machine, whatever keeps it from ending'),
  NODES_TIMEOUT_MINUTES: minutes(240, "Deadline of each step of a create that waits for machines; the create's own deadline may come first"),
  PUBLISH_MEMBERS_MINUTES: minutes(5, 'How long a create waits for Heat to show the members of its groups before it completes without'),
  MEMBERS_UPDATE_MINUTES: count(10, "Heat's own limit for an update of what a group's stack shows of its members (minutes)", 1),
  DELETE_TIMEOUT_MINUTES: minutes(60, 'Deadline of each step of a delete, and of clearing before a create is tried again'),
  CLEANUP_PATIENCE_SECONDS: seconds(20, "How long a delete waits for a cluster's API that does not answer, before it removes the cluster's load balancers and volumes without it"),
  CLEANUP_IN_CLUSTER_SECONDS: seconds(300, 'How long a delete waits for a cluster to remove its load balancers and volumes itself'),
  CLEANUP_DIRECT_SECONDS: seconds(300, 'How long a delete tries to remove what is left of them itself, before it fails and names it (or, forced, leaves it)'),
  RESERVATIONS_KEPT_MINUTES: minutes(60, 'How long quota reservations of an operation that has ended are kept on record, at least as long as a look at quotas takes'),
  DRAIN_TIMEOUT_MINUTES: minutes(15, "How long a node's pods have to go before drain_timeout_policy decides, where the request does not say"),
  DRAIN_TIMEOUT_POLICY: z
    .enum(['fail', 'force', 'skip-node'])
    .default('fail')
    .describe('What happens then, where the request does not say: fail the operation, force (delete the pods, except those on hold), or skip-node'),
  DRAIN_UNMANAGED_PODS: z.enum(['evict', 'keep']).default('evict').describe('Pods that nobody would make anew: evict them, or keep them and wait for a person'),
  DRAIN_LOCAL_STORAGE: z.enum(['evict', 'keep']).default('evict').describe('Pods with an emptyDir volume, whose content ends with them: evict or keep'),
  DRAIN_WATCH_IDLE_SECONDS: seconds(60, 'How long the pods of a node are still watched after its drain was last looked at; 0: never, drains are only polled'),
  FENCE_AFTER_SECONDS: seconds(300, "A node to be emptied whose kubelet is silent for so long has its server stopped, as the proof that its pods are gone"),
  NODE_STACKS_IN_FLIGHT: count(20, 'Node stacks of one cluster that are created at once', 1),
  POLL_MIN_SECONDS: seconds(1, 'First pause between two looks at stacks that nothing else announces', 0.05),
  POLL_MAX_SECONDS: seconds(15, 'Longest such pause', 0.05),
  SHUTDOWN_GRACE_SECONDS: seconds(20, 'How long a stopping process waits for turns and requests to end', 1),
  TOMBSTONE_HOURS: count(24, 'How long names and tags of a deleted cluster are remembered (hours)'),

  HTTP_CONNECT_TIMEOUT_SECONDS: seconds(5, 'Connecting to OpenStack or a cluster', 0.1),
  HTTP_TIMEOUT_SECONDS: seconds(30, 'Whole call to OpenStack or a cluster', 0.1),
  SLOW_CALL_SECONDS: seconds(5, 'From when on an operation shows that it waits for a service that does not answer', 0.1),
  HTTP_RETRIES: count(5, 'Times a call that may be repeated is tried again'),
  HTTP_RETRY_WINDOW_SECONDS: seconds(60, 'All tries of one call together', 1),
  HTTP_ANSWER_LIMIT_BYTES: count(33_554_432, 'Largest answer read from a cluster (bytes)', 1024),
  CLUSTER_PROXIES: z
    .string()
    .default('{}')
    .transform((text, context) => {
      const problem = (message: string): never => {
        context.addIssue({ code: 'custom', message });
        return z.NEVER;
      };
      try {
        const parsed = proxyMapSchema.safeParse(JSON.parse(text));
        return parsed.success ? parsed.data : problem('expected a JSON object: network id (or *) to proxy URL');
      } catch (error) {
        if (error instanceof SyntaxError) return problem('expected JSON');
        throw error;
      }
    })
    .describe('JSON object: id of a tenant network (or *) to the URL of an HTTP proxy (CONNECT) into it, for clusters without floating IPs'),
  DRIVERS_PATH: z.string().optional().describe('Folder with drivers from outside the distribution'),
});

export type Config = Readonly<z.infer<typeof configSchema>>;

/** Settings that other programs of ours read from the same prefix (see src/launch); they are no configuration of a server. */
const launchSettings = new Set(['DATA_DIR']);

/** Reads JEROBOAM_* (and the file it names) once, and reports every problem before anything starts. */
export function loadConfig(environment: NodeJS.ProcessEnv): Config {
  const parsed = configSchema.safeParse(gather(environment));
  if (!parsed.success) throw new Error(`Invalid configuration (settings have the prefix JEROBOAM_):\n${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

/** The one setting that the migration step needs. */
export function loadDatabaseUrl(environment: NodeJS.ProcessEnv): string {
  const parsed = configSchema.shape.DATABASE_URL.safeParse(gather(environment)['DATABASE_URL']);
  if (!parsed.success) throw new Error(`Invalid JEROBOAM_DATABASE_URL: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

function gather(environment: NodeJS.ProcessEnv): Record<string, unknown> {
  const prefix = 'JEROBOAM_';
  const settings: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(environment)) {
    const key = name.slice(prefix.length);
    if (name.startsWith(prefix) && value !== undefined && value !== '' && !launchSettings.has(key)) settings[key] = value;
  }
  const file = settings['CONFIG_FILE'];
  return typeof file === 'string' ? { ...readSettingsFile(file), ...settings } : settings;
}

function readSettingsFile(file: string): Record<string, unknown> {
  const content: unknown = parse(readFileSync(file, 'utf8'));
  if (content === null || typeof content !== 'object' || Array.isArray(content)) throw new Error(`${file} holds no map of settings.`);
  return Object.fromEntries(Object.entries(content).map(([name, value]) => [name, asText(value)]));
}

/** A file may hold real numbers, booleans and maps; the schema reads text, as the environment gives it. */
const asText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
