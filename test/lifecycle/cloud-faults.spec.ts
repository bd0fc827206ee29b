import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Machine } from '../node-api/machine.js';
import { CloudSession } from '../support/cloud-session.js';
import { cloudQuotas } from '../support/cloud-quotas.js';
import { deleteClusters, newestOperation, retryNewest } from '../support/cluster-operations.js';
import { conductorSwitch, type ConductorSwitch } from '../support/conductor-switch.js';
import { startLifecycleEnvironment, type LifecycleEnvironment } from '../support/lifecycle-environment.js';
import { realCloud } from '../support/real-cloud.js';
import { until } from '../support/until.js';

/** Short enough to be waited for, and longer than healthy steps take on a busy machine; what is tried again has all the time. */
const shortDeadlines = { JEROBOAM_NODE_BOOT_DEADLINE_SECONDS: '30', JEROBOAM_STEP_TIMEOUT_MINUTES: '0.7', JEROBOAM_NODES_TIMEOUT_MINUTES: '0.9' };

interface Fault {
  /** Name of the cluster that meets it. */
  readonly name: string;
  readonly title: string;
  /** Arranged before a conductor knows the cluster. */
  readonly arrange: (world: LifecycleEnvironment, id: string) => Promise<unknown>;
  /** Done while the create is under way. */
  readonly meanwhile?: (world: LifecycleEnvironment, id: string) => Promise<void>;
  /** Resource and cause, as the cluster's status_reason must name them. */
  readonly reason: RegExp;
}

const heatFault = (world: LifecycleEnvironment, fault: Record<string, unknown>): Promise<unknown> => world.admin('POST', '/heat-faults', { times: 0, ...fault });
const bootFault = (world: LifecycleEnvironment, server: string, fault: string, more: Record<string, unknown> = {}): Promise<unknown> =>
  world.admin('POST', '/boot-faults', { server_name: server, fault, times: 0, ...more });
/** What a service answers to Heat when a quota is used up. */
const refusal = (world: LifecycleEnvironment, service: string, path: string, body: string, status: number, answer: unknown): Promise<unknown> =>
  world.admin('POST', '/faults', { service, method: 'POST', path, body, internal: true, times: 0, action: { status, body: answer } });

const faults: readonly Fault[] = [
  {
    name: 'no-router',
    title: 'a resource that Heat cannot make',
    arrange: (world, id) => heatFault(world, { stack: `${id}-infra$`, resource: 'router', reason: 'Went to status ERROR due to "no agent"' }),
    reason: /Stack jb-[0-9a-f-]+-infra is CREATE_FAILED: router \(OS::Neutron::Router\): .*no agent/,
  },
  {
    name: 'no-instance',
    title: "Nova's quota, used up when Heat asks",
    arrange: (world) =>
      refusal(world, 'compute', '/servers$', '"no-instance-default-worker', 403, {
        forbidden: { code: 403, message: 'Quota exceeded for instances: Requested 1, but already used 10 of 10 instances' },
      }),
    reason: /no-instance-default-worker-\w+: .*server \(OS::Nova::Server\): .*Quota exceeded for instances.*Raise that quota/,
  },
  {
    name: 'no-port',
    title: "Neutron's quota, used up when Heat asks",
    arrange: (world, id) =>
      refusal(world, 'network', '/ports$', `jb-${id}`, 409, { NeutronError: { type: 'OverQuota', message: "Quota exceeded for resources: ['port'].", detail: '' } }),
    reason: /slot-0 is CREATE_FAILED: port \(OS::Neutron::Port\): .*Quota exceeded for resources: \['port'\][\s\S]*\. Raise that quota/,
  },
  {
    name: 'no-volume',
    title: "Cinder's quota, used up when Heat asks",
    arrange: (world, id) =>
      refusal(world, 'volumev3', '/volumes$', `jb-${id}`, 413, {
        overLimit: { code: 413, message: "VolumeLimitExceeded: Maximum number of volumes allowed (10) exceeded for quota 'volumes'.", retryAfter: '0' },
      }),
    reason: /slot-0 is CREATE_FAILED: \w+ \(OS::Cinder::Volume\): .*exceeded for quota 'volumes'[\s\S]*\. Raise that quota/,
  },
  {
    name: 'no-host',
    title: 'a machine for which Nova finds no host',
    arrange: (world) => bootFault(world, 'no-host-default-worker', 'no-valid-host'),
    reason: /no-host-default-worker-\w+: .*server \(OS::Nova::Server\): .*No valid host was found/,
  },
  {
    name: 'silent',
    title: 'a machine that never boots',
    arrange: (world) => bootFault(world, 'silent-default-worker', 'never-boots'),
    reason: /silent-default-worker-\w+: it did not join within 30 s of its server being active; it has not called yet/,
  },
  {
    name: 'bad-init',
    title: 'a control plane whose kubeadm fails',
    arrange: (world) => bootFault(world, 'bad-init-default-master', 'fail-command', { command: 'kubeadm' }),
    reason: /bad-init-default-master-\w+: .*kubeadm/,
  },
  {
    name: 'robbed',
    title: 'a machine whose claim token a stranger used',
    arrange: (world) => bootFault(world, 'robbed-default-worker', 'no-network', { times: 1 }),
    meanwhile: robWorker,
    reason: /robbed-default-worker-\w+: its claim token came with two different keys/,
  },
  {
    name: 'half-joined',
    title: 'a machine that boots and calls, but never joins',
    arrange: (world) => bootFault(world, 'half-joined-default-worker', 'no-network', { times: 1 }),
    meanwhile: (world, id) => claimWorker(world, id).then(() => undefined),
    reason: /half-joined-default-worker-\w+: it did not join within 30 s .*last report: phase claimed/,
  },
  {
    name: 'dead-engine',
    title: 'a stack whose engine died: it stands still for ever',
    arrange: (world, id) => heatFault(world, { stack: `${id}-infra$`, resource: 'router', stall: true, times: 1 }),
    reason: /Step create-infra did not end within 42 s; it was waiting for stack jb-[0-9a-f-]+-infra/,
  },
  {
    name: 'dead-node',
    title: "a machine's stack whose engine died",
    arrange: (world, id) => heatFault(world, { stack: `${id}-node-`, resource: 'port', stall: true, times: 1 }),
    reason: /Step await-nodes did not end within 54 s; it was waiting for node dead-node-default-worker-\w+ \(its stack, which is CREATE_IN_PROGRESS\)/,
  },
  {
    name: 'no-heat',
    title: 'a Heat that never answers: retried, but not for ever',
    arrange: (world, id) => world.admin('POST', '/faults', { service: 'orchestration', path: '/stacks', body: `${id}-infra`, times: 0, action: { status: 503 } }),
    reason: /Step create-infra did not end within 42 s; it was waiting for another try: heat answered 503 to POST/,
  },
];

