import { createHash } from 'node:crypto';
import { pino, type Logger } from 'pino';
import type { DataSource } from 'typeorm';
import { loadK8sUbuntuDriver } from '../../drivers/k8s-ubuntu/k8s-ubuntu.driver.js';
import type { ConductorParts } from '../../src/conductor/conductor-runtime.js';
import { startConductor, type Conductor } from '../../src/conductor/conductor.js';
import type { Config } from '../../src/config/config.js';
import { SecretStore } from '../../src/database/secret-store.js';
import { ClusterClientFactory } from '../../src/kubernetes/cluster-client-factory.js';
import { clusterClientOptions } from '../../src/kubernetes/cluster-client-options.js';
import { createMagnumApi } from '../../src/magnum-api/create-magnum-api.js';
import { createNodeApi } from '../../src/node-api/create-node-api.js';
import { cloudOptions } from '../../src/openstack/cloud-options.js';
import { createCloud, type Cloud } from '../../src/openstack/cloud.js';
import { sealingKeyRing } from '../../src/secrets/sealing-key-ring.js';
import { Invariants } from './invariants.js';
import { Machines } from './machines.js';
import type { Material } from './material.js';
import { Network, type Fate, type NetworkRequest, type Service } from './network.js';
import type { Random } from './random.js';
import { currentProcess, type Scheduler, type WorldProcess } from './scheduler.js';
import { checkComplete, checkNothingLeft } from './final-checks.js';
import type { PlannedCluster, SeedPlan, Storm } from './seed-plan.js';
import { buildServices, inject, type SimulatedServices } from './simulated-services.js';
import type { Trace } from './trace.js';
import type { VirtualDatabase } from './virtual-database.js';
import { WakeUpBroker } from './wake-up-broker.js';

/** What lives longer than one world. */
export interface Ground {
  readonly config: Config;
  readonly material: Material;
  readonly database: VirtualDatabase;
  readonly dataSource: DataSource;
}

export const apiOrigin = 'http://magnum-api:9511';
const nodeApiOrigin = 'https://node-api:9512';

interface RunningConductor {
  process: WorldProcess;
  conductor: Conductor;
}

/** One installation with its cloud and its machines, everything in this program. */
export class World {
  readonly network: Network;
  readonly broker: WakeUpBroker;
  readonly invariants: Invariants;
  readonly conductors: RunningConductor[] = [];
  services: SimulatedServices | undefined;
  /** What is wrong at this moment counts only until then. */
  isCalm = true;
  private readonly listeners = new Map<string, Service>();
  private readonly authorities = new Map<string, string>();
  private machines: Machines | undefined;
  private incarnations = 0;

  constructor(
    private readonly ground: Ground,
    readonly scheduler: Scheduler,
    private readonly random: Random,
    readonly plan: SeedPlan,
    readonly trace: Trace,
    /** Ends the world: an invariant was violated. */
    private readonly fail: (because: string) => void,
  ) {
    this.invariants = new Invariants(ground.database.session, fail);
    const requests = random.fork();
    this.network = new Network({
      scheduler,
      random: random.fork(),
      find: (origin) => this.find(origin),
      fateOf: (request) => this.fateOf(request, requests),
      onExchange: (client, { method, origin, path }, fate, status) => {
        trace.add(`${client.name} -> ${method} ${origin.replace(/#.*/, '')}${path} ${fate.kind === 'fine' ? '' : JSON.stringify(fate)} ${String(status)}`);
      },
    });
    this.broker = new WakeUpBroker({
      scheduler,
      random: random.fork(),
      trouble: () => ({
        dropChance: this.isCalm ? 0 : plan.dropChance,
        twiceChance: this.isCalm ? 0 : plan.twiceChance,
        isAway: this.stormOver('queue') !== undefined,
      }),
      say: (line) => trace.add(line),
    });
    ground.database.enter({
      scheduler,
      random: random.fork(),
      cutChance: () => (this.isCalm ? 0 : plan.databaseCutChance),
      onStatement: (process, sql, parameters, outcome) => trace.add(`${process.name} sql ${describe(sql, parameters)} ${outcome}`),
      onCommit: (touched) => this.committed(touched),
    });
  }

  get sweepMs(): number {
    return this.ground.config.SWEEP_SECONDS * 1000;
  }

