import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { ClientMessages } from './postgres-messages.js';

/**
 * What befalls a request to PostgreSQL:
 *   - `hold`: it is not handed on until the fault is released;
 *   - `lose`: the connection is cut and the server never gets it;
 *   - `lose-answer`: the server gets it, and the connection is cut when the answer comes.
 */
export type RelayAction = 'hold' | 'lose' | 'lose-answer';

export interface RelayRule {
  readonly action: RelayAction;
  /** Matched against the request: its SQL and its parameters as they travel. */
  readonly request: RegExp;
  /** Only in a transaction one of whose requests (this one included) matches all of these. */
  readonly within?: readonly RegExp[];
  /** How many requests it befalls; default 1. */
  readonly times?: number;
}

export interface RelayFault {
  /** Requests that it befell so far. */
  struck(): number;
  /** Lets what is held go on; nothing is struck any more. */
  release(): void;
}

export interface PostgresRelay {
  /** The server's URL, by way of the relay. */
  readonly url: string;
  add(rule: RelayRule): RelayFault;
  /** Ports by which the server knows the connections that come through here. */
  serverPorts(): number[];
  /** Resets every connection, in the middle of whatever it does; answers how many. */
  cutAll(): number;
  /** Refuses new connections (and cuts the present ones) until it is called with false. */
  refuse(isRefusing: boolean): void;
  /** Whatever is connected now hears nothing more and is heard no more, but stays open: a cable that was pulled. */
  silence(): number;
  stop(): Promise<void>;
}

/** A TCP relay in front of PostgreSQL that understands just enough of its protocol to fail at a given statement. */
export async function startPostgresRelay(databaseUrl: string): Promise<PostgresRelay> {
  const target = new URL(databaseUrl);
  const links = new Set<Link>();
  const rules = new Set<ActiveRule>();
  let isRefusing = false;
  const server: Server = createServer((client) => {
    if (isRefusing) {
      client.resetAndDestroy();
      return;
    }
    const link = new Link(client, connect({ host: target.hostname, port: Number(target.port) }), rules);
    links.add(link);
    link.onEnd(() => links.delete(link));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = new URL(databaseUrl);
  url.hostname = '127.0.0.1';
  url.port = String((server.address() as AddressInfo).port);
  const cutAll = (): number => {
    const present = [...links];
    for (const link of present) link.cut();
    return present.length;
  };
  return {
    url: url.href,
    add: (rule) => {
      const active = new ActiveRule(rule);
      rules.add(active);
      return {
        struck: () => active.struck,
        release: () => {
          rules.delete(active);
          active.release();
        },
      };
    },
    serverPorts: () => [...links].flatMap((link) => link.serverPort ?? []),
    cutAll,
    refuse: (wanted) => {
      isRefusing = wanted;
      if (wanted) cutAll();
    },
    silence: () => {
      const present = [...links];
      for (const link of present) link.silence();
      return present.length;
    },
    stop: async () => {
      for (const rule of rules) rule.release();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      cutAll();
      await closed;
    },
  };
}

class ActiveRule {
  struck = 0;
  readonly released: Promise<void>;
  release: () => void = () => undefined;

  constructor(private readonly rule: RelayRule) {
    this.released = new Promise((resolve) => {
      this.release = resolve;
    });
  }

  /** The action that a request meets; counts it. */
  strike(request: string, transaction: readonly string[]): RelayAction | undefined {
    const { action, request: pattern, within = [], times = 1 } = this.rule;
    if (this.struck >= times || !pattern.test(request)) return undefined;
    if (within.length > 0 && !transaction.some((earlier) => within.every((wanted) => wanted.test(earlier)))) return undefined;
    this.struck += 1;
    return action;
  }
}

/** One connection: the client's socket, the server's, and what passed since the transaction began. */
class Link {
  private readonly messages = new ClientMessages();
  private transaction: string[] = [];
  private sending: Promise<void> = Promise.resolve();
  private losesAnswer = false;
  private isSilent = false;

  constructor(
    private readonly client: Socket,
    private readonly server: Socket,
    private readonly rules: ReadonlySet<ActiveRule>,
  ) {
    client.setNoDelay(true);
    server.setNoDelay(true);
    // Ends are mirrored by 'close'; an error always comes before one.
    client.on('error', () => undefined);
    server.on('error', () => undefined);
    client.on('data', (chunk: Buffer) => {
      const requests = this.messages.push(chunk);
      this.sending = this.sending.then(async () => {
        for (const request of requests) await this.pass(request.bytes, request.text);
      });
    });
    server.on('data', (chunk: Buffer) => {
      if (this.losesAnswer) this.cut();
      else if (!this.isSilent) client.write(chunk);
    });
    client.on('close', () => this.endOther(server));
    server.on('close', () => this.endOther(client));
  }

  get serverPort(): number | undefined {
    return this.server.localPort;
  }

  onEnd(then: () => void): void {
    this.client.once('close', then);
  }

  cut(): void {
    this.client.resetAndDestroy();
    this.server.resetAndDestroy();
  }

  silence(): void {
    this.isSilent = true;
  }

  private async pass(bytes: Buffer, text: string): Promise<void> {
    if (this.isSilent) return;
    if (/^(START TRANSACTION|BEGIN)/.test(text)) this.transaction = [];
    this.transaction.push(text);
    for (const rule of this.rules) {
      const action = rule.strike(text, this.transaction);
      if (action === 'lose') {
        this.cut();
        return;
      }
      if (action === 'lose-answer') this.losesAnswer = true;
      if (action === 'hold') await rule.released;
    }
    this.server.write(bytes);
  }

  private endOther(other: Socket): void {
    if (!this.isSilent) other.destroy();
  }
}
