import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BootMode, ClusterSpec, NodeRole, NodeSpec, PayloadFile } from '../../src/driver-contract/index.js';
import { bootMaterial, clusterSpec, driver, etcdVolumeId, group, groupOutputs, infraOutputs, nodeSpec, slotOutputs, userDataOf } from './cluster-fixture.js';
import { Machine, makeCertificate } from './machine.js';
import { NodeApiDouble, payloadText } from './node-api-double.js';
import { TunnelDouble } from './tunnel-double.js';

let tls: { certPem: string; keyPem: string };
let otherTls: { certPem: string; keyPem: string };
let api: NodeApiDouble;
let url: string;
const machines: Machine[] = [];

beforeAll(() => {
  tls = makeCertificate(['127.0.0.1', 'node-api.test']);
  otherTls = makeCertificate(['127.0.0.1']);
});
beforeEach(async () => {
  api = new NodeApiDouble(tls, nodeSpec('worker', 'join'));
  url = `https://127.0.0.1:${await api.start()}`;
});
afterEach(async () => {
  await api.stop();
  for (const machine of machines.splice(0)) machine.remove();
});

interface Wanted {
  readonly role: NodeRole;
  readonly mode: BootMode;
  readonly node?: Partial<NodeSpec>;
  readonly spec?: Partial<ClusterSpec>;
  /** Where the payload waits; the test's own double when absent. */
  readonly at?: { api: NodeApiDouble; url: string };
  /** The payload's files, changed. */
  readonly payload?: (files: readonly PayloadFile[]) => readonly PayloadFile[];
}

/** A machine that was just created for a node of this kind; its payload waits at the double. */
function newMachine({ role, mode, node: changes, spec: specChanges, at = { api, url }, payload }: Wanted): Machine {
  const spec = clusterSpec(specChanges);
  const node = nodeSpec(role, mode, { nodeApiUrl: at.url, nodeApiCaPem: tls.certPem, ...changes });
  const slot = role === 'control-plane' ? slotOutputs : null;
  const stack = driver.renderNode(spec, node, { infra: infraOutputs, group: groupOutputs, slot });
  const files = driver.renderPayload(spec, node, bootMaterial);
  at.api.payload = payloadText(payload ? payload(files) : files);
  const machine = Machine.fromUserData(userDataOf(stack));
  machines.push(machine);
  return machine;
}

const worker = (changes: Omit<Wanted, 'role' | 'mode'> = {}): Machine => newMachine({ role: 'worker', mode: 'join', ...changes });
const controlPlane = (mode: BootMode, changes: Omit<Wanted, 'role' | 'mode'> = {}): Machine => newMachine({ role: 'control-plane', mode, ...changes });

const { clusterId } = clusterSpec();
const phases = (): string[] => api.progress.map(({ phase, status }) => `${phase} ${status}`);
const state = 'var/lib/jeroboam/state';