const claimed = (id: string): string => `SELECT n.id, n.server_id FROM nodes n WHERE n.cluster_id = '${id}' AND n.role = 'worker' AND n.phase = 'booting'`;

/** Somebody who read the worker's user-data makes its first call. Answers the worker's server. */
async function claimWorker(world: LifecycleEnvironment, id: string): Promise<string> {
  let worker: { id: string; server_id: string } | undefined;
  const fileOf = (path: string): string => join(world.environment.logFolder, '..', 'sim', 'servers', worker?.server_id ?? '', 'root', path);
  let token: string | undefined;
  await until(
    async () => {
      const rows: { id: string; server_id: string }[] = await world.database.query(claimed(id));
      [worker] = rows;
      token = worker && /^CLAIM_TOKEN='(.*)'$/m.exec(readIfThere(fileOf('etc/jeroboam/node.env')))?.[1];
      return token !== undefined;
    },
    { deadlineMs: 120_000, what: `the worker of ${id} to boot` },
  );
  const url = /^NODE_API_URL='(.*)'$/m.exec(readFileSync(fileOf('etc/jeroboam/node.env'), 'utf8'))?.[1] ?? '';
  const stranger = new Machine(url, readFileSync(fileOf('etc/jeroboam/node-api-ca.pem'), 'utf8'), worker?.id ?? '');
  expect((await stranger.claim(token ?? '')).status).toBe(200);
  await stranger.progress('claimed', 'done');
  await stranger.close();
  return worker?.server_id ?? '';
}

/** Then the machine itself comes up, and is not the first. */
async function robWorker(world: LifecycleEnvironment, id: string): Promise<void> {
  const server = await claimWorker(world, id);
  const { cloud } = world.environment;
  const admin = await CloudSession.logIn(cloud?.auth_url ?? '', { user: 'admin', password: cloud?.password ?? '', project: 'admin' });
  await admin.must('compute', 'POST', `/servers/${server}/action`, { reboot: { type: 'HARD' } });
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}

