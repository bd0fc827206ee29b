import { z } from 'zod';
import type { CallOptions } from '../call-options.js';
import { looksLikeId, theOnlyOne } from '../find-by-name.js';
import { collectPages } from '../pagination.js';
import { segment, ServiceApi } from '../service-api.js';
import type { OpenStackSession } from '../session.js';

const serviceType = 'volumev3';

export interface Volume {
  readonly id: string;
  readonly name: string;
  /** `available` and `in-use` are the settled ones. */
  readonly status: string;
  readonly sizeGib: number;
  readonly attachedServerIds: readonly string[];
  readonly metadata: Readonly<Record<string, string>>;
}

export interface VolumeType {
  readonly id: string;
  readonly name: string;
}

/** A limit of -1 is none. */
export interface VolumeLimits {
  readonly volumes: { readonly limit: number; readonly used: number };
  readonly gibibytes: { readonly limit: number; readonly used: number };
}

/** A limit of -1 is none. What is reserved by requests under way counts as used. */
export interface VolumeQuota {
  readonly limit: number;
  readonly used: number;
}

export interface VolumeQuotas {
  /** By Cinder's names: `volumes`, `gigabytes` (GiB), and both again for each type, as `volumes_ssd`. */
  readonly byName: Readonly<Record<string, VolumeQuota>>;
  /** GiB that one volume may have; -1 is no limit. */
  readonly perVolumeGibMax: number;
}

const quotaSchema = z
  .object({ limit: z.number(), in_use: z.number(), reserved: z.number().default(0) })
  .transform(({ limit, in_use: inUse, reserved }): VolumeQuota => ({ limit, used: inUse + reserved }));

const quotaSetSchema = z.object({ quota_set: z.looseObject({ per_volume_gigabytes: quotaSchema.optional() }) });

const volumeSchema = z
  .object({
    id: z.string(),
    name: z.string().nullish(),
    status: z.string(),
    size: z.number(),
    attachments: z.array(z.object({ server_id: z.string().nullish() })).default([]),
    metadata: z.record(z.string(), z.string()).default({}),
  })
  .transform((volume): Volume => ({
    id: volume.id,
    name: volume.name ?? '',
    status: volume.status,
    sizeGib: volume.size,
    attachedServerIds: volume.attachments.flatMap(({ server_id }) => server_id ?? []),
    metadata: volume.metadata,
  }));

const limitsSchema = z.object({
  limits: z.object({
    absolute: z.object({
      maxTotalVolumes: z.number(),
      totalVolumesUsed: z.number(),
      maxTotalVolumeGigabytes: z.number(),
      totalGigabytesUsed: z.number(),
    }),
  }),
});

const volumePageSchema = z.object({ volumes: z.array(volumeSchema), volumes_links: z.array(z.object({ rel: z.string() })).default([]) });

const typesSchema = z.object({ volume_types: z.array(z.object({ id: z.string(), name: z.string() })) });

export class CinderClient {
  private readonly api: ServiceApi;

  constructor(private readonly session: OpenStackSession) {
    this.api = new ServiceApi(session, { service: 'cinder', type: serviceType });
  }

  /** Whether the cloud has a volume service at all. */
  isAvailable(options?: CallOptions): Promise<boolean> {
    return this.session.hasService(serviceType, options);
  }

  async getLimits(options?: CallOptions): Promise<VolumeLimits> {
    const { absolute } = (await this.api.get('/limits', limitsSchema, {}, options)).limits;
    return {
      volumes: { limit: absolute.maxTotalVolumes, used: absolute.totalVolumesUsed },
      gibibytes: { limit: absolute.maxTotalVolumeGigabytes, used: absolute.totalGigabytesUsed },
    };
  }

  /** Limits and use of a project that the session may read, types' own included. */
  async getQuotas(projectId: string, options?: CallOptions): Promise<VolumeQuotas> {
    const { quota_set: set } = await this.api.get(`/os-quota-sets/${segment(projectId)}`, quotaSetSchema, { usage: 'true' }, options);
    const entries = Object.entries(set).flatMap(([name, value]) => {
      const quota = /^(volumes|gigabytes)(_|$)/.test(name) ? quotaSchema.safeParse(value).data : undefined;
      return quota ? [[name, quota] as const] : [];
    });
    return { byName: Object.fromEntries(entries), perVolumeGibMax: set.per_volume_gigabytes?.limit ?? -1 };
  }

  /** The type that a volume gets when its request names none; undefined where the cloud has no default. */
  async findDefaultVolumeType(options?: CallOptions): Promise<VolumeType | undefined> {
    const schema = z.object({ volume_type: z.object({ id: z.string(), name: z.string() }) });
    return (await this.api.find('/types/default', schema, {}, options))?.volume_type;
  }

  async findVolume(id: string, options?: CallOptions): Promise<Volume | undefined> {
    return (await this.api.find(`/volumes/${segment(id)}`, z.object({ volume: volumeSchema }), {}, options))?.volume;
  }

  /** All of the session's project. */
  listVolumes(options?: CallOptions): Promise<Volume[]> {
    return collectPages(
      async (marker) => {
        const page = await this.api.get('/volumes/detail', volumePageSchema, { marker }, options);
        return { items: page.volumes, hasNext: page.volumes_links.some(({ rel }) => rel === 'next') };
      },
      ({ id }) => id,
    );
  }

  /** Throws CloudBadRequestError for a volume that is attached, has snapshots, or is in the middle of something. */
  deleteVolume(id: string, options?: CallOptions): Promise<'accepted' | 'gone'> {
    return this.api.delete(`/volumes/${segment(id)}`, options);
  }

  async findVolumeType(nameOrId: string, options?: CallOptions): Promise<VolumeType | undefined> {
    const { volume_types: types } = await this.api.get('/types', typesSchema, {}, options);
    const byId = looksLikeId(nameOrId) ? types.find(({ id }) => id === nameOrId) : undefined;
    return byId ?? theOnlyOne(types.filter(({ name }) => name === nameOrId), 'volume type', nameOrId);
  }
}
