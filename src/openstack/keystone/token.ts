import { z } from 'zod';
import type { CatalogEntry } from '../catalog.js';

export interface Role {
  readonly id: string;
  readonly name: string;
}

/** A Keystone token and what it says. Secret: `value` never goes into a log. */
export interface KeystoneToken {
  readonly value: string;
  readonly userId: string;
  readonly userName: string;
  readonly userDomainId: string;
  /** Null for a token without project scope. */
  readonly projectId: string | null;
  readonly projectName: string | null;
  readonly projectDomainId: string | null;
  /** Implied roles included. */
  readonly roles: readonly Role[];
  readonly issuedAt: Date;
  readonly expiresAt: Date;
  readonly methods: readonly string[];
  /** Made from an application credential: Keystone forbids it to make trusts, so Heat answers 500 to a create with it. */
  readonly isApplicationCredential: boolean;
  readonly catalog: readonly CatalogEntry[];
}

const domainSchema = z.object({ id: z.string() });

/** The body of POST and GET /v3/auth/tokens, as far as it is used. */
export const tokenBodySchema = z.object({
  token: z.object({
    user: z.object({ id: z.string(), name: z.string(), domain: domainSchema }),
    project: z.object({ id: z.string(), name: z.string(), domain: domainSchema }).optional(),
    roles: z.array(z.object({ id: z.string(), name: z.string() })).default([]),
    issued_at: z.coerce.date(),
    expires_at: z.coerce.date(),
    methods: z.array(z.string()).default([]),
    application_credential: z.object({ id: z.string() }).optional(),
    catalog: z
      .array(
        z.object({
          type: z.string(),
          name: z.string().nullish(),
          endpoints: z.array(
            z.object({ interface: z.string(), region: z.string().nullish(), region_id: z.string().nullish(), url: z.string() }),
          ),
        }),
      )
      .default([]),
  }),
});

/** `value` travels in the header X-Subject-Token, everything else in the body. */
export function keystoneToken(value: string, { token }: z.infer<typeof tokenBodySchema>): KeystoneToken {
  return {
    value,
    userId: token.user.id,
    userName: token.user.name,
    userDomainId: token.user.domain.id,
    projectId: token.project?.id ?? null,
    projectName: token.project?.name ?? null,
    projectDomainId: token.project?.domain.id ?? null,
    roles: token.roles,
    issuedAt: token.issued_at,
    expiresAt: token.expires_at,
    methods: token.methods,
    isApplicationCredential: token.application_credential !== undefined || token.methods.includes('application_credential'),
    catalog: token.catalog.map((entry) => ({
      type: entry.type,
      name: entry.name ?? null,
      endpoints: entry.endpoints.map(({ interface: kind, region, region_id, url }) => ({ interface: kind, region: region_id ?? region ?? null, url })),
    })),
  };
}