describe('a worker', () => {
  it('claims, fetches, joins and reports it, with every signature right', async () => {
    const machine = worker();
    const result = await machine.boot();
    expect(result).toMatchObject({ code: 0 });
    expect(api.refusals).toEqual([]);
    expect(phases()).toEqual(['payload done', 'kubeadm running', 'joined done']);
    expect(machine.calls('kubeadm')).toEqual(['join --config /etc/jeroboam/kubeadm.yaml']);
    expect(machine.mode(`${state}/node.key`)).toBe('0600');
  });

  it('unpacks its payload as it was rendered', async () => {
    const proxy = { httpProxy: null, httpsProxy: null, insecureRegistry: 'registry.test:5000' };
    const machine = worker({ spec: proxy });
    await machine.boot();
    const files = driver.renderPayload(clusterSpec(proxy), nodeSpec('worker', 'join'), bootMaterial);
    expect(files.map(({ path, content, mode }) => ({ path, content, mode }))).toEqual(files.map(({ path }) => ({ path, content: machine.read(path), mode: machine.mode(path) })));
  });

  it('has nothing to do once it has joined', async () => {
    const machine = worker();
    await machine.boot();
    const before = api.calls.length;
    expect(await machine.boot()).toMatchObject({ code: 0 });
    expect(api.calls).toHaveLength(before);
    expect(machine.calls('kubeadm')).toHaveLength(1);
  });

  it('puts container images on its docker volume', async () => {
    const volumeId = 'd0c4e700-1111-4222-8333-444455556666';
    const machine = worker({ node: { group: group('worker', { dockerVolumeSizeGib: 20 }) } });
    machine.write('etc/jeroboam/node.env', machine.read('etc/jeroboam/node.env').replace('@docker-volume-id@', volumeId));
    machine.attach(volumeId);
    expect(await machine.boot()).toMatchObject({ code: 0 });
    expect(machine.calls('mount')).toEqual([`/dev/disk/by-id/virtio-${volumeId.slice(0, 20)} /var/lib/containerd`]);
    expect(machine.calls('systemctl')).toEqual(['stop containerd', 'daemon-reload', 'start containerd', 'enable kubelet']);
    expect(machine.read('etc/fstab')).toContain(' /var/lib/containerd ext4 ');
    expect(phases()).toContain('joined done');
  });

  it('goes on after it died in the middle of joining', async () => {
    const machine = worker();
    machine.letKubeadmFail(['kill', '']);
    expect(await machine.boot()).toMatchObject({ signal: 'SIGKILL' });
    expect(await machine.boot()).toMatchObject({ code: 0 });
    expect(api.calls.filter((call) => call === 'claim')).toHaveLength(1);
    expect(machine.calls('kubeadm')).toHaveLength(2);
    expect(phases().at(-1)).toBe('joined done');
  });

  it('does not join twice when only its note of having joined was lost', async () => {
    const machine = worker();
    machine.letKubeadmFail(['kill', '']);
    await machine.boot();
    machine.write('etc/kubernetes/kubelet.conf', 'credential');
    expect(await machine.boot()).toMatchObject({ code: 0 });
    expect(machine.calls('kubeadm')).toHaveLength(1);
    expect(phases().at(-1)).toBe('joined done');
  });
});