  /** Builds cloud, API and node-api, then starts the conductors one after the other. */
  async begin(): Promise<void> {
    const { ground, plan, random } = this;
    const machines = random.fork();
    this.services = await buildServices(
      () => this.network,
      (_context, directory) =>
        (this.machines = new Machines(
          {
            ...{ scheduler: this.scheduler, random: machines, network: () => this.network, nodeApiOrigin },
            troubleOf: () => (!this.isCalm && machines.chance(plan.machineTroubleChance) ? machines.pick(['never-boots', 'gives-up'] as const) : 'none'),
            bootDeadlineMs: ground.config.NODE_BOOT_DEADLINE_SECONDS * 1000,
            say: (line) => this.trace.add(line),
          },
          directory,
        )),
    );
    for (const resource of plan.heatFailures) {
      this.services.cloud.heatFaults.add({
        ...{ stack: '^jb-', action: 'CREATE', reason: 'a seeded failure', times: 1, stall: false, when: random.pick(['before', 'after'] as const) },
        resource: resource === 'any' ? '.*' : resource,
      });
    }
    await this.serve('magnum-api', apiOrigin, async (runtime) => (await createMagnumApi(runtime)).getHttpAdapter().getInstance());
    await this.serve('node-api', nodeApiOrigin, (runtime) => createNodeApi(runtime));
    for (let index = 0; index < plan.conductors; index++) {
      this.scheduler.after(random.between(0, 12_000), () => this.startConductor(index), operator);
    }
    for (const { at, conductor, how, forMs } of plan.disturbances) {
      this.scheduler.after(at, () => (how === 'kill' ? this.kill(conductor, forMs) : this.stop(conductor, forMs)), operator);
    }
  }

  /** Everything was there and somebody has come: now things may go wrong. */
  disturb(): void {
    this.isCalm = false;
  }

  /** From now on everything works. */
  calm(): void {
    this.trace.add('calm');
    this.isCalm = true;
    this.services?.cloud.heatFaults.clear();
    this.plan.disturbances.forEach(({ conductor }) => {
      const running = this.conductors[conductor];
      if (running) this.scheduler.goOn(running.process);
    });
  }

  /** What was asked for is there: rows, servers and stacks agree. */
  async checkComplete(clusters: ReadonlyMap<string, { readonly planned: PlannedCluster; readonly isDeleted: boolean }>): Promise<void> {
    if (!this.services) return;
    for (const [uuid, { planned, isDeleted }] of clusters) {
      if (!isDeleted) await checkComplete(this.ground.database.session, this.services.context.journal, uuid, 1 + planned.nodeCount, this.fail);
    }
  }

  async checkNothingLeft(): Promise<void> {
    if (this.services) await checkNothingLeft(this.ground.database.session, this.services.cloud, this.fail);
  }

  /** The conductors end as after SIGTERM; then nothing of theirs may be to come. */
  async closeConductors(): Promise<void> {
    for (const { process, conductor } of this.conductors) await currentProcess.run(process, () => conductor.close());
    const left = this.scheduler.pending((process) => process.name.startsWith('conductor'));
    if (left > 0) this.fail(`${left} timers of conductors are left after they were closed`);
  }

  async end(): Promise<void> {
    await this.services?.close();
  }

  private async serve(name: string, origin: string, make: (runtime: ConductorParts) => Promise<Parameters<typeof inject>[0]>): Promise<void> {
    const process: WorldProcess = { name, state: 'running' };
    await currentProcess.run(process, async () => {
      const app = await make(this.runtime(process));
      this.listeners.set(origin, { process, answer: (request) => currentProcess.run(process, () => inject(app, request)) });
    });
  }

  private startConductor(index: number): void {
    const process: WorldProcess = { name: `conductor-${index}.${this.incarnations++}`, state: 'running' };
    this.trace.add(`${process.name} starts`);
    currentProcess.run(process, () => {
      this.conductors[index] = { process, conductor: startConductor(this.runtime(process)) };
    });
  }

  private kill(index: number, forMs: number): void {
    const running = this.conductors[index];
    if (!running || running.process.state === 'dead') return;
    this.trace.add(`${running.process.name} is killed`);
    this.scheduler.kill(running.process);
    void this.ground.database.cutOff(running.process);
    this.scheduler.after(forMs, () => this.startConductor(index), operator);
  }

  /** Not inside a transaction: the one session of this database would stop with it, which PostgreSQL does not. */
  private stop(index: number, forMs: number): void {
    const running = this.conductors[index];
    if (!running || running.process.state !== 'running' || this.isCalm) return;
    if (this.ground.database.isHeldBy(running.process)) {
      this.scheduler.after(1, () => this.stop(index, forMs), operator);
      return;
    }
    this.trace.add(`${running.process.name} is stopped`);
    this.scheduler.stop(running.process);
    this.scheduler.after(
      forMs,
      () => {
        this.trace.add(`${running.process.name} goes on`);
        this.scheduler.goOn(running.process);
      },
      operator,
    );
  }

  private runtime(process: WorldProcess): ConductorParts {
    const { config, material, dataSource } = this.ground;
    const clusters = new ClusterClientFactory({
      ...clusterClientOptions(config),
      dispatcherOf: ({ clusterId, caPem }) => {
        this.authorities.set(clusterId, caPem);
        return this.network.dispatcher((origin) => `${origin}#${clusterId}`);
      },
    });
    return {
      ...{ config, dataSource, clusters, nodeApiCaPem: material.nodeApiCaPem },
      cloud: this.openCloud(),
      drivers: [driver],
      queue: this.broker.queue(),
      secrets: new SecretStore(sealingKeyRing(config)),
      log: this.logOf(process),
    };
  }

