import { createHash, X509Certificate } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { request } from 'node:https';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { parse, stringify } from 'yaml';
import type { GuestServer } from '../../src/sim/sim-context.js';
import { createGuestWorld, eventually, newDataDir, removeDataDir, server, type GuestWorld } from './guest-world.js';

const token = 'abcdef.0123456789abcdef';
const endpoint = '10.0.0.5:6443';
const control = server({ id: 'control', name: 'control', addresses: ['10.0.0.5'] });
const second = server({ id: 'second', name: 'second', addresses: ['10.0.0.7'] });
const worker = server({ id: 'worker', name: 'worker', addresses: ['10.0.0.6'] });

let dataDir: string;
let world: GuestWorld;

beforeEach(() => {
  dataDir = newDataDir();
  world = createGuestWorld(dataDir, [control, second, worker]);
});

afterEach(async () => {
  await world.close();
  removeDataDir(dataDir);
});

const api = 'kubeadm.k8s.io/v1beta4';
const initDocuments = (): Record<string, unknown>[] => [
  { apiVersion: api, kind: 'InitConfiguration', bootstrapTokens: [{ token }], nodeRegistration: { name: 'control' }, localAPIEndpoint: { advertiseAddress: '10.0.0.5', bindPort: 6443 } },
  { apiVersion: api, kind: 'ClusterConfiguration', clusterName: 'demo', kubernetesVersion: 'v1.32.4', controlPlaneEndpoint: endpoint, networking: { podSubnet: '10.100.0.0/16' } },
];

const yaml = (documents: Record<string, unknown>[]): string => documents.map((document) => stringify(document)).join('---\n');

/** User-data that writes a kubeadm configuration and runs this; the machine is booted when `done` is there. */
function userData(documents: Record<string, unknown>[], script: string): string {
  const config = {
    write_files: [{ path: '/etc/kubeadm.yaml', content: yaml(documents) }],
    runcmd: [['bash', '-c', `C="$NODE_ROOT/etc/kubeadm.yaml"; ${script}`]],
  };
  return `#cloud-config\n${stringify(config)}`;
}

async function boot(machine: GuestServer, documents: Record<string, unknown>[], script: string): Promise<string> {
  world.guests.start({ ...machine, userData: userData(documents, script) });
  await eventually(`${machine.id} has booted`, () => world.guests.consoleLog(machine.id).includes('Cloud-init finished'));
  return world.guests.consoleLog(machine.id);
}

const bootControl = (): Promise<string> => boot(control, initDocuments(), 'kubeadm init --config "$C"; echo "init exits $?"');

/** The pin of the control plane's CA, as `kubeadm join` wants it. */
function caPin(): string {
  const { publicKey } = new X509Certificate(readFileSync(world.rootPath('control', 'etc/kubernetes/pki/ca.crt')));
  return `sha256:${createHash('sha256').update(publicKey.export({ type: 'spki', format: 'der' })).digest('hex')}`;
}

interface Node {
  metadata: { name: string; labels: Record<string, string> };
  spec: { taints?: { key: string }[]; providerID?: string };
}

/** Asks the cluster with the administrator's kubeconfig that kubeadm left on the control plane. */
async function nodes(): Promise<Node[]> {
  const config = parse(readFileSync(world.rootPath('control', 'etc/kubernetes/admin.conf'), 'utf8')) as { users: { user: Record<string, string> }[]; clusters: { cluster: Record<string, string> }[] };
  const decode = (text: string | undefined): Buffer => Buffer.from(text ?? '', 'base64');
  const { user } = config.users[0] ?? { user: {} };
  const target = world.context.addresses.resolve('10.0.0.5', 6443);
  if (!target) throw new Error('the API server does not listen');
  const text = await new Promise<string>((resolve, reject) => {
    const call = request(
      { ...target, path: '/api/v1/nodes', cert: decode(user['client-certificate-data']), key: decode(user['client-key-data']), ca: decode(config.clusters[0]?.cluster['certificate-authority-data']), checkServerIdentity: () => undefined, agent: false },
      (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
        response.on('end', () => {
          resolve(body);
        });
      },
    );
    call.on('error', reject).end();
  });
  return (JSON.parse(text) as { items: Node[] }).items;
}

const nodeNames = async (): Promise<string[]> => (await nodes()).map(({ metadata }) => metadata.name).sort();

describe('kubeadm init', () => {
  it('makes a control plane that answers and a node in it', async () => {
    const console = await bootControl();
    expect(console).toContain('init exits 0');
    expect(existsSync(world.rootPath('control', 'etc/kubernetes/admin.conf'))).toBe(true);
    expect(await nodeNames()).toEqual(['control']);
  });
});

