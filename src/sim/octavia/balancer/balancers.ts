import { isDeepStrictEqual } from 'node:util';
import type { Front } from './front.js';
import { FrontServer, type FrontSurroundings } from './front-server.js';
import { Health } from './health.js';
import type { Real } from './check-backend.js';

/** As much of the address directory as load balancers need. */
export interface BalancedAddresses {
  resolve(address: string, port: number, fromServerId?: string): Real | undefined;
  /** The floating address bound to this port of Neutron's, if any. */
  floatingOfPort(portId: string): string | undefined;
  /** From now on `real` plays this port's addresses; undefined ends it. */
  playPort(portId: string, tcpPort: number, play: { real: Real; allowedCidrs: readonly string[] | null } | undefined): void;
  /** Called after every look at ports and floating addresses. */
  onRefresh(listener: () => void): void;
}

interface Played {
  front: Front;
  readonly server: FrontServer;
  readonly real: Real;
}

/** Plays the listeners of all load balancers: what an amphora of Octavia's would do. */
export class Balancers {
  readonly health = new Health();
  private readonly played = new Map<string, Played>();
  private wanted: readonly Front[] = [];
  private work: Promise<void> = Promise.resolve();
  private isClosed = false;

  constructor(
    private readonly addresses: BalancedAddresses,
    private readonly options: Pick<FrontSurroundings, 'checkHeaders' | 'log'>,
  ) {
    addresses.onRefresh(() => this.follow());
  }

  /** These are all listeners that there are. Opens, changes and closes what differs, in the background. */
  update(fronts: readonly Front[]): void {
    this.wanted = fronts;
    this.health.keepOnly(new Set(fronts.flatMap(({ backends }) => backends.map(({ id }) => id))));
    this.follow();
  }

  async close(): Promise<void> {
    this.isClosed = true;
    await this.work;
    for (const { server } of this.played.values()) await server.stop();
    this.played.clear();
  }

  private follow(): void {
    this.work = this.work.then(async () => {
      if (this.isClosed) return;
      const gone = [...this.played.values()].filter(({ front }) => !this.wanted.some(({ id }) => id === front.id));
      for (const each of gone) await this.drop(each);
      for (const front of this.wanted) await this.play(front);
    });
  }

  private async play(front: Front): Promise<void> {
    try {
      const known = this.played.get(front.id);
      const played = known ?? (await this.open(front));
      if (known && !isDeepStrictEqual(known.front, front)) {
        known.front = front;
        known.server.change(front);
      }
      this.addresses.playPort(front.vipPortId, front.port, { real: played.real, allowedCidrs: front.allowedCidrs });
      await played.server.follow(this.addresses.floatingOfPort(front.vipPortId));
    } catch (error) {
      this.options.log('a load balancer cannot listen', { listener: front.id, port: front.port, error: error instanceof Error ? error.message : String(error) });
    }
  }

  private async open(front: Front): Promise<Played> {
    const server = new FrontServer(front, {
      ...this.options,
      health: this.health,
      // Its port's owner is the load balancer, so its networks are the ones that an address is looked for in.
      resolve: (loadBalancerId, address, port) => this.addresses.resolve(address, port, `lb-${loadBalancerId}`),
    });
    const played = { front, server, real: await server.start() };
    this.played.set(front.id, played);
    return played;
  }

  private async drop({ front, server }: Played): Promise<void> {
    this.played.delete(front.id);
    this.addresses.playPort(front.vipPortId, front.port, undefined);
    await server.stop();
  }
}
