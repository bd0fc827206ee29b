import { z } from 'zod';
import type { CallOptions } from '../call-options.js';
import { theOnlyOne } from '../find-by-name.js';
import { collectPages } from '../pagination.js';
import { segment, ServiceApi, undefinedWhenNotFound } from '../service-api.js';
import type { OpenStackSession } from '../session.js';
import { serverSchema, type Server } from './server.js';

export interface Flavor {
  readonly id: string;
  readonly name: string;
  readonly vcpus: number;
  readonly ramMib: number;
  readonly diskGib: number;
}

export interface Keypair {
  readonly name: string;
  readonly publicKey: string;
  readonly fingerprint: string;
}

/** A limit of -1 is none. */
export interface Quota {
  readonly limit: number;
  readonly used: number;
}

export interface ComputeLimits {
  readonly instances: Quota;
  readonly cores: Quota;
  readonly ramMib: Quota;
  readonly serverGroups: Quota;
  /** Servers that one group may hold; nothing counts them for the project. */
  readonly serverGroupMembersMax: number;
}

const flavorSchema = z
  .object({ id: z.string(), name: z.string(), vcpus: z.number(), ram: z.number(), disk: z.number() })
  .transform(({ id, name, vcpus, ram, disk }): Flavor => ({ id, name, vcpus, ramMib: ram, diskGib: disk }));

const linksSchema = z.array(z.object({ rel: z.string() })).default([]);
const hasNext = (links: readonly { readonly rel: string }[]): boolean => links.some(({ rel }) => rel === 'next');

const keypairSchema = z.object({ keypair: z.object({ name: z.string(), public_key: z.string(), fingerprint: z.string() }) });

const limitsSchema = z.object({
  limits: z.object({
    absolute: z.object({
      maxTotalInstances: z.number(),
      totalInstancesUsed: z.number(),
      maxTotalCores: z.number(),
      totalCoresUsed: z.number(),
      maxTotalRAMSize: z.number(),
      totalRAMUsed: z.number(),
      maxServerGroups: z.number().default(-1),
      totalServerGroupsUsed: z.number().default(0),
      maxServerGroupMembers: z.number().default(-1),
    }),
  }),
});

/** Something that was asked of a server. */
export interface ServerAction {
  /** create, start, stop, reboot and others. */
  readonly action: string;
  /** Null when the user is not shown. */
  readonly userId: string | null;
  readonly startedAt: Date;
}

const actionsSchema = z.object({
  instanceActions: z.array(
    z
      .object({ action: z.string(), user_id: z.string().nullish(), start_time: z.string() })
      // Nova's database times have no zone, and are in UTC.
      .transform(({ action, user_id, start_time }): ServerAction => ({ action, userId: user_id ?? null, startedAt: new Date(`${start_time.replace(/Z$/, '')}Z`) })),
  ),
});

/** From this version on a server shows host_status (to those who may see it): DOWN only while its compute service is forced down. */
const hostStatusVersion = { 'x-openstack-nova-api-version': '2.16' };

/** Compute v2.1 without microversions: everything used here is in the base version, except where a method says otherwise. */
export class NovaClient {
  private readonly api: ServiceApi;

  constructor(session: OpenStackSession) {
    this.api = new ServiceApi(session, { service: 'nova', type: 'compute' });
  }

  /** Ids of flavors may be any text, so the id is tried first. AmbiguousNameError when several have the name. */
  async findFlavor(nameOrId: string, options?: CallOptions): Promise<Flavor | undefined> {
    const byId = await this.api.find(`/flavors/${segment(nameOrId)}`, z.object({ flavor: flavorSchema }), {}, options);
    if (byId) return byId.flavor;
    const flavors = await this.listFlavors(options);
    return theOnlyOne(flavors.filter(({ name }) => name === nameOrId), 'flavor', nameOrId);
  }

  listFlavors(options?: CallOptions): Promise<Flavor[]> {
    const schema = z.object({ flavors: z.array(flavorSchema), flavors_links: linksSchema });
    return collectPages(
      async (marker) => {
        const page = await this.api.get('/flavors/detail', schema, { marker }, options);
        return { items: page.flavors, hasNext: hasNext(page.flavors_links) };
      },
      ({ id }) => id,
    );
  }

