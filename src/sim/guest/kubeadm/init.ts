import { writeWhole } from '../files.js';
import { certificatePhase, type CertificateJob } from './certificate-phases.js';
import { ApiUnreachableError, ClusterApi } from './cluster-api.js';
import { bootstrapTokenPhase, markControlPlane, uploadConfig } from './cluster-objects.js';
import { pause } from './discovery.js';
import { KubeadmError, type KubeadmDocument } from './documents.js';
import { documentsFile, ownAddress, type GuestContext } from './guest-context.js';
import { kubeconfigPhase, readKubeconfig, type ClusterAccess } from './kubeconfig-files.js';
import { controlPlaneTaint, kubeletConfigText, startKubeletService } from './kubelet-start.js';
import { writeControlPlaneManifests, writeEtcdManifest } from './manifests.js';
import { preflightInit } from './preflight.js';
import { apiEndpoint } from './settings.js';

export interface InitJob extends CertificateJob {
  documents: KubeadmDocument[];
  ignoredErrors: string[];
}

interface Phase {
  name: string;
  /** `sub` is the sub-phase, `all` when the phase runs as a whole. */
  run: (job: InitJob, sub: string) => Promise<void> | void;
  subPhases?: string[];
}

/** kubeadm waits so long for the API server (controlPlaneComponentHealthCheck). */
const CONTROL_PLANE_MS = 240_000;
const NODE_MS = 40_000;
const POLL_MS = 100;

/** The phases of `kubeadm init` in their order; `init phase` runs one of them alone. */
export const initPhases: Phase[] = [
  { name: 'preflight', run: ({ guest, settings, ignoredErrors }) => { preflightInit(guest, settings.cluster, settings.bindPort, ignoredErrors); } },
  { name: 'certs', run: certificatePhase, subPhases: ['ca', 'apiserver', 'apiserver-kubelet-client', 'front-proxy-ca', 'front-proxy-client', 'etcd-ca', 'etcd-server', 'etcd-peer', 'etcd-healthcheck-client', 'apiserver-etcd-client', 'sa'] },
  { name: 'kubeconfig', run: kubeconfigPhase, subPhases: ['admin', 'super-admin', 'kubelet', 'controller-manager', 'scheduler'] },
  { name: 'etcd', run: ({ guest, settings, nodeName, print }) => {
    if (settings.cluster.etcd === 'external') return;
    writeEtcdManifest(guest, settings, nodeName);
    print('[etcd] Creating static Pod manifest for local etcd in "/etc/kubernetes/manifests"');
  }, subPhases: ['local'] },
  { name: 'control-plane', run: (job, sub) => {
    rememberDocuments(job);
    writeControlPlaneManifests(job.guest, job.settings, sub);
    job.print('[control-plane] Using manifest folder "/etc/kubernetes/manifests"');
  }, subPhases: ['apiserver', 'controller-manager', 'scheduler'] },
  { name: 'kubelet-start', run: async (job) => {
    const { guest, settings, nodeName, documents } = job;
    rememberDocuments(job);
    const node = { ...settings.node, taints: settings.node.taints ?? [controlPlaneTaint] };
    await startKubeletService(guest, node, nodeName, kubeletConfigText(documents, settings.cluster));
    job.print('[kubelet-start] Starting the kubelet');
  } },
  { name: 'wait-control-plane', run: waitForControlPlane },
  { name: 'upload-config', run: async (job) => uploadConfig(adminApi(job), job.settings, job.documents), subPhases: ['kubeadm', 'kubelet'] },
  { name: 'upload-certs', run: ({ print }) => { print('[upload-certs] Skipping phase. Please see --upload-certs'); } },
  { name: 'mark-control-plane', run: async (job) => {
    await waitForNode(job);
    await markControlPlane(adminApi(job), job.nodeName, job.settings.node.taints);
  } },
  { name: 'bootstrap-token', run: async (job) => bootstrapTokenPhase(adminApi(job), job.settings) },
  { name: 'kubelet-finalize', run: () => undefined, subPhases: ['experimental-cert-rotation', 'enable-client-cert-rotation'] },
  // The simulated API server installs both with its first start, unless the documents skip them.
  { name: 'addon', run: ({ print }, sub) => { print(`[addons] Applied essential addons: ${sub}`); }, subPhases: ['coredns', 'kube-proxy'] },
  { name: 'show-join-command', run: ({ print }) => { print('Your Kubernetes control-plane has initialized successfully!'); } },
];

