import { createECDH, createHash, createPrivateKey, randomBytes, sign, type KeyObject } from 'node:crypto';
import type { AddressDirectory } from '../../src/sim/neutron/address-directory.js';
import type { GuestHost, GuestServer } from '../../src/sim/sim-context.js';
import { ClusterApi } from './cluster-api.js';
import type { Network, NetworkAnswer, Service } from './network.js';
import type { Random } from './random.js';
import { currentProcess, type Scheduler, type WorldProcess } from './scheduler.js';

export interface MachinesWorld {
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly network: () => Network;
  readonly nodeApiOrigin: string;
  /** What goes wrong with a machine that is switched on now. */
  readonly troubleOf: (server: GuestServer) => 'none' | 'never-boots' | 'gives-up';
  /** So long (ms) a machine keeps trying. */
  readonly bootDeadlineMs: number;
  readonly say: (line: string) => void;
}

/** What survives on a machine's disk when it is switched off. */
interface Disk {
  key?: KeyObject;
  api?: ClusterApi;
  hasJoined: boolean;
}

interface Machine {
  readonly server: GuestServer;
  readonly process: WorldProcess;
  readonly disk: Disk;
}

/** Why a call of a machine was not done; `isFinal`: asking again is of no use. */
class CallRefused extends Error {
  constructor(
    readonly isFinal: boolean,
    message: string,
  ) {
    super(message);
  }
}

const apiPort = 6443;

/** Machines without scripts: each claims its node, gets its payload, reports, and joins its cluster, with seeded pauses. */
export class Machines implements GuestHost {
  private readonly running = new Map<string, Machine>();
  private readonly disks = new Map<string, Disk>();

  constructor(
    private readonly world: MachinesWorld,
    private readonly directory: AddressDirectory,
  ) {}

  start(server: GuestServer): void {
    const disk = this.disks.get(server.id) ?? { hasJoined: false };
    this.disks.set(server.id, disk);
    const machine: Machine = { server, disk, process: { name: server.name, state: 'running' } };
    this.running.set(server.id, machine);
    const trouble = this.world.troubleOf(server);
    if (trouble === 'never-boots') return;
    currentProcess.run(machine.process, () => {
      this.boot(machine, trouble === 'gives-up').catch((error: unknown) => this.world.say(`${server.name} boots no further: ${String(error)}`));
    });
  }

  stop(serverId: string): Promise<void> {
    const machine = this.running.get(serverId);
    this.running.delete(serverId);
    if (machine) {
      this.world.scheduler.kill(machine.process);
      this.directory.unlisten(serverId, apiPort);
      if (machine.disk.api) machine.disk.api.isReady = false;
    }
    return Promise.resolve();
  }

  async remove(serverId: string): Promise<void> {
    await this.stop(serverId);
    this.disks.delete(serverId);
  }

  volumesChanged(): void {
    // Nothing here looks at volumes.
  }

  consoleLog(): string {
    return '';
  }

  /** The API server behind an address as it is reached from outside. */
  findApi(host: string, port: number, caPem: string): Service | 'other-ca' | undefined {
    const machine = this.running.get(this.directory.resolve(host, port)?.host ?? '');
    const api = machine?.disk.api;
    if (!machine || !api) return undefined;
    if (api.caPem.trim() !== caPem.trim()) return 'other-ca';
    return { process: machine.process, answer: (request) => Promise.resolve(api.respond(request, request.body)) };
  }

  private async boot(machine: Machine, givesUp: boolean): Promise<void> {
    const { world } = this;
    const { server, disk } = machine;
    await this.pause(world.random.between(3_000, 40_000));
    if (disk.hasJoined) {
      this.openApi(machine);
      return;
    }
    const until = world.scheduler.elapsed + world.bootDeadlineMs;
    const settings = settingsOf(server.userData);
    const nodeId = settings('NODE_ID');
    disk.key ??= drawKey();
    await this.untilDone(until, () => this.claim(nodeId, settings('CLAIM_TOKEN'), disk));
    const payload = readPayload(await this.untilDone(until, () => this.call(disk, nodeId, 'GET', '/v1/bootstrap/payload', '')));
    await this.tell(until, disk, nodeId, 'kubeadm', 'running', '');
    await this.pause(world.random.between(500, 15_000));
    if (givesUp) {
      await this.tell(until, disk, nodeId, 'kubeadm', 'failed', 'a seeded failure');
      return;
    }
    await this.joinCluster(machine, until, payload);
    await this.tell(until, disk, nodeId, 'joined', 'done', '');
    disk.hasJoined = true;
  }

