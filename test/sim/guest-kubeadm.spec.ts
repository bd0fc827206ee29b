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
const worker = server({ id: 'worker', name: 'worker', addresses: ['10.0.0.6'] });

let dataDir: string;
let world: GuestWorld;

beforeEach(() => {
  dataDir = newDataDir();
  world = createGuestWorld(dataDir, [control, worker]);
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