const joinDocument = (changes: Record<string, unknown> = {}): Record<string, unknown> => ({
  apiVersion: api,
  kind: 'JoinConfiguration',
  nodeRegistration: { name: 'worker', kubeletExtraArgs: [{ name: 'node-labels', value: 'role=worker,node.kubernetes.io/pool=a' }, { name: 'provider-id', value: 'openstack:///worker' }], taints: [{ key: 'only', value: 'me', effect: 'NoSchedule' }] },
  discovery: { bootstrapToken: { token, apiServerEndpoint: endpoint, caCertHashes: [caPin()] } },
  timeouts: { discovery: '1s' },
  ...changes,
});
const bootWorker = (document: Record<string, unknown>): Promise<string> => boot(worker, [document], 'kubeadm join --config "$C"; echo "join exits $?"');

describe('kubeadm join', () => {
  beforeEach(bootControl);

  it('registers the node with the labels, taints and provider id of its configuration', async () => {
    expect(await bootWorker(joinDocument())).toContain('join exits 0');
    const node = (await nodes()).find(({ metadata }) => metadata.name === 'worker');
    expect(node?.metadata.labels).toMatchObject({ role: 'worker', 'node.kubernetes.io/pool': 'a' });
    expect(node?.spec.taints).toContainEqual({ key: 'only', value: 'me', effect: 'NoSchedule' });
    expect(node?.spec.providerID).toBe('openstack:///worker');
    expect(existsSync(world.rootPath('worker', 'etc/kubernetes/bootstrap-kubelet.conf'))).toBe(false);
  });

  it.each([
    { when: 'the token is unknown', change: { token: 'aaaaaa.0123456789abcdef' }, says: /token/u },
    { when: 'the secret of the token is wrong', change: { token: 'abcdef.aaaaaaaaaaaaaaaa' }, says: /token/u },
    { when: 'the CA is not the pinned one', change: { caCertHashes: [`sha256:${'0'.repeat(64)}`] }, says: /none of the public keys .* are pinned/u },
    { when: 'nobody answers at the endpoint', change: { apiServerEndpoint: '10.0.0.9:6443' }, says: /10\.0\.0\.9:6443: connect: connection refused/u },
    { when: 'the token is malformed', change: { token: 'nonsense' }, says: /discovery\.bootstrapToken\.token/u },
  ])('fails and says why when $when', async ({ change, says }) => {
    const discovery = { bootstrapToken: { token, apiServerEndpoint: endpoint, caCertHashes: [caPin()], ...change } };
    const console = await bootWorker(joinDocument({ discovery }));
    expect(console).toMatch(/join exits [123]/u);
    expect(console).toMatch(says);
    expect(await nodeNames()).toEqual(['control']);
  });

  it('forgets its cluster by a reset, while the cluster keeps the node', async () => {
    await boot(worker, [joinDocument()], 'kubeadm join --config "$C" && systemctl stop kubelet && kubeadm reset -f; echo "reset exits $?"');
    expect(world.guests.consoleLog('worker')).toContain('reset exits 0');
    expect(existsSync(world.rootPath('worker', 'etc/kubernetes/kubelet.conf'))).toBe(false);
    expect(await nodeNames()).toEqual(['control', 'worker']);
  });

  it('fails without network', async () => {
    world.faults.add({ serverName: '^worker$', fault: 'no-network' });
    const console = await bootWorker(joinDocument());
    expect(console).toMatch(/no route to host/u);
    expect(console).toMatch(/join exits 1/u);
  });
});

describe('kubeadm join as a control plane', () => {
  beforeEach(bootControl);
  const document = (): Record<string, unknown> => joinDocument({ nodeRegistration: { name: 'second' }, controlPlane: { localAPIEndpoint: { advertiseAddress: '10.0.0.7', bindPort: 6443 } } });
  const join = 'kubeadm join --config "$C"; echo "join exits $?"';

  it('brings up one more API server and etcd member of the same cluster', async () => {
    const copy = `cp -r '${world.rootPath('control', 'etc/kubernetes/pki')}' "$NODE_ROOT/etc/kubernetes/" && cd "$NODE_ROOT/etc/kubernetes/pki" && rm apiserver* front-proxy-client* etcd/[!c]*;`;
    expect(await boot(second, [document()], `${copy} ${join}`)).toContain('join exits 0');
    expect(await nodeNames()).toEqual(['control', 'second']);
    expect(world.context.addresses.resolve('10.0.0.7', 6443)).toBeDefined();
    const taints = (await nodes()).find(({ metadata }) => metadata.name === 'second')?.spec.taints;
    expect(taints?.map(({ key }) => key)).toContain('node-role.kubernetes.io/control-plane');
  });

  it('refuses to make certificates of its own', async () => {
    const console = await boot(second, [document()], join);
    expect(console).toContain("couldn't load the file(s) /etc/kubernetes/pki/ca.crt");
    expect(console).toContain('join exits 1');
  });
});

