import { createHash, randomBytes, randomUUID } from 'node:crypto';

/** A new id with dashes (Nova, Neutron, Cinder, Glance, Heat). */
export const newUuid = (): string => randomUUID();

/** A new id without dashes (Keystone's users, projects, grants; tenants everywhere). */
export const newHexId = (): string => randomBytes(16).toString('hex');

/** The same id in every instance for the same seeded thing, so that scripts and tests may rely on it. */
export const seedHexId = (kind: string, name: string): string => createHash('sha256').update(`${kind}/${name}`).digest('hex').slice(0, 32);

export function seedUuid(kind: string, name: string): string {
  const hex = seedHexId(kind, name);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
}