describe('a control-plane node', () => {
  it('begins a cluster on an empty volume and binds the volume to its slot', async () => {
    const machine = controlPlane('init');
    const disk = machine.attach(etcdVolumeId);
    expect(await machine.boot()).toMatchObject({ code: 0 });
    expect(phases()).toEqual(['payload done', 'volumes done', 'kubeadm running', 'joined done']);
    expect(readFileSync(join(disk, 'jeroboam-slot'), 'utf8')).toBe(`${clusterId} 0\n`);
    expect(existsSync(join(disk, clusterId, 'slot-0/etcd/member'))).toBe(true);
    expect(machine.calls('mkfs.ext4')).toHaveLength(1);
    expect(machine.calls('kubeadm')).toEqual(['init --config /etc/jeroboam/kubeadm.yaml']);
  });

  it('goes on with a volume whose marker it was writing when it was cut off', async () => {
    const machine = controlPlane('init');
    const disk = machine.attach(etcdVolumeId, 'ext4');
    writeFileSync(join(disk, 'jeroboam-slot.new'), '');
    expect(await machine.boot()).toMatchObject({ code: 0 });
    expect(phases().at(-1)).toBe('joined done');
    expect(readFileSync(join(disk, 'jeroboam-slot'), 'utf8')).toBe(`${clusterId} 0\n`);
  });

  it('keeps the kubelet from starting without the volume after a reboot', async () => {
    const machine = controlPlane('init');
    machine.attach(etcdVolumeId);
    await machine.boot();
    expect(machine.read('etc/fstab')).toContain(`/dev/disk/by-id/virtio-${etcdVolumeId.slice(0, 20)} /var/lib/etcd-volume ext4 defaults,nofail`);
    expect(machine.read('etc/systemd/system/kubelet.service.d/20-jeroboam-etcd-volume.conf')).toBe('[Unit]\nRequiresMountsFor=/var/lib/etcd-volume\n');
  });

  it('passes over its own traces when init is tried again', async () => {
    const machine = controlPlane('init');
    machine.attach(etcdVolumeId);
    machine.letKubeadmFail([1, 'timed out waiting for the condition'], ['kill', '']);
    await machine.boot();
    await machine.boot();
    const [first, ...later] = machine.calls('kubeadm');
    expect(first).toBe('init --config /etc/jeroboam/kubeadm.yaml');
    expect(later).toHaveLength(2);
    for (const call of later) {
      expect(call).toContain(`DirAvailable--var-lib-etcd-volume-${clusterId}-slot-0-etcd`);
      expect(call).toContain('Port-6443');
    }
    expect(phases().at(-1)).toBe('joined done');
  });

  it('begins a cluster without a volume where the slot has none', async () => {
    const machine = controlPlane('init', { spec: { etcdVolumeSizeGib: 0 } });
    machine.write('etc/jeroboam/node.env', machine.read('etc/jeroboam/node.env').replace(etcdVolumeId, ''));
    expect(await machine.boot()).toMatchObject({ code: 0 });
    expect(machine.has('var/lib/etcd/member')).toBe(true);
    expect(machine.calls('mount')).toEqual([]);
  });

  it('joins as another member under the data folder that the cluster knows', async () => {
    const machine = controlPlane('join', { node: { slotIndex: 2 } });
    const disk = machine.attach(etcdVolumeId);
    expect(await machine.boot()).toMatchObject({ code: 0 });
    expect(machine.calls('kubeadm')).toEqual(['join --config /etc/jeroboam/kubeadm.yaml']);
    mkdirSync(join(disk, clusterId, 'slot-0/etcd/member'));
    expect(existsSync(join(disk, clusterId, 'slot-2/etcd/member'))).toBe(true);
  });

  it('resumes a slot from its volume by phases, and never begins anew', async () => {
    const machine = controlPlane('resume');
    const disk = slotVolume(machine);
    machine.letKubeadmFail([1, 'connection refused']);
    expect(await machine.boot()).toMatchObject({ code: 0 });
    const config = '--config /etc/jeroboam/kubeadm.yaml';
    expect(machine.calls('kubeadm')).toEqual(
      ['certs all', 'certs all', 'kubeconfig all', 'etcd local', 'control-plane all', 'kubelet-start', 'mark-control-plane', 'kubelet-finalize all'].map((phase) => `init phase ${phase} ${config}`),
    );
    expect(readFileSync(join(disk, clusterId, 'slot-0/etcd/member'), 'utf8')).toBe('data');
    expect(machine.calls('mkfs.ext4')).toEqual([]);
    expect(phases()).toEqual(['payload done', 'volumes done', 'kubeadm running', 'kubeadm running', 'joined done']);
  });

  it('waits for a volume that is attached after the boot has begun', async () => {
    const machine = controlPlane('init');
    const boot = machine.boot();
    await eventually(() => api.progress.length > 0);
    machine.attach(etcdVolumeId);
    expect(await boot).toMatchObject({ code: 0 });
    expect(phases().at(-1)).toBe('joined done');
  });
});

/** A volume as an earlier machine of slot 0 left it, with changes. */
function slotVolume(machine: Machine, { marker = `${clusterId} 0`, data = true, type = 'ext4' }: { marker?: string; data?: boolean; type?: string } = {}): string {
  const disk = machine.attach(etcdVolumeId, type);
  if (marker !== '') writeFileSync(join(disk, 'jeroboam-slot'), `${marker}\n`);
  if (data) {
    mkdirSync(join(disk, clusterId, 'slot-0/etcd'), { recursive: true });
    writeFileSync(join(disk, clusterId, 'slot-0/etcd/member'), 'data');
  }
  return disk;
}