describe('a configuration that kubeadm refuses', () => {
  const [init, cluster] = initDocuments() as [Record<string, unknown>, Record<string, unknown>];
  it.each([
    { when: 'an unknown kind', documents: [{ ...init, kind: 'BeginConfiguration' }], says: 'no kind "BeginConfiguration" is registered' },
    { when: 'an unknown field', documents: [{ ...init, nodeRegistraton: {} }], says: 'unknown field "nodeRegistraton"' },
    { when: 'an unknown version', documents: [{ ...init, apiVersion: 'kubeadm.k8s.io/v1beta9' }], says: 'unsupported API spec: "kubeadm.k8s.io/v1beta9"' },
    { when: 'a wrong type', documents: [init, { ...cluster, networking: 'flat' }], says: 'networking: Invalid input' },
    { when: 'arguments of v1beta3 in v1beta4', documents: [{ ...init, nodeRegistration: { kubeletExtraArgs: { v: '2' } } }], says: 'nodeRegistration.kubeletExtraArgs' },
    { when: 'another version than the image', documents: [init, { ...cluster, kubernetesVersion: 'v1.33.1' }], says: 'the configuration asks for v1.33.1' },
    { when: 'a node name with capitals', documents: [{ ...init, nodeRegistration: { name: 'Control' } }, cluster], says: 'nodeRegistration.name: Invalid value: "Control"' },
    { when: 'a label that a kubelet may not set', documents: [{ ...init, nodeRegistration: { name: 'control', kubeletExtraArgs: [{ name: 'node-labels', value: 'node-role.kubernetes.io/worker=' }] } }, cluster], says: "unknown 'kubernetes.io' or 'k8s.io' labels" },
  ])('$when: exits with an error that names it', async ({ documents, says }) => {
    world.guests.start({ ...control, userData: userData(documents, 'kubeadm init --config "$C"; echo "init exits $?"') });
    await eventually('kubeadm has complained', () => world.guests.consoleLog('control').includes(says));
    expect(world.guests.consoleLog('control')).not.toContain('init exits 0');
  });

  it('a CA key that does not belong to its certificate', async () => {
    const script = 'kubeadm init phase certs ca --config "$C" && kubeadm init phase certs front-proxy-ca --config "$C" && cd "$NODE_ROOT/etc/kubernetes/pki" && cp front-proxy-ca.key ca.key && kubeadm init --config "$C"; echo "init exits $?"';
    const console = await boot(control, initDocuments(), script);
    expect(console).toContain('the key does not match the certificate /etc/kubernetes/pki/ca.crt');
    expect(console).toContain('init exits 1');
  });

  it('an etcd data folder that is not empty', async () => {
    const console = await boot(control, initDocuments(), 'mkdir -p "$NODE_ROOT/var/lib/etcd"; : > "$NODE_ROOT/var/lib/etcd/member"; kubeadm init --config "$C"; echo "init exits $?"');
    expect(console).toContain('[ERROR DirAvailable--var-lib-etcd]: /var/lib/etcd is not empty');
    expect(console).toContain('init exits 2');
  });
});

describe('a cluster of machines', () => {
  it('comes back after a stop of its machines and after a restart of the simulator', async () => {
    await bootControl();
    await bootWorker(joinDocument());
    await world.guests.stop('control');
    expect(world.context.addresses.resolve('10.0.0.5', 6443)).toBeUndefined();
    world.guests.start(control);
    await eventually('the API answers again', () => world.context.addresses.resolve('10.0.0.5', 6443) !== undefined);
    expect(await nodeNames()).toEqual(['control', 'worker']);

    await world.close();
    world = createGuestWorld(dataDir, [control, second, worker]);
    world.guests.start(control);
    world.guests.start(worker);
    await eventually('the API answers after the restart', () => world.context.addresses.resolve('10.0.0.5', 6443) !== undefined);
    expect(await nodeNames()).toEqual(['control', 'worker']);
  });
});
