import { existsSync, lstatSync, readdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { clusterSpec } from '../k8s-ubuntu/cluster-fixture.js';
import type { GuestServer } from '../../src/sim/sim-context.js';
import { createGuestWorld, eventually, newDataDir, removeDataDir, type GuestWorld } from './guest-world.js';
import { controlAddress, createVolume, etcdVolumeId, hasJoined, ProductCluster, type ProductNode } from './product-cluster.js';

let dataDir: string;
let servers: GuestServer[];
let world: GuestWorld;
let cluster: ProductCluster;

beforeEach(async () => {
  dataDir = newDataDir();
  servers = [];
  world = createGuestWorld(dataDir, servers);
  cluster = await ProductCluster.create();
  createVolume(dataDir, etcdVolumeId);
});

afterEach(async () => {
  await cluster.close();
  await world.close();
  removeDataDir(dataDir);
});

function powerOn(node: ProductNode): void {
  servers.push(node.machine);
  world.guests.start(node.machine);
}

async function joined(node: ProductNode): Promise<void> {
  await eventually(`${node.machine.name} has joined`, () => hasJoined(node), 20_000).catch((error: unknown) => {
    throw new Error(`${String(error)}\n${JSON.stringify(node.nodeApi.progress)}\n${world.guests.consoleLog(node.machine.id)}`, { cause: error });
  });
}

/** Where the boot scripts would write on a real machine: on the host nothing may change there. */
const hostPlaces = ['/etc/fstab', '/etc/hostname', '/etc/hosts', '/etc/systemd/system', '/etc/jeroboam', '/etc/kubernetes', '/etc/containerd', '/usr/local/lib/jeroboam', '/var/lib/jeroboam', '/var/lib/etcd-volume', '/var/lib/kubelet', '/dev/disk'];
const hostState = (): Record<string, number | undefined> => Object.fromEntries(hostPlaces.map((path) => [path, lstatSync(path, { throwIfNoEntry: false })?.mtimeMs]));

describe('user-data of the product', () => {
  it('boots a control plane and two workers at once', async () => {
    const nodes = [await cluster.node('c1', 'control-plane', 'init', controlAddress), await cluster.node('w1', 'worker', 'join', '10.0.0.6'), await cluster.node('w2', 'worker', 'join', '10.0.0.7')];
    const before = hostState();
    nodes.forEach(powerOn);
    await Promise.all(nodes.map(joined));
    expect(hostState()).toEqual(before);
    for (const { nodeApi } of nodes) expect(nodeApi.refusals).toEqual([]);
    expect(nodes[0]?.nodeApi.progress.map(({ phase, status }) => `${phase} ${status}`)).toEqual(['payload done', 'volumes done', 'kubeadm running', 'joined done']);
    const etcd = join(dataDir, 'volumes', etcdVolumeId, 'files', clusterSpec().clusterId, 'slot-0', 'etcd');
    expect(readdirSync(etcd)).toContain('member');
  });

  it('gives container images a volume of their own', async () => {
    const dockerVolumeId = 'd0c4e700-1111-4222-8333-444455556666';
    createVolume(dataDir, dockerVolumeId);
    const node = await cluster.node('c1', 'control-plane', 'init', controlAddress, dockerVolumeId);
    powerOn(node);
    await joined(node);
    expect(realpathSync(world.rootPath('c1', 'var/lib/containerd'))).toBe(realpathSync(join(dataDir, 'volumes', dockerVolumeId, 'files')));
  });

  it('resumes the control plane on a new machine with the old volume', async () => {
    const first = await cluster.node('c1', 'control-plane', 'init', controlAddress);
    powerOn(first);
    await joined(first);
    await world.guests.remove('c1');
    servers.length = 0;
    const second = await cluster.node('c2', 'control-plane', 'resume', controlAddress);
    powerOn(second);
    await joined(second);
    expect(world.context.addresses.resolve(controlAddress, 6443)).toBeDefined();
  });

  it('survives a reboot of all machines and a boot that is cut off', async () => {
    const control = await cluster.node('c1', 'control-plane', 'init', controlAddress);
    const worker = await cluster.node('w1', 'worker', 'join', '10.0.0.6');
    powerOn(control);
    await eventually('kubeadm runs', () => control.nodeApi.progress.some(({ phase }) => phase === 'kubeadm'));
    await world.guests.stop('c1');
    world.guests.start(control.machine);
    powerOn(worker);
    await Promise.all([control, worker].map(joined));
    await Promise.all([world.guests.stop('c1'), world.guests.stop('w1')]);
    [control, worker].forEach(({ machine }) => {
      world.guests.start(machine);
    });
    await eventually('the API answers again', () => world.context.addresses.resolve(controlAddress, 6443) !== undefined);
    expect(control.nodeApi.calls.filter((call) => call === 'claim')).toHaveLength(1);
  });

  it('goes on after a restart of the simulator in the middle of a boot', async () => {
    const control = await cluster.node('c1', 'control-plane', 'init', controlAddress);
    powerOn(control);
    await eventually('the payload is there', () => control.nodeApi.progress.some(({ phase }) => phase === 'payload'));
    await world.close();
    world = createGuestWorld(dataDir, servers);
    world.guests.start(control.machine);
    await joined(control);
  });

  it('refuses to resume on an empty volume, and says so', async () => {
    const node = await cluster.node('c1', 'control-plane', 'resume', controlAddress);
    powerOn(node);
    await eventually('the boot has failed', () => node.nodeApi.progress.some(({ status }) => status === 'failed'));
    expect(node.nodeApi.progress.at(-1)).toMatchObject({ phase: 'volumes', message: expect.stringContaining('nothing to resume') });
    expect(existsSync(join(dataDir, 'volumes', etcdVolumeId, 'files'))).toBe(false);
  });
});
