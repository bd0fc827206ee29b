/** A domain by id or by name; names of users and projects are unique only inside one. */
export type DomainReference = { readonly id: string } | { readonly name: string };
export type UserReference = { readonly id: string } | { readonly name: string; readonly domain: DomainReference };
export type ProjectReference = { readonly id: string } | { readonly name: string; readonly domain: DomainReference };

/** What a token is good for. An unscoped one has no roles and no catalogue. */
export type Scope = 'unscoped' | { readonly project: ProjectReference };

export interface PasswordCredentials {
  readonly kind: 'password';
  readonly authUrl: string;
  readonly user: UserReference;
  readonly password: string;
  readonly scope: Scope;
}

/** Its scope is the project it was made in, so none is given. */
export interface ApplicationCredentials {
  readonly kind: 'application-credential';
  readonly authUrl: string;
  readonly credential: { readonly id: string } | { readonly name: string; readonly user: UserReference };
  readonly secret: string;
}

/** A token somebody has already; it is exchanged for one of the wanted scope. */
export interface TokenCredentials {
  readonly kind: 'token';
  readonly authUrl: string;
  readonly token: string;
  readonly scope: Scope;
}

export type Credentials = PasswordCredentials | ApplicationCredentials | TokenCredentials;

/** The body of POST /v3/auth/tokens for these credentials. */
export function authenticationRequest(credentials: Credentials): unknown {
  switch (credentials.kind) {
    case 'password':
      return {
        auth: {
          identity: { methods: ['password'], password: { user: { ...credentials.user, password: credentials.password } } },
          ...scopeOf(credentials.scope),
        },
      };
    case 'application-credential':
      return {
        auth: {
          identity: {
            methods: ['application_credential'],
            application_credential: { ...credentials.credential, secret: credentials.secret },
          },
        },
      };
    case 'token':
      return { auth: { identity: { methods: ['token'], token: { id: credentials.token } }, ...scopeOf(credentials.scope) } };
  }
}

/** `unscoped` is said aloud, or Keystone scopes the token to the user's default project. */
const scopeOf = (scope: Scope): { scope: unknown } => ({ scope: scope === 'unscoped' ? { unscoped: {} } : scope });

/** Keystone's v3 root, whether or not the URL that people configure ends with the version. */
export function identityUrl(authUrl: string): string {
  const trimmed = authUrl.replace(/\/+$/, '');
  if (/\/v3$/.test(trimmed)) return trimmed;
  return `${trimmed.replace(/\/v2\.0$/, '')}/v3`;
}
