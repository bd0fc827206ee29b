import { request } from 'undici';
import type { Actor, Json, Service } from './exchange.js';
import type { Variables } from './variables.js';
import type { World } from './world.js';

interface Catalogued {
  readonly type: string;
  readonly endpoints: readonly { readonly interface: string; readonly url: string }[];
}

type Person = Exclude<Actor, 'none' | 'bad' | `token:${string}`>;

/** Logs people in when they are first needed, and knows where the services are. */
export class CloudSession {
  private readonly tokens = new Map<Person, string>();
  private catalogue: readonly Catalogued[] = [];

  private constructor(private readonly world: World, private readonly variables: Variables) {}

  /** Logs demo in for the catalogue and makes each service's public URL a variable. Throws when that fails. */
  static async open(world: World, variables: Variables): Promise<CloudSession> {
    const session = new CloudSession(world, variables);
    await session.tokenOf('demo');
    for (const service of ['image', 'compute', 'network', 'volumev3', 'orchestration', 'load-balancer'] as const) variables.set(`${service}_url`, session.baseOf(service));
    // Heat's and Cinder's paths hold the project: what other projects' paths begin with.
    variables.set('volume_root_url', session.baseOf('volumev3').replace(/\/[^/]+$/, ''));
    variables.set('orchestration_root_url', session.baseOf('orchestration').replace(/\/[^/]+$/, ''));
    variables.set('identity_url', world.authUrl);
    variables.set('identity_root_url', session.baseOf('identity-root'));
    return session;
  }

  /** The public endpoint in demo's catalogue, without a slash at the end. */
  baseOf(service: Service): string {
    if (service === 'identity') return this.world.authUrl;
    if (service === 'identity-root') return this.world.authUrl.replace(/\/v3$/, '');
    const url = this.catalogue.find(({ type }) => type === service)?.endpoints.find((endpoint) => endpoint.interface === 'public')?.url;
    if (url === undefined) throw new Error(`the catalogue has no public endpoint of ${service}`);
    return url.replace(/\/$/, '');
  }

  /** Undefined: no X-Auth-Token is sent. */
  async tokenFor(actor: Actor): Promise<string | undefined> {
    if (actor === 'none') return undefined;
    // Of the length and alphabet of a Fernet token, so that it is refused for its content and not its form.
    if (actor === 'bad') return `gAAAAABrAIZb${'x'.repeat(168)}`;
    if (actor.startsWith('token:')) {
      const token = this.variables.get(actor.slice('token:'.length));
      if (typeof token !== 'string') throw new Error(`no token was captured for ${actor}`);
      return token;
    }
    return this.tokenOf(actor as Person);
  }

  private async tokenOf(person: Person): Promise<string> {
    const kept = this.tokens.get(person);
    if (kept !== undefined) return kept;
    const [user, project] = this.accountOf(person);
    const answer = await request(`${this.world.authUrl}/auth/tokens`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        auth: {
          identity: { methods: ['password'], password: { user: { name: user, domain: { id: 'default' }, password: this.world.password } } },
          scope: { project: { name: project, domain: { id: 'default' } } },
        },
      }),
    });
    const body = (await answer.body.json()) as { token?: { catalog: Catalogued[]; project: { id: string }; user: { id: string } } };
    const token = answer.headers['x-subject-token'];
    if (answer.statusCode !== 201 || typeof token !== 'string' || !body.token) throw new Error(`${person} cannot log in: ${answer.statusCode} ${JSON.stringify(body)}`);
    this.tokens.set(person, token);
    this.setVariable(`${person}_project_id`, body.token.project.id);
    this.setVariable(`${person}_user_id`, body.token.user.id);
    if (person === 'demo') this.catalogue = body.token.catalog;
    return token;
  }

  private setVariable(name: string, value: Json): void {
    this.variables.set(name, value);
  }

  private accountOf(person: Person): readonly [user: string, project: string] {
    switch (person) {
      case 'demo':
        return ['demo', 'demo'];
      case 'reader':
        return ['demo_reader', 'demo'];
      case 'other':
        return ['other', 'other'];
      case 'admin':
        return ['admin', 'admin'];
      case 'service':
        return [this.world.serviceUserName, 'service'];
    }
  }
}
