import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCa, issueClientCertificate } from '../../../src/kubernetes/certificates/certificate-authority.js';
import { EtcdClient } from '../../../src/kubernetes/etcd/etcd-client.js';
import type { KeyPairPem } from '../../../src/driver-contract/index.js';
import { issue } from '../../../src/sim/guest/kubeadm/certificates.js';
import { until } from '../../support/until.js';

export const etcdOptions = { connectTimeoutMs: 5_000, timeoutMs: 15_000, answerLimitBytes: 1_000_000 };

export interface Member {
  readonly name: string;
  readonly address: string;
  readonly dataDir: string;
  readonly clientPort: number;
  readonly peerUrl: string;
}

/** etcd's members as real processes with the TLS that kubeadm gives them, each on a loopback address of its own. */
export class RealEtcd {
  private readonly processes = new Map<string, ChildProcess>();
  private readonly clients: EtcdClient[] = [];
  readonly members: Member[] = [];

  private constructor(
    readonly folder: string,
    readonly ca: KeyPairPem,
    readonly client: KeyPairPem,
  ) {}

  static async create(): Promise<RealEtcd> {
    const now = new Date();
    const ca = await createCa('etcd-ca', { now });
    const client = await issueClientCertificate(ca, { commonName: 'jeroboam', organization: 'system:masters', days: 2, now });
    const etcd = new RealEtcd(mkdtempSync(join(tmpdir(), 'etcd-')), ca, client);
    writeFileSync(join(etcd.folder, 'ca.crt'), ca.certificatePem);
    writeFileSync(join(etcd.folder, 'client.crt'), client.certificatePem);
    writeFileSync(join(etcd.folder, 'client.key'), client.privateKeyPem);
    return etcd;
  }

  /** Draws addresses; starts nothing. */
  async plan(name: string): Promise<Member> {
    const address = `127.0.0.${this.members.length + 11}`;
    const [clientPort, peerPort] = await Promise.all([freePort(address), freePort(address)]);
    const member = { name, address, dataDir: join(this.folder, name), clientPort, peerUrl: `https://${address}:${peerPort}` };
    this.members.push(member);
    const signer = { certificatePem: this.ca.certificatePem, keyPem: this.ca.privateKeyPem };
    // kubeadm gives both certificates both usages: etcd's gateway calls its own server with the server's certificate.
    const pair = await issue(signer, { commonName: name, names: [name, 'localhost', '127.0.0.1', address], usages: ['server', 'client'] });
    mkdirSync(member.dataDir, { mode: 0o700 });
    writeFileSync(this.fileOf(member, 'crt'), pair.certificatePem);
    writeFileSync(this.fileOf(member, 'key'), pair.keyPem);
    return member;
  }

  /** `name` and `dataDir` may be others than planned: what a machine that takes over the volume says. */
  start(member: Member, { state, of, name = member.name, dataDir = member.dataDir }: { state: 'new' | 'existing'; of: readonly Member[]; name?: string; dataDir?: string }): void {
    const own = this.fileOf(member, 'crt');
    const key = this.fileOf(member, 'key');
    const ca = join(this.folder, 'ca.crt');
    const client = `https://${member.address}:${member.clientPort}`;
    const child = spawn(
      'etcd',
      [
        ...[`--name=${name}`, `--data-dir=${dataDir}`, `--listen-client-urls=${client}`, `--advertise-client-urls=${client}`],
        ...[`--listen-peer-urls=${member.peerUrl}`, `--initial-advertise-peer-urls=${member.peerUrl}`, `--initial-cluster-state=${state}`],
        `--initial-cluster=${of.map((each) => `${each.name === member.name ? name : each.name}=${each.peerUrl}`).join(',')}`,
        ...[`--cert-file=${own}`, `--key-file=${key}`, `--trusted-ca-file=${ca}`, '--client-cert-auth=true'],
        ...[`--peer-cert-file=${own}`, `--peer-key-file=${key}`, `--peer-trusted-ca-file=${ca}`, '--peer-client-cert-auth=true'],
        // Twice the usual: a busy machine must not cost a leader its lead in mid-test.
        ...['--heartbeat-interval=200', '--election-timeout=2000', '--logger=zap', '--log-level=error'],
      ],
      { stdio: 'ignore' },
    );
    this.processes.set(member.name, child);
  }

  /** SIGKILL: a machine that is gone. */
  async stop(member: Member): Promise<void> {
    const child = this.processes.get(member.name);
    this.processes.delete(member.name);
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }

  /** Whether its process has ended by itself. */
  hasExited(member: Member): boolean {
    return this.processes.get(member.name)?.exitCode !== null;
  }

  clientOf(member: Member, access: { readonly client?: KeyPairPem; readonly caPem?: string; readonly serverName?: string } = {}): EtcdClient {
    const { client = this.client, caPem = this.ca.certificatePem, ...more } = access;
    const made = new EtcdClient({ endpoint: `etcd-${member.name} of cluster c1`, dial: () => this.dial(member), caPem, ...client, ...more }, etcdOptions);
    this.clients.push(made);
    return made;
  }

  /** What a port-forward gives. */
  dial(member: Member): Promise<ReturnType<typeof connect>> {
    return new Promise((resolve, reject) => {
      const socket = connect(member.clientPort, member.address, () => {
        socket.off('error', reject);
        resolve(socket);
      });
      socket.once('error', reject);
    });
  }

  async untilHealthy(member: Member): Promise<void> {
    const client = this.clientOf(member);
    await until(() => client.isHealthy({ timeoutMs: 2_000 }).catch(() => false), { what: `etcd ${member.name} to be healthy` });
  }

  /** A new cluster of so many members, healthy. */
  async bootstrap(names: readonly string[]): Promise<Member[]> {
    const members: Member[] = [];
    for (const name of names) members.push(await this.plan(name));
    for (const member of members) this.start(member, { state: 'new', of: members });
    for (const member of members) await this.untilHealthy(member);
    return members;
  }

  async close(): Promise<void> {
    await Promise.all(this.clients.map((client) => client.close()));
    for (const member of this.members) await this.stop(member);
    rmSync(this.folder, { recursive: true, force: true });
  }

  private fileOf({ name }: Member, kind: 'crt' | 'key'): string {
    return join(this.folder, `${name}.${kind}`);
  }
}

async function freePort(address: string): Promise<number> {
  const server = createServer().listen(0, address);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
