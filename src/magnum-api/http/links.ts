import { z } from 'zod';

export const linkSchema = z.object({ href: z.string(), rel: z.enum(['self', 'bookmark']) }).meta({ id: 'Link' });
export type Link = z.infer<typeof linkSchema>;

/** Magnum's pair of links of one object; the bookmark has no version in its path. */
export const linksTo = (base: string, path: string): Link[] => [
  { href: `${base}/v1/${path}`, rel: 'self' },
  { href: `${base}/${path}`, rel: 'bookmark' },
];
