import { z } from 'zod';
import type { CallOptions } from '../call-options.js';
import { looksLikeId, theOnlyOne } from '../find-by-name.js';
import { segment, ServiceApi } from '../service-api.js';
import type { OpenStackSession } from '../session.js';

export interface Image {
  readonly id: string;
  readonly name: string;
  /** `active` is the only one that servers boot from. */
  readonly status: string;
  readonly visibility: string;
  readonly osDistro: string | null;
  /** Everything beyond Glance's own fields, for example kube_version. */
  readonly properties: Readonly<Record<string, string>>;
  readonly minDiskGib: number;
  readonly minRamMib: number;
  /** Null until the image was uploaded. */
  readonly sizeBytes: number | null;
}

/** Glance puts custom properties among its own fields; these are its own whose values are text. */
const ownFields: ReadonlySet<string> = new Set([
  'id', 'name', 'status', 'visibility', 'disk_format', 'container_format', 'checksum', 'owner', 'os_hash_algo', 'os_hash_value',
  'created_at', 'updated_at', 'self', 'file', 'schema', 'stores', 'direct_url',
]);

const imageSchema = z
  .looseObject({
    id: z.string(),
    name: z.string().nullish(),
    status: z.string(),
    visibility: z.string(),
    min_disk: z.number().default(0),
    min_ram: z.number().default(0),
    size: z.number().nullish(),
  })
  .transform((image): Image => {
    const texts = Object.entries(image).filter((field): field is [string, string] => !ownFields.has(field[0]) && typeof field[1] === 'string');
    const properties = Object.fromEntries(texts);
    return {
      id: image.id,
      name: image.name ?? '',
      status: image.status,
      visibility: image.visibility,
      osDistro: properties['os_distro'] ?? null,
      properties,
      minDiskGib: image.min_disk,
      minRamMib: image.min_ram,
      sizeBytes: image.size ?? null,
    };
  });

export class GlanceClient {
  private readonly api: ServiceApi;

  constructor(session: OpenStackSession) {
    this.api = new ServiceApi(session, { service: 'glance', type: 'image', version: '/v2' });
  }

  /** An image that the project can see; AmbiguousNameError when several have the name. */
  async findImage(nameOrId: string, options?: CallOptions): Promise<Image | undefined> {
    if (looksLikeId(nameOrId)) {
      const image = await this.api.find(`/images/${segment(nameOrId)}`, imageSchema, {}, options);
      if (image) return image;
    }
    const { images } = await this.api.get('/images', z.object({ images: z.array(imageSchema) }), { name: nameOrId }, options);
    return theOnlyOne(images, 'image', nameOrId);
  }

  getImage(id: string, options?: CallOptions): Promise<Image> {
    return this.api.get(`/images/${segment(id)}`, imageSchema, {}, options);
  }
}