  /** A keypair of the session's own user: keypairs belong to users, not to projects. */
  async findKeypair(name: string, options?: CallOptions): Promise<Keypair | undefined> {
    const found = await this.api.find(`/os-keypairs/${segment(name)}`, keypairSchema, {}, options);
    return found && { name: found.keypair.name, publicKey: found.keypair.public_key.trim(), fingerprint: found.keypair.fingerprint };
  }

  async getServer(id: string, options?: CallOptions): Promise<Server> {
    return (await this.api.get(`/servers/${segment(id)}`, z.object({ server: serverSchema }), {}, options)).server;
  }

  async findServer(id: string, options?: CallOptions): Promise<Server | undefined> {
    return (await this.api.find(`/servers/${segment(id)}`, z.object({ server: serverSchema }), {}, options))?.server;
  }

  /** Servers of the project, or those of exactly that name, or with names that begin so. */
  async listServers(filter: { readonly name?: string; readonly namePrefix?: string } = {}, options?: CallOptions): Promise<Server[]> {
    const schema = z.object({ servers: z.array(serverSchema), servers_links: linksSchema });
    // Nova takes the name for a regular expression that may match anywhere.
    const name = filter.namePrefix === undefined ? literally(filter.name) : `^${literally(filter.namePrefix)}`;
    const servers = await collectPages(
      async (marker) => {
        const page = await this.api.get('/servers/detail', schema, { marker, name }, options);
        return { items: page.servers, hasNext: hasNext(page.servers_links) };
      },
      ({ id }) => id,
    );
    return filter.name === undefined ? servers : servers.filter((server) => server.name === filter.name);
  }

  /** What was asked of the server, the newest first; none for one that Nova does not know. */
  async listServerActions(id: string, options?: CallOptions): Promise<ServerAction[]> {
    const found = await this.api.find(`/servers/${segment(id)}/os-instance-actions`, actionsSchema, {}, options);
    return (found?.instanceActions ?? []).sort((a, b) => b.startedAt.getTime() - a.startedAt.getTime());
  }

  /** UP, DOWN (its compute service is forced down), UNKNOWN, MAINTENANCE; undefined for those who may not see it, and without a server. */
  async findHostStatus(id: string, options?: CallOptions): Promise<string | undefined> {
    const schema = z.object({ server: z.object({ host_status: z.string().optional() }) });
    const asked = this.api.send('GET', `/servers/${segment(id)}`, { headers: hostStatusVersion }, options);
    return (await undefinedWhenNotFound(asked))?.json(schema).server.host_status;
  }

  /** Returns at once; CloudConflictError when the server is not in a state to be started (also when it runs). */
  async startServer(id: string, options?: CallOptions): Promise<void> {
    await this.api.send('POST', `/servers/${segment(id)}/action`, { body: { 'os-start': null } }, options);
  }

  /** Returns at once; SHUTOFF is to be observed. CloudConflictError when the server cannot be stopped (also when it is). */
  async stopServer(id: string, options?: CallOptions): Promise<void> {
    await this.api.send('POST', `/servers/${segment(id)}/action`, { body: { 'os-stop': null } }, options);
  }

  /** Names of the zones that have a host which is up. */
  async listAvailabilityZones(options?: CallOptions): Promise<string[]> {
    const zone = z.object({ zoneName: z.string(), zoneState: z.object({ available: z.boolean() }) });
    const { availabilityZoneInfo: zones } = await this.api.get('/os-availability-zone', z.object({ availabilityZoneInfo: z.array(zone) }), {}, options);
    return zones.filter(({ zoneState }) => zoneState.available).map(({ zoneName }) => zoneName);
  }

  /** Limits and use of the session's project. */
  async getLimits(options?: CallOptions): Promise<ComputeLimits> {
    const { absolute } = (await this.api.get('/limits', limitsSchema, {}, options)).limits;
    return {
      instances: { limit: absolute.maxTotalInstances, used: absolute.totalInstancesUsed },
      cores: { limit: absolute.maxTotalCores, used: absolute.totalCoresUsed },
      ramMib: { limit: absolute.maxTotalRAMSize, used: absolute.totalRAMUsed },
      serverGroups: { limit: absolute.maxServerGroups, used: absolute.totalServerGroupsUsed },
      serverGroupMembersMax: absolute.maxServerGroupMembers,
    };
  }
}

function literally(text: string): string;
function literally(text: string | undefined): string | undefined;
function literally(text: string | undefined): string | undefined {
  return text?.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