async function eventually(holds: () => boolean): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!holds()) {
    if (Date.now() > deadline) throw new Error('the condition did not come true within 10 s');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

const without =
  (path: string) =>
  (files: readonly PayloadFile[]): PayloadFile[] =>
    files.filter((file) => file.path !== path);
const withContent =
  (path: string, content: string) =>
  (files: readonly PayloadFile[]): PayloadFile[] =>
    files.map((file) => (file.path === path ? { ...file, content } : file));

describe('what cannot pass is reported once and ends the boot', () => {
  interface Refusal {
    readonly when: string;
    readonly machine: () => Machine;
    readonly phase: string;
    readonly says: RegExp;
  }
  const refusals: readonly Refusal[] = [
    { when: 'the payload is empty', machine: () => worker({ payload: () => [] }), phase: 'payload', says: /has no \/etc\/jeroboam\/boot-mode/ },
    { when: 'the payload has no kubeadm.yaml', machine: () => worker({ payload: without('/etc/jeroboam/kubeadm.yaml') }), phase: 'payload', says: /has no \/etc\/jeroboam\/kubeadm.yaml/ },
    { when: "a control plane's payload has no CA key", machine: () => controlPlane('init', { payload: without('/etc/kubernetes/pki/etcd/ca.key') }), phase: 'payload', says: /has no \/etc\/kubernetes\/pki\/etcd\/ca.key/ },
    { when: 'the payload leads out of its place', machine: () => worker({ payload: (files) => [...files, { path: '/etc/../../x', mode: '0644', content: 'x' }] }), phase: 'payload', says: /is no file/ },
    { when: 'a worker is told to begin a cluster', machine: () => worker({ payload: withContent('/etc/jeroboam/boot-mode', 'init\n') }), phase: 'payload', says: /worker cannot boot by 'init'/ },
    { when: 'init finds data', machine: () => onVolume('init', {}), phase: 'volumes', says: /already holds the data of slot 0/ },
    { when: 'join finds data', machine: () => onVolume('join', {}), phase: 'volumes', says: /already holds the data of slot 0/ },
    { when: 'resume finds a new volume', machine: () => emptyVolume('resume'), phase: 'volumes', says: /is empty: nothing to resume/ },
    { when: 'resume finds no marker', machine: () => onVolume('resume', { marker: '' }), phase: 'volumes', says: /no marker/ },
    { when: 'resume finds no data', machine: () => onVolume('resume', { data: false }), phase: 'volumes', says: /holds no etcd data/ },
    { when: 'resume finds another cluster', machine: () => onVolume('resume', { marker: 'another-cluster 0' }), phase: 'volumes', says: /belongs to 'another-cluster 0'/ },
    { when: 'resume finds another slot', machine: () => onVolume('resume', { marker: `${clusterId} 1` }), phase: 'volumes', says: /belongs to/ },
    { when: 'init finds another cluster without data', machine: () => onVolume('init', { marker: 'another-cluster 0', data: false }), phase: 'volumes', says: /belongs to/ },
    { when: "init finds somebody's files", machine: () => onVolume('init', { marker: '' }), phase: 'volumes', says: /something that is not ours/ },
    { when: 'init finds another file system', machine: () => onVolume('init', { marker: '', data: false, type: 'xfs' }), phase: 'volumes', says: /not ours \(xfs\)/ },
    { when: 'kubeadm cannot read its configuration', machine: () => failing([1, 'error: strict decoding error: unknown field "x"']), phase: 'kubeadm', says: /refuses its configuration.*unknown field "x"/ },
    { when: 'kubeadm finds its configuration invalid', machine: () => failing([3, 'networking.podSubnet: wrong']), phase: 'kubeadm', says: /podSubnet: wrong/ },
    { when: 'another cluster answers', machine: () => failing([1, 'none of the public keys "sha256:x" are pinned']), phase: 'kubeadm', says: /not ours/ },
  ];
  const onVolume = (mode: BootMode, volume: Parameters<typeof slotVolume>[1]): Machine => {
    const machine = controlPlane(mode);
    slotVolume(machine, volume);
    return machine;
  };
  const emptyVolume = (mode: BootMode): Machine => {
    const machine = controlPlane(mode);
    machine.attach(etcdVolumeId);
    return machine;
  };
  const failing = (failure: readonly [number, string]): Machine => {
    const machine = worker();
    machine.letKubeadmFail(failure);
    return machine;
  };

  it.each(refusals)('$when', async ({ machine: make, phase, says }) => {
    const machine = make();
    const result = await machine.boot();
    expect(result).toMatchObject({ code: 0 });
    const failed = api.progress.filter(({ status }) => status === 'failed');
    expect(failed).toEqual([{ phase, status: 'failed', message: expect.stringMatching(says) }]);
    expect(api.progress.at(-1)).toEqual(failed[0]);
    const kubeadmCalls = machine.calls('kubeadm').length;
    expect(kubeadmCalls).toBe(phase === 'kubeadm' ? 1 : 0);
    expect(machine.read(`${state}/failed`)).toContain(`${phase}: `);
    const callsBefore = api.calls.length;
    await machine.boot();
    expect(api.calls).toHaveLength(callsBefore);
    expect(machine.calls('kubeadm')).toHaveLength(kubeadmCalls);
  });

  it.each([
    { when: 'the token is wrong', make: () => worker({ node: { claimToken: 'wrong' } }), says: /401.*claim: token/ },
    { when: 'another key holds the node', make: () => (api.plan('claim', { status: 409 }), worker()), says: /409/ },
    { when: 'the deadline passed on the other side', make: () => (api.plan('claim', { status: 410 }), worker()), says: /410/ },
    { when: 'the claim is malformed', make: () => (api.plan('claim', { status: 400 }), worker()), says: /400/ },
  ])('$when, which node-api knows without being told', async ({ make, says }) => {
    const machine = make();
    expect(await machine.boot()).toMatchObject({ code: 0 });
    expect(api.calls.filter((call) => call === 'claim')).toHaveLength(1);
    expect(api.calls).not.toContain('payload');
    expect(machine.read(`${state}/failed`)).toMatch(says);
  });

  it('the payload is gone (410)', async () => {
    api.plan('payload', { status: 410 });
    const machine = worker();
    expect(await machine.boot()).toMatchObject({ code: 0 });
    expect(phases()).toEqual(['payload failed']);
  });
});

describe('what can pass is tried again', () => {
  it.each([
    { when: 'node-api is overloaded', plan: () => api.plan('claim', { status: 503 }, { status: 429, headers: { 'Retry-After': '1' } }) },
    { when: 'the payload is not sealed yet', plan: () => api.plan('payload', { status: 404 }, { status: 404 }) },
    { when: 'a gateway fails', plan: () => api.plan('payload', { status: 502 }) },
    { when: 'the clock is set only now', plan: () => api.plan('payload', { status: 401 }, { status: 401 }) },
    { when: 'the last report is lost', plan: () => api.plan('progress', { status: 204 }, { status: 204 }, { status: 500 }) },
  ])('$when', async ({ plan }) => {
    plan();
    const machine = worker();
    expect(await machine.boot()).toMatchObject({ code: 0 });
    expect(phases().at(-1)).toBe('joined done');
    expect(machine.calls('kubeadm')).toHaveLength(1);
  });

  it("tells why a worker waits while the cluster's API is not there, without failing", async () => {
    const machine = worker();
    const message = 'error execution phase preflight: dial tcp 203.0.113.5:6443: connect: connection refused';
    machine.letKubeadmFail([1, message], [1, message]);
    expect(await machine.boot()).toMatchObject({ code: 0 });
    expect(api.progress.filter(({ message: text }) => text.includes('connection refused'))).toEqual([
      { phase: 'kubeadm', status: 'running', message: `kubeadm join: ${message}` },
      { phase: 'kubeadm', status: 'running', message: `kubeadm join: ${message}` },
    ]);
    expect(phases().at(-1)).toBe('joined done');
    expect(phases()).not.toContain('kubeadm failed');
  });

  it('until the boot deadline, and then says what was last', async () => {
    const machine = worker({ node: { bootDeadlineSeconds: 2 } });
    machine.letKubeadmFail(...Array.from({ length: 50 }, () => [1, 'no route to host'] as const));
    expect(await machine.boot()).toMatchObject({ code: 0 });
    expect(api.progress.at(-1)).toEqual({ phase: 'kubeadm', status: 'failed', message: expect.stringMatching(/boot deadline of 2 s passed.*no route to host/) });
  });

  it('when node-api shows a certificate of another CA, without sending it anything', async () => {
    const machine = worker({ node: { nodeApiCaPem: otherTls.certPem, bootDeadlineSeconds: 2 } });
    expect(await machine.boot()).toMatchObject({ code: 0 });
    expect(api.calls).toEqual([]);
    expect(machine.read(`${state}/failed`)).toMatch(/claimed: the boot deadline of 2 s passed.*certificate/);
  });

  it('when cloud-init wrote too little, by crashing where systemd sees it', async () => {
    const machine = worker();
    machine.write('etc/jeroboam/node.env', "NODE_ID='x'\n");
    const result = await machine.boot();
    expect(result.code).not.toBe(0);
    expect(result.log).toContain('CLUSTER_ID');
  });
});

it('ends the same wherever it dies: one cluster, one key, joined', async () => {
  const whole = controlPlane('init');
  whole.attach(etcdVolumeId);
  await whole.boot();
  const count = whole.callCount();
  expect(count).toBeGreaterThan(15);
  const crashes = Array.from({ length: count }, (_, index) => index + 1).flatMap((call) => (['before', 'after'] as const).map((when) => ({ when, call })));
  const outcomes = await inParallel(4, crashes, async ({ when, call }) => {
    const own = new NodeApiDouble(tls, nodeSpec('worker', 'join'));
    const machine = controlPlane('init', { at: { api: own, url: `https://127.0.0.1:${await own.start()}` } });
    machine.attach(etcdVolumeId);
    machine.crashAt(when, call);
    const { signal } = await machine.boot();
    machine.reboot();
    const { code } = await machine.boot();
    await own.stop();
    const { phase, status } = own.progress.at(-1) ?? {};
    return { when, call, signal, code, refusals: own.refusals, clusters: machine.clustersBegun(), end: `${phase} ${status}` };
  });
  expect(outcomes).toEqual(crashes.map((crash) => ({ ...crash, signal: 'SIGKILL', code: 0, refusals: [], clusters: 1, end: 'joined done' })));
}, 120_000);

async function inParallel<Item, Result>(width: number, items: readonly Item[], act: (item: Item) => Promise<Result>): Promise<Result[]> {
  const results: Result[] = [];
  const waiting = [...items.entries()];
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) results[next[0]] = await act(next[1]);
  };
  await Promise.all(Array.from({ length: width }, work));
  return results;
}

