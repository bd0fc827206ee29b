import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Journal } from '../journal.js';
import type { SimSettings, TokenInfo } from '../sim-context.js';
import type { IdentityStore, Role } from './identity-store.js';

/** What a token says by itself; everything else is looked up when it is used, as with Keystone's Fernet tokens. */
export interface TokenPayload {
  userId: string;
  projectId?: string;
  domainId?: string;
  methods: string[];
  applicationCredentialId?: string;
  /** The first one is the token's own, the second its parent's. */
  auditIds: string[];
  issuedAt: number;
  expiresAt: number;
}

/** A token that holds, with what it gives at this moment. */
export interface LiveToken {
  text: string;
  payload: TokenPayload;
  roles: Role[];
}

/** Every Fernet token begins with this: version byte 0x80 and the high bytes of the time. */
const prefix = 'gAAAAAB';
const signatureLength = 43;
/** Simulated services act for a project longer than any token of a person lives. */
const internalTokenMs = 24 * 3_600_000;

/** Issues and reads tokens: signed payloads, so that they survive a restart without being stored. */
export class TokenKeeper {
  private readonly key: string;
  private readonly read = new Map<string, TokenPayload>();
  private readonly internal = new Map<string, LiveToken>();

  constructor(
    journal: Journal,
    private readonly store: IdentityStore,
    private readonly settings: SimSettings,
  ) {
    const keys = journal.collection<{ id: string; secret: string }>('keystone.keys');
    this.key = (keys.get('token') ?? keys.put({ id: 'token', secret: randomBytes(32).toString('hex') })).secret;
    const now = Date.now();
    for (const old of store.revoked.filter((each) => each.expiresAt < now)) store.revoked.delete(old.id);
  }

  issue(request: Omit<TokenPayload, 'auditIds' | 'issuedAt' | 'expiresAt'> & { parent?: TokenPayload }): string {
    const { parent, ...subject } = request;
    const issuedAt = Date.now();
    const auditIds = [randomBytes(16).toString('base64url'), ...(parent?.auditIds.slice(-1) ?? [])];
    // A token made from a token ends when the first one would have.
    return this.sign({ ...subject, auditIds, issuedAt, expiresAt: parent?.expiresAt ?? issuedAt + (this.settings.tokenSeconds ?? 3600) * 1000 });
  }

  /** Undefined when it is malformed, expired, revoked, or its user, project, grants or application credential are gone. */
  look(text: string | undefined): LiveToken | undefined {
    const payload = text === undefined ? undefined : this.parse(text);
    if (text === undefined || !payload || payload.expiresAt <= Date.now()) return undefined;
    if (payload.auditIds[0] !== undefined && this.store.revoked.get(payload.auditIds[0])) return undefined;
    const user = this.store.users.get(payload.userId);
    if (!user?.enabled || payload.issuedAt < user.tokensValidFrom || !this.store.domains.get(user.domain_id)?.enabled) return undefined;
    const roles = this.rolesNow(payload);
    return roles && { text, payload, roles };
  }

  revoke(token: LiveToken): void {
    const [auditId] = token.payload.auditIds;
    if (auditId !== undefined) this.store.revoked.put({ id: auditId, expiresAt: token.payload.expiresAt });
  }

  verify(text: string | undefined): TokenInfo | undefined {
    const token = this.look(text);
    const user = token && this.store.users.get(token.payload.userId);
    if (!token || !user) return undefined;
    const { payload } = token;
    const project = payload.projectId === undefined ? undefined : this.store.projects.get(payload.projectId);
    const credentialId = payload.applicationCredentialId ?? null;
    return {
      token: token.text,
      userId: user.id,
      userName: user.name,
      domainId: user.domain_id,
      projectId: project?.id ?? null,
      projectName: project?.name ?? null,
      roles: token.roles.map((role) => role.name),
      expiresAt: new Date(payload.expiresAt).toISOString(),
      methods: payload.methods,
      applicationCredentialId: credentialId,
      accessRules: (credentialId !== null && this.store.applicationCredentials.get(credentialId)?.access_rules) || null,
    };
  }

  /** Stands for the trusts by which real services act later on behalf of a user; holds as long as the user has roles on the project. */
  forService(projectId: string, userId: string): string {
    const key = `${projectId}/${userId}`;
    const known = this.internal.get(key);
    if (known && known.payload.expiresAt - Date.now() > internalTokenMs / 2 && this.look(known.text)) return known.text;
    const issuedAt = Date.now();
    const auditIds = [randomBytes(16).toString('base64url')];
    const payload: TokenPayload = { userId, projectId, methods: ['password'], auditIds, issuedAt, expiresAt: issuedAt + internalTokenMs };
    const text = this.sign(payload);
    this.internal.set(key, { text, payload, roles: [] });
    return text;
  }

  /** Undefined when the scope or what it rests on is gone or disabled. */
  private rolesNow(payload: TokenPayload): Role[] | undefined {
    const { userId, projectId, domainId, applicationCredentialId } = payload;
    if (applicationCredentialId !== undefined) {
      const credential = this.store.applicationCredentials.get(applicationCredentialId);
      if (!credential || (credential.expires_at !== null && Date.parse(`${credential.expires_at}Z`) <= Date.now())) return undefined;
      return this.store.withImplied(credential.roleIds);
    }
    if (projectId !== undefined) {
      if (!this.store.projects.get(projectId)?.enabled) return undefined;
      return nonEmpty(this.store.rolesOf(userId, 'projects', projectId));
    }
    if (domainId !== undefined) {
      if (!this.store.domains.get(domainId)?.enabled) return undefined;
      return nonEmpty(this.store.rolesOf(userId, 'domains', domainId));
    }
    return [];
  }

  private sign(payload: TokenPayload): string {
    const body = Buffer.from(JSON.stringify(payload)).toString('base64url');
    return `${prefix}${body}${this.signature(body)}`;
  }

  private parse(text: string): TokenPayload | undefined {
    const known = this.read.get(text);
    if (known) return known;
    if (!text.startsWith(prefix) || text.length < prefix.length + signatureLength + 2) return undefined;
    const body = text.slice(prefix.length, -signatureLength);
    const expected = Buffer.from(this.signature(body));
    const given = Buffer.from(text.slice(-signatureLength));
    if (expected.length !== given.length || !timingSafeEqual(expected, given)) return undefined;
    const payload = JSON.parse(Buffer.from(body, 'base64url').toString()) as TokenPayload;
    if (this.read.size > 5000) this.read.clear();
    this.read.set(text, payload);
    return payload;
  }

  private signature(body: string): string {
    return createHmac('sha256', this.key).update(body).digest('base64url');
  }
}

const nonEmpty = (roles: Role[]): Role[] | undefined => (roles.length === 0 ? undefined : roles);