  private openCloud(): Cloud {
    const options = cloudOptions(this.ground.config);
    return createCloud({ ...options, transport: { ...options.transport, dispatcher: this.network.dispatcher() } });
  }

  private logOf(process: WorldProcess): Logger {
    return pino({ level: 'warn', base: null, timestamp: false }, { write: (line: string) => this.trace.add(`${process.name} log ${line.slice(0, 300).trim()}`) });
  }

  private find(origin: string): Service | undefined {
    const [address = '', clusterId] = origin.split('#');
    if (clusterId !== undefined) {
      const { hostname, port } = new URL(address);
      const api = this.machines?.findApi(hostname, Number(port), this.authorities.get(clusterId) ?? '');
      return api === 'other-ca' ? undefined : api;
    }
    const service = this.listeners.get(address) ?? this.services?.find(address);
    return service && { process: service.process, answer: (request) => this.watched(service, request) };
  }

  /** What the cloud is asked for stands in the ledger before. */
  private async watched(service: Service, request: NetworkRequest): Promise<Awaited<ReturnType<Service['answer']>>> {
    this.invariants.beforeRequest(request);
    const answer = await service.answer(request);
    if (this.services) this.invariants.afterRequest(request, this.services.context.journal);
    return answer;
  }

  private fateOf(request: NetworkRequest, random: Random): Fate {
    const target = this.targetOf(request.origin);
    if (target === undefined || request.headers['x-sim-internal'] !== undefined || this.isCalm) return { kind: 'fine' };
    const storm = this.stormOver(target);
    if (storm) return fateIn(storm, random);
    if (!random.chance(this.plan.faultChance)) return { kind: 'fine' };
    const when = random.pick(['before', 'after'] as const);
    return random.pick<Fate>([
      { kind: 'refused' },
      { kind: 'cut', when },
      { kind: 'hangs', when },
      { kind: 'status', status: random.pick([429, 500, 502, 503]), when: 'before' },
      { kind: 'status', status: 504, when },
    ]);
  }

  /** The API of people is spared: what it does under faults is tested elsewhere. */
  private targetOf(origin: string): Storm['target'] | 'other' | undefined {
    if (origin.includes('#')) return 'cluster';
    if (origin === nodeApiOrigin) return 'node-api';
    if (origin === apiOrigin) return undefined;
    const service = this.services?.serviceAt(origin);
    return service === 'identity' || service === 'orchestration' || service === 'compute' || service === 'network' ? service : 'other';
  }

  private stormOver(target: Storm['target'] | 'other'): Storm | undefined {
    if (this.isCalm) return undefined;
    const { elapsed } = this.scheduler;
    return this.plan.storms.find((storm) => storm.from <= elapsed && elapsed < storm.until && (storm.target === target || (storm.target === 'everything' && target !== 'queue')));
  }

  private async committed(touched: string): Promise<void> {
    if (touched.includes('INTO clusters')) await this.giveMaterial();
    await this.invariants.afterCommit(touched);
  }

  /** Every new cluster finds its certificates made, so that no seed waits for RSA. */
  private async giveMaterial(): Promise<void> {
    const { database, material, config } = this.ground;
    const secrets = new SecretStore(sealingKeyRing(config));
    const { rows } = await database.session.run(`SELECT id FROM clusters WHERE deleted_at IS NULL AND NOT EXISTS (SELECT 1 FROM secrets WHERE cluster_id = clusters.id)`);
    const manager = { query: async (sql: string, parameters: unknown[]) => (await database.session.run(sql, parameters)).rows };
    for (const { id } of rows) {
      for (const [name, value] of material.clusterSecrets) await secrets.put(manager as never, String(id), name, value);
    }
  }
}

const driver = loadK8sUbuntuDriver();
const operator: WorldProcess = { name: 'operator', state: 'running' };

function fateIn({ how }: Storm, random: Random): Fate {
  switch (how) {
    case 'refused':
      return { kind: 'refused' };
    case 'unavailable':
      return { kind: 'status', status: 503, when: 'before' };
    case 'hangs':
      return { kind: 'hangs', when: random.pick(['before', 'after'] as const) };
    case 'answers-lost':
      return { kind: 'cut', when: 'after' };
  }
}

/** Sealed texts and process ids differ between programs, what is asked does not. */
function describe(sql: string, parameters: readonly unknown[]): string {
  const text = sql.replace(/\s+/g, ' ').trim().slice(0, 60);
  const isSecret = sql.includes('secrets');
  const digest = isSecret ? '' : createHash('sha1').update(JSON.stringify(parameters).replace(/"[^"/]+\/\d+\/[0-9a-f]{8}"/g, 'owner')).digest('hex').slice(0, 8);
  return `${text} ${digest}`;
}
