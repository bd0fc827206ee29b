import { z } from 'zod';
import type { CallOptions } from '../call-options.js';
import { segment, ServiceApi } from '../service-api.js';
import type { OpenStackSession } from '../session.js';

export interface AccessRule {
  /** Service type in the catalogue, for example `network`. */
  readonly service: string;
  readonly method: string;
  /** Path with `*` and `**` as Keystone reads them. */
  readonly path: string;
}

export interface NewApplicationCredential {
  readonly name: string;
  readonly description?: string;
  /** Names; absent: all roles of the user on the project. */
  readonly roles?: readonly string[];
  readonly accessRules?: readonly AccessRule[];
  readonly expiresAt?: Date;
}

export interface ApplicationCredential {
  readonly id: string;
  readonly name: string;
}

const credentialSchema = z.object({ id: z.string(), name: z.string() });

/**
 * Application credentials belong to a user and a project, and Keystone lets nobody else make them: the session must be the
 * user's own, made from its password.
 */
export class ApplicationCredentialsClient {
  private readonly api: ServiceApi;

  constructor(private readonly session: OpenStackSession) {
    this.api = new ServiceApi(session, { service: 'keystone', type: 'identity' });
  }

  /** The secret is told only once. CloudConflictError when the user has one of that name. */
  async create(credential: NewApplicationCredential, options?: CallOptions): Promise<ApplicationCredential & { readonly secret: string }> {
    const body = {
      application_credential: {
        name: credential.name,
        description: credential.description,
        roles: credential.roles?.map((name) => ({ name })),
        access_rules: credential.accessRules,
        expires_at: credential.expiresAt?.toISOString().replace('Z', ''), // Keystone refuses a time zone here
        unrestricted: false,
      },
    };
    const schema = z.object({ application_credential: credentialSchema.extend({ secret: z.string() }) });
    return (await this.api.post(await this.path(options), body, schema, options)).application_credential;
  }

  async list(options?: CallOptions): Promise<ApplicationCredential[]> {
    const schema = z.object({ application_credentials: z.array(credentialSchema) });
    return (await this.api.get(await this.path(options), schema, {}, options)).application_credentials;
  }

  async delete(id: string, options?: CallOptions): Promise<void> {
    await this.api.delete(`${await this.path(options)}/${segment(id)}`, options);
  }

  private async path(options?: CallOptions): Promise<string> {
    return `/users/${segment((await this.session.token(options)).userId)}/application_credentials`;
  }
}