it("goes through the cluster's proxy to node-api, and lets kubeadm go past it to the cluster", async () => {
  const proxy = new TunnelDouble();
  const proxyUrl = await proxy.start(Number(new URL(url).port));
  const machine = worker({ node: { nodeApiUrl: 'https://node-api.test:9512' }, spec: { httpsProxy: proxyUrl } });
  const result = await machine.boot();
  await proxy.stop();
  expect(result).toMatchObject({ code: 0 });
  expect(new Set(proxy.targets)).toEqual(new Set(['node-api.test:9512']));
  expect(phases().at(-1)).toBe('joined done');
  expect(machine.read('etc/jeroboam/proxy.env')).toContain('203.0.113.5');
  expect(machine.calls('systemctl')).toEqual(['daemon-reload', 'restart containerd', 'start containerd', 'enable kubelet']);
});

it('escapes whatever a failing program prints', async () => {
  const machine = worker();
  machine.letKubeadmFail([1, `${'x'.repeat(1500)} "quoted" back\\\\slash \\033[31mred\\033[0m caf\\xc3\\xa9 \\x80 tab\\there\\nlast line`]);
  await machine.boot();
  const report = api.progress.find(({ message }) => message.includes('last line'));
  expect(report?.message).toMatch(/^x+ "quoted" back\\slash \?\[31mred\?\[0m caf\?\? \? tab\?here \| last line$/);
  expect(report?.message).toHaveLength(1000);
});