  private async joinCluster(machine: Machine, until: number, payload: ReadonlyMap<string, string>): Promise<void> {
    const { server, disk } = machine;
    const kubeadm = payload.get('/etc/jeroboam/kubeadm.yaml') ?? '';
    const tokens = [...kubeadm.matchAll(/token: "?([a-z0-9]{6}\.[a-z0-9]{16})"?/g)].flatMap((match) => match[1] ?? []);
    const version = /kubernetesVersion: "?(v[0-9.]+)/.exec(kubeadm)?.[1];
    if (version !== undefined) {
      disk.api ??= new ClusterApi(payload.get('/etc/kubernetes/pki/ca.crt') ?? '', version, tokens);
      disk.api.add(server.name);
      this.openApi(machine);
      return;
    }
    const endpoint = /apiServerEndpoint: "?([0-9.]+):(\d+)/.exec(kubeadm);
    const [token] = tokens;
    if (!endpoint || token === undefined) throw new Error('the payload says nothing about joining');
    await this.untilDone(until, () => {
      const host = this.directory.resolve(endpoint[1] ?? '', Number(endpoint[2]), server.id)?.host ?? '';
      const api = this.running.get(host)?.disk.api;
      if (api?.isReady === true && api.join(server.name, token)) return Promise.resolve();
      return Promise.reject(new CallRefused(false, 'the cluster does not take us yet'));
    });
  }

  private openApi({ server, disk }: Machine): void {
    if (!disk.api) return;
    disk.api.isReady = true;
    this.directory.listen(server.id, apiPort, { host: server.id, port: apiPort });
  }

  private async claim(nodeId: string, token: string, disk: Disk): Promise<void> {
    const { key } = disk;
    if (!key) throw new Error('a key is drawn before the claim');
    const signature = sign('sha256', Buffer.from(`jeroboam-claim\n${nodeId}\n${token}`), key).toString('base64');
    const body = JSON.stringify({ node_id: nodeId, token, public_key: publicText(key), signature });
    accepted(await this.send('POST', '/v1/bootstrap/claim', { 'content-type': 'application/json' }, body));
  }

  private async tell(until: number, disk: Disk, nodeId: string, phase: string, status: string, message: string): Promise<void> {
    await this.untilDone(until, () => this.call(disk, nodeId, 'POST', '/v1/bootstrap/progress', JSON.stringify({ phase, status, message })));
  }

  private async call({ key }: Disk, nodeId: string, method: string, path: string, body: string): Promise<string> {
    if (!key) throw new Error('a key is drawn before the first call');
    const timestamp = String(Math.floor(Date.now() / 1000));
    const text = `${method}\n${path}\n${timestamp}\n${createHash('sha256').update(body).digest('hex')}`;
    const signature = sign('sha256', Buffer.from(text), key).toString('base64');
    const headers = { 'content-type': 'application/json', 'x-jeroboam-node': nodeId, 'x-jeroboam-timestamp': timestamp, 'x-jeroboam-signature': signature };
    return accepted(await this.send(method, path, headers, body));
  }

  private send(method: string, path: string, headers: Record<string, string>, body: string): Promise<NetworkAnswer> {
    const answered = this.world.network().exchange({ method, origin: this.world.nodeApiOrigin, path, headers, body });
    // curl's --max-time: a machine does not wait for ever.
    const tooLong = this.pause(30_000).then(() => Promise.reject(new CallRefused(false, 'no answer')));
    return Promise.race([answered, tooLong]);
  }

  private async untilDone<T>(until: number, attempt: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await attempt();
      } catch (error) {
        const isFinal = error instanceof CallRefused && error.isFinal;
        if (isFinal || this.world.scheduler.elapsed > until) throw error;
        await this.pause(this.world.random.between(2_000, 8_000));
      }
    }
  }

  private pause(ms: number): Promise<void> {
    return new Promise((resolve) => this.world.scheduler.after(ms, resolve));
  }
}

/** What a machine of the product takes for final: refusals besides "too many calls", "not yet" and trouble on the other side. */
function accepted({ status, body }: NetworkAnswer): string {
  if (status < 300) return body;
  const canChange = status >= 500 || status === 429 || (status === 404 && body.includes('no-payload-yet')) || body.includes('no-payload-yet');
  throw new CallRefused(!canChange, `${status} ${body}`);
}

function settingsOf(userData: string): (name: string) => string {
  return (name) => {
    const value = new RegExp(`^\\s*${name}='([^']*)'`, 'm').exec(userData)?.[1];
    if (value === undefined) throw new Error(`the user-data has no ${name}`);
    return value;
  };
}

function readPayload(text: string): ReadonlyMap<string, string> {
  const files = text.split('\n').filter((line) => line !== '').map((line) => line.split(' '));
  return new Map(files.map(([, path = '', content = '']) => [path, Buffer.from(content, 'base64').toString('utf8')]));
}

/** A P-256 key out of the seed's draws: OpenSSL's own would differ between two runs of one seed. */
function drawKey(): KeyObject {
  const pair = createECDH('prime256v1');
  const secret = randomBytes(32);
  secret[0] = 1; // below the curve's order
  pair.setPrivateKey(secret);
  const point = pair.getPublicKey();
  const text = (bytes: Buffer): string => bytes.toString('base64url');
  return createPrivateKey({ format: 'jwk', key: { kty: 'EC', crv: 'P-256', d: text(secret), x: text(point.subarray(1, 33)), y: text(point.subarray(33)) } });
}

function publicText(key: KeyObject): string {
  const jwk = key.export({ format: 'jwk' });
  const head = Buffer.from('3059301306072a8648ce3d020106082a8648ce3d030107034200', 'hex');
  return Buffer.concat([head, Buffer.from([4]), Buffer.from(jwk.x ?? '', 'base64url'), Buffer.from(jwk.y ?? '', 'base64url')]).toString('base64');
}