/** The whole of `kubeadm init`. A phase may be skipped with its name or, for one sub-phase, `addon/coredns`. */
export async function runInit(job: InitJob, skip: string[]): Promise<void> {
  const unknown = skip.find((name) => !initPhases.some((phase) => phase.name === name || (phase.subPhases ?? []).some((sub) => `${phase.name}/${sub}` === name)));
  if (unknown !== undefined) throw new KubeadmError(`invalid phase name: ${unknown}`);
  job.documents = withSkippedPhases(job.documents, skip);
  job.print(`[init] Using Kubernetes version: ${job.settings.cluster.kubernetesVersion}`);
  for (const phase of initPhases) {
    if (skip.includes(phase.name)) continue;
    if (job.guest.signal.aborted) throw new KubeadmError('interrupted');
    const skipped = (phase.subPhases ?? []).filter((sub) => skip.includes(`${phase.name}/${sub}`));
    if (skipped.length === 0) await phase.run(job, 'all');
    else for (const sub of (phase.subPhases ?? []).filter((each) => !skipped.includes(each))) await phase.run(job, sub);
  }
}

/** `kubeadm init phase NAME [SUB]`. */
export async function runInitPhase(job: InitJob, name: string, sub: string | undefined): Promise<void> {
  const phase = initPhases.find((each) => each.name === name);
  if (!phase) throw new KubeadmError(`unknown command "${name}" for "kubeadm init phase"`);
  const subPhase = sub ?? 'all';
  if (phase.subPhases && sub === undefined) throw new KubeadmError(`invalid subcommand: "kubeadm init phase ${name}" needs one of: all, ${phase.subPhases.join(', ')}`);
  if (subPhase !== 'all' && !phase.subPhases?.includes(subPhase)) throw new KubeadmError(`unknown command "${subPhase}" for "kubeadm init phase ${name}"`);
  await phase.run(job, subPhase);
}

/** Phases skipped on the command line count like those of the file, for whoever reads the documents later. */
function withSkippedPhases(documents: KubeadmDocument[], skip: string[]): KubeadmDocument[] {
  return documents.map((document) => (document.kind === 'InitConfiguration' ? { ...document, skipPhases: skip } : document));
}

function rememberDocuments({ guest, documents }: InitJob): void {
  writeWhole(documentsFile(guest.machineDir), JSON.stringify(documents));
}

const adminAccess = ({ guest }: InitJob): ClusterAccess => {
  if (!guest.root.exists('/etc/kubernetes/admin.conf')) throw new KubeadmError('failed to load admin kubeconfig: open /etc/kubernetes/admin.conf: no such file or directory');
  return readKubeconfig(guest.root, '/etc/kubernetes/admin.conf');
};

export function apiOf(guest: GuestContext, access: ClusterAccess): ClusterApi {
  const { addresses } = guest.context;
  return new ClusterApi(access, { addresses, serverId: guest.server.id, ownAddress: ownAddress(guest), hasNetwork: guest.hasNetwork, signal: guest.signal });
}

const adminApi = (job: InitJob): ClusterApi => apiOf(job.guest, adminAccess(job));

async function waitForControlPlane(job: InitJob): Promise<void> {
  const { guest, settings } = job;
  const local = `https://${settings.advertiseAddress ?? ownAddress(guest)}:${settings.bindPort}`;
  job.print(`[wait-control-plane] Waiting for a healthy API server at ${local}/livez`);
  const api = apiOf(guest, { ...adminAccess(job), server: local });
  await until(job, CONTROL_PLANE_MS, 'wait-control-plane: could not initialize a Kubernetes cluster: the API server did not become healthy', async () => (await api.get('/livez')).status === 200);
  const endpoint = `https://${apiEndpoint(settings, ownAddress(guest))}`;
  await until(job, CONTROL_PLANE_MS, `wait-control-plane: the control plane endpoint ${endpoint} cannot be reached`, async () => (await adminApi(job).get('/livez')).status === 200);
}

async function waitForNode(job: InitJob): Promise<void> {
  await until(job, NODE_MS, `mark-control-plane: node ${job.nodeName} did not register`, async () => (await adminApi(job).get(`/api/v1/nodes/${job.nodeName}`)).status === 200);
}

async function until({ guest }: InitJob, milliseconds: number, otherwise: string, holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + milliseconds;
  let reason = '';
  for (;;) {
    try {
      if (await holds()) return;
    } catch (error) {
      if (!(error instanceof ApiUnreachableError)) throw error;
      reason = `: ${error.message}`;
    }
    if (Date.now() > deadline) throw new KubeadmError(`error execution phase ${otherwise}${reason}`);
    await pause(POLL_MS, guest.signal);
  }
}
