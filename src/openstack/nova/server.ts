import { z } from 'zod';

export interface ServerAddress {
  readonly address: string;
  readonly kind: 'fixed' | 'floating';
  readonly network: string;
}

export interface Server {
  readonly id: string;
  readonly name: string;
  /** ACTIVE, BUILD, SHUTOFF, ERROR, DELETED and others. */
  readonly status: string;
  readonly taskState: string | null;
  readonly addresses: readonly ServerAddress[];
  /** Why it is in ERROR. */
  readonly fault: string | null;
  /** When it ran for the first time; null: it never did. */
  readonly launchedAt: Date | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

const addressSchema = z.object({ addr: z.string(), 'OS-EXT-IPS:type': z.enum(['fixed', 'floating']).default('fixed') });

export const serverSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    status: z.string(),
    'OS-EXT-STS:task_state': z.string().nullish(),
    'OS-SRV-USG:launched_at': z.string().nullish(),
    addresses: z.record(z.string(), z.array(addressSchema)).default({}),
    fault: z.object({ message: z.string() }).optional(),
    created: z.coerce.date(),
    updated: z.coerce.date(),
  })
  .transform((server): Server => ({
    id: server.id,
    name: server.name,
    status: server.status,
    taskState: server['OS-EXT-STS:task_state'] ?? null,
    addresses: Object.entries(server.addresses).flatMap(([network, addresses]) =>
      addresses.map((address) => ({ address: address.addr, kind: address['OS-EXT-IPS:type'], network })),
    ),
    fault: server.fault?.message ?? null,
    // Without a zone, in UTC.
    launchedAt: server['OS-SRV-USG:launched_at'] == null ? null : new Date(`${server['OS-SRV-USG:launched_at'].replace(/Z$/, '')}Z`),
    createdAt: server.created,
    updatedAt: server.updated,
  }));
