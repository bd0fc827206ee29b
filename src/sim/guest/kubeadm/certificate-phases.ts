import { generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import type { ScratchRoot } from '../scratch-root.js';
import { checkPrivateKey, issue, makeAuthority, parseCertificate, publicKeyPem, readAuthority, type LeafRequest } from './certificates.js';
import { KubeadmError } from './documents.js';
import { ownAddress, type GuestContext } from './guest-context.js';
import type { InitSettings } from './settings.js';

export interface CertificateJob {
  guest: GuestContext;
  settings: InitSettings;
  nodeName: string;
  /** What kubeadm would print. */
  print: (line: string) => void;
}

interface LeafPlan {
  /** kubeadm's name of the phase. */
  phase: string;
  file: string;
  authority: string;
  request: LeafRequest;
}

const authorities: Record<string, { phase: string; commonName: string }> = {
  ca: { phase: 'ca', commonName: 'kubernetes' },
  'front-proxy-ca': { phase: 'front-proxy-ca', commonName: 'front-proxy-ca' },
  'etcd/ca': { phase: 'etcd-ca', commonName: 'etcd-ca' },
};

/** First usable address of a subnet: the `kubernetes` service. */
function firstServiceAddress(subnet: string): string {
  const [network = ''] = subnet.split('/');
  const octets = network.split('.').map(Number);
  return [...octets.slice(0, 3), (octets[3] ?? 0) + 1].join('.');
}

function leaves({ guest, settings, nodeName }: CertificateJob): LeafPlan[] {
  const { cluster } = settings;
  const address = settings.advertiseAddress ?? ownAddress(guest);
  const endpointHost = cluster.controlPlaneEndpoint.replace(/:\d+$/u, '');
  const apiNames = [
    nodeName, 'kubernetes', 'kubernetes.default', 'kubernetes.default.svc', `kubernetes.default.svc.${cluster.dnsDomain}`, firstServiceAddress(cluster.serviceSubnet.split(',')[0] ?? ''), address,
    ...(endpointHost === '' ? [] : [endpointHost]), ...cluster.certificateNames,
  ];
  const etcd = cluster.etcd === 'external' ? { serverNames: [], peerNames: [] } : cluster.etcd;
  const etcdNames = [nodeName, 'localhost', '127.0.0.1', '::1', address];
  const mastersGroup = 'kubeadm:cluster-admins';
  const plans: LeafPlan[] = [
    { phase: 'apiserver', file: 'apiserver', authority: 'ca', request: { commonName: 'kube-apiserver', names: apiNames, usages: ['server'] } },
    { phase: 'apiserver-kubelet-client', file: 'apiserver-kubelet-client', authority: 'ca', request: { commonName: 'kube-apiserver-kubelet-client', organizations: [mastersGroup], usages: ['client'] } },
    { phase: 'front-proxy-client', file: 'front-proxy-client', authority: 'front-proxy-ca', request: { commonName: 'front-proxy-client', usages: ['client'] } },
    { phase: 'etcd-server', file: 'etcd/server', authority: 'etcd/ca', request: { commonName: nodeName, names: [...etcdNames, ...etcd.serverNames], usages: ['server', 'client'] } },
    { phase: 'etcd-peer', file: 'etcd/peer', authority: 'etcd/ca', request: { commonName: nodeName, names: [...etcdNames, ...etcd.peerNames], usages: ['server', 'client'] } },
    { phase: 'etcd-healthcheck-client', file: 'etcd/healthcheck-client', authority: 'etcd/ca', request: { commonName: 'kube-etcd-healthcheck-client', usages: ['client'] } },
    { phase: 'apiserver-etcd-client', file: 'apiserver-etcd-client', authority: 'etcd/ca', request: { commonName: 'kube-apiserver-etcd-client', usages: ['client'] } },
  ];
  return plans.filter(({ authority }) => cluster.etcd !== 'external' || authority !== 'etcd/ca');
}

/** `init phase certs <name>`; `all` makes what is missing in kubeadm's order and checks what is there. */
export async function certificatePhase(job: CertificateJob, name: string): Promise<void> {
  const plans = leaves(job);
  const wanted = (phase: string): boolean => name === 'all' || name === phase;
  let known = false;
  for (const [file, { phase, commonName }] of Object.entries(authorities)) {
    if (!wanted(phase) || (file === 'etcd/ca' && job.settings.cluster.etcd === 'external')) continue;
    known = true;
    await ensureAuthority(job, file, commonName);
  }
  for (const plan of plans.filter(({ phase }) => wanted(phase))) {
    known = true;
    await ensureLeaf(job, plan);
  }
  if (wanted('sa')) {
    known = true;
    await ensureServiceAccountKey(job);
  }
  if (!known) throw new KubeadmError(`unknown phase "certs ${name}"`);
}

/** What a joining control-plane node must have been given: the shared keys, without which it would make a cluster of its own. */
export function checkSharedCertificates(root: ScratchRoot, certificatesDir: string): void {
  const missing = ['ca.crt', 'ca.key', 'sa.key', 'sa.pub', 'front-proxy-ca.crt', 'front-proxy-ca.key', 'etcd/ca.crt', 'etcd/ca.key'].filter((file) => !root.exists(`${certificatesDir}/${file}`));
  if (missing.length > 0) throw new KubeadmError(`One or more conditions for hosting a new control plane instance is not satisfied: failure loading certificate: couldn't load the file(s) ${missing.map((file) => `${certificatesDir}/${file}`).join(', ')}`);
}

async function ensureAuthority({ guest, settings, print }: CertificateJob, file: string, commonName: string): Promise<void> {
  const path = `${settings.cluster.certificatesDir}/${file}`;
  if (readAuthority(guest.root, path)) {
    print(`[certs] Using existing ${file} certificate authority`);
    return;
  }
  const { certificatePem, keyPem } = await makeAuthority(commonName);
  guest.root.write(`${path}.crt`, certificatePem);
  guest.root.write(`${path}.key`, keyPem, { mode: 0o600 });
  print(`[certs] Generating "${file}" certificate and key`);
}

async function ensureLeaf({ guest, settings, print }: CertificateJob, { file, authority, request }: LeafPlan): Promise<void> {
  const { root } = guest;
  const folder = settings.cluster.certificatesDir;
  const signer = readAuthority(root, `${folder}/${authority}`);
  if (!signer) throw new KubeadmError(`couldn't load CA certificate ${authority}: open ${folder}/${authority}.crt: no such file or directory`);
  const existing = root.readIfPresent(`${folder}/${file}.crt`);
  if (existing !== undefined) {
    const certificate = parseCertificate(existing, `${folder}/${file}.crt`);
    if (!certificate.verify(parseCertificate(signer.certificatePem, `${folder}/${authority}.crt`).publicKey)) throw new KubeadmError(`couldn't validate ${file} certificate: ${folder}/${file}.crt is not signed by ${folder}/${authority}.crt`);
    const absent = (request.names ?? []).filter((name) => certificate.checkHost(name) === undefined && certificate.checkIP(name) === undefined);
    if (absent.length > 0) throw new KubeadmError(`couldn't validate ${file} certificate: the certificate ${folder}/${file}.crt is not valid for ${absent.join(', ')}`);
    print(`[certs] Using existing ${file} certificate and key on disk`);
    return;
  }
  const { certificatePem, keyPem } = await issue(signer, request);
  root.write(`${folder}/${file}.crt`, certificatePem);
  root.write(`${folder}/${file}.key`, keyPem, { mode: 0o600 });
  print(`[certs] Generating "${file}" certificate and key`);
}

async function ensureServiceAccountKey({ guest, settings, print }: CertificateJob): Promise<void> {
  const path = `${settings.cluster.certificatesDir}/sa`;
  const existing = guest.root.readIfPresent(`${path}.key`);
  if (existing !== undefined) {
    checkPrivateKey(existing, `${path}.key`);
    print('[certs] Using the existing "sa" key');
    if (!guest.root.exists(`${path}.pub`)) guest.root.write(`${path}.pub`, publicKeyPem(existing));
    return;
  }
  const { privateKey, publicKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
  guest.root.write(`${path}.key`, privateKey.export({ type: 'pkcs1', format: 'pem' }), { mode: 0o600 });
  guest.root.write(`${path}.pub`, publicKey.export({ type: 'spki', format: 'pem' }));
  print('[certs] Generating "sa" key and public key');
}
