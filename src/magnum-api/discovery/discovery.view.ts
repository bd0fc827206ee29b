import { z } from 'zod';
import { linkSchema } from '../http/links.js';

export const rootSchema = z
  .object({
    name: z.string(),
    description: z.string(),
    versions: z.array(
      z.object({
        id: z.string(),
        status: z.enum(['CURRENT', 'SUPPORTED']),
        min_version: z.string(),
        max_version: z.string(),
        links: z.array(linkSchema),
      }),
    ),
  })
  .meta({ id: 'Versions' });
export type Root = z.infer<typeof rootSchema>;

const pair = z.array(linkSchema);

export const v1Schema = z
  .object({
    id: z.string(),
    media_types: z.array(z.object({ base: z.string(), type: z.string() })),
    links: z.array(z.object({ href: z.string(), rel: z.string(), type: z.string().optional() })),
    clustertemplates: pair,
    clusters: pair,
    quotas: pair,
    certificates: pair,
    mservices: pair,
    stats: pair,
    federations: pair,
    credentials: pair,
    nodegroups: pair,
  })
  .meta({ id: 'Version1' });
export type V1 = z.infer<typeof v1Schema>;

export const healthSchema = z.object({ detailed: z.boolean(), reasons: z.array(z.string()) }).meta({ id: 'Health' });
export type Health = z.infer<typeof healthSchema>;