/** The faults are put into simulated services and machines; the lab has jobs of its own that end real ones. */
(realCloud ? describe.skip : describe)('a cloud that fails', () => {
  let world: LifecycleEnvironment;
  let conductor: ConductorSwitch;
  let template: string;
  beforeAll(async () => {
    world = await startLifecycleEnvironment({ settings: { JEROBOAM_SLOW_CALL_SECONDS: '1', JEROBOAM_MAX_CLUSTERS_PER_PROJECT: '100' } });
    const quotas = await cloudQuotas(world.environment.cloud?.auth_url ?? '', world.environment.cloud?.password ?? '');
    await quotas.setCompute({ instances: -1, cores: -1, ram: -1, server_groups: -1 });
    await quotas.setNetwork({ network: -1, subnet: -1, router: -1, port: -1, floatingip: -1, security_group: -1, security_group_rule: -1 });
    await quotas.setVolume({ volumes: -1, gigabytes: -1 });
    conductor = conductorSwitch(world);
    template = await world.createTemplate('k8s');
  }, 120_000);
  afterAll(() => world.stop(), 60_000);

  describe('for good', () => {
    type End = { status: string; reason: string | null };
    const failed = new Map<string, End>();
    const shown = new Map<string, string | null>();
    const retried = new Map<string, End>();
    let left: unknown = 'not asked';

    /** All at once, because most of the time is spent waiting for deadlines. */
    beforeAll(async () => {
      await conductor.off();
      const labels = { etcd_volume_size: '2' };
      const clusters = await Promise.all(faults.map(async (fault) => ({ fault, id: await world.createCluster(fault.name, template, { labels }) })));
      const each = (work: (cluster: { fault: Fault; id: string }) => Promise<unknown>): Promise<unknown> => Promise.all(clusters.map(work));
      await each(({ fault, id }) => fault.arrange(world, id));
      conductor.on(shortDeadlines);
      await each(async ({ fault, id }) => {
        await fault.meanwhile?.(world, id);
        failed.set(fault.name, await world.settledStatus(id, 240_000));
        shown.set(fault.name, (await newestOperation(world.demo, id)).failure);
      });
      await conductor.off();
      conductor.on();
      for (const kind of ['faults', 'heat-faults', 'boot-faults']) await world.admin('DELETE', `/${kind}`);
      await each(async ({ fault, id }) => {
        await retryNewest(world.demo, id);
        retried.set(fault.name, await world.settledStatus(id, 240_000));
      });
      await deleteClusters(world, clusters.map(({ id }) => id), 240_000);
      left = await world.leftovers();
    }, 600_000);

    it.each(faults)('$title: the create fails, names resource and cause, and says what to do', ({ name, reason }) => {
      expect(failed.get(name)?.status).toBe('CREATE_FAILED');
      expect(failed.get(name)?.reason).toMatch(reason);
      expect(failed.get(name)?.reason).toMatch(/Remove the cause, then retry the operation or delete the cluster$/);
      expect(failed.get(name)?.reason?.match(/Remove the cause/g)).toHaveLength(1);
      expect(shown.get(name)).toBe(failed.get(name)?.reason);
    });

    it.each(faults)('$title: a retry completes once it is over', ({ name }) => {
      expect(retried.get(name)).toEqual({ status: 'CREATE_COMPLETE', reason: null });
    });

    it('leaves nothing behind when the clusters are deleted', () => {
      expect(left).toEqual([]);
    });
  });

  describe('for a while', () => {
    const outages = [
      {
        title: 'Keystone refuses connections for 30 s',
        begin: () => world.admin('PATCH', '/listeners/identity', { listening: false }),
        end: () => world.admin('PATCH', '/listeners/identity', { listening: true }),
        // The longest of them, so that everything that lives shorter than it is over: retries of one call, leases, pauses.
        atLeastMs: 30_000,
        shown: /create-cluster-user: waiting for another try: keystone did not answer to (GET|POST) [0-9.]+:5000\/v3\/.*ECONNREFUSED/,
      },
      {
        title: 'Heat takes requests and answers none',
        begin: () => world.admin('POST', '/faults', { service: 'orchestration', times: 0, action: { hang: true } }),
        end: () => world.admin('DELETE', '/faults'),
        atLeastMs: 0,
        shown: /create-infra: waiting for (heat, which does not answer to GET [0-9.]+:8004\/v1\/.*\/stacks so far|another try: heat did not answer)/,
      },
      {
        title: 'Heat answers 503',
        begin: () => world.admin('POST', '/faults', { service: 'orchestration', times: 0, action: { status: 503 } }),
        end: () => world.admin('DELETE', '/faults'),
        atLeastMs: 0,
        shown: /create-infra: waiting for another try: heat answered 503/,
      },
    ];

    it.each(outages)('$title: the wait says so, and the create completes', async ({ begin, end, atLeastMs, shown }) => {
      await conductor.off();
      const id = await world.createCluster('patient', template);
      await begin();
      const begunAt = Date.now();
      conductor.on();
      let seen: { status: string; status_reason: string | null } = { status: '', status_reason: null };
      await until(
        async () => {
          seen = await world.demo.get<{ status: string; status_reason: string | null }>(`/v1/clusters/${id}`);
          return shown.test(seen.status_reason ?? '') && Date.now() - begunAt >= atLeastMs;
        },
        { deadlineMs: 90_000, everyMs: 100, what: 'the reason of the wait to be shown' },
      ).catch((error: unknown) => {
        throw new Error(`${String(error)} Shown: ${JSON.stringify(seen)}`, { cause: error });
      });
      expect(seen.status).toBe('CREATE_IN_PROGRESS');
      const { step, waiting_for: waitingFor } = await newestOperation(world.demo, id);
      expect(`${step ?? ''}: waiting for ${waitingFor ?? ''}`).toMatch(shown);
      await end();
      expect(await world.settledStatus(id, 120_000)).toEqual({ status: 'CREATE_COMPLETE', reason: null });
      await deleteClusters(world, [id]);
    }, 240_000);
  });
});
