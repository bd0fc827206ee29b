import { parse, stringify } from 'yaml';
import { writeWhole } from '../files.js';
import { certificatePhase, checkSharedCertificates } from './certificate-phases.js';
import { ApiUnreachableError } from './cluster-api.js';
import { expectSuccess, markControlPlane } from './cluster-objects.js';
import { discoverCluster, pause } from './discovery.js';
import { KubeadmError, parseKubeadmDocuments, type KubeadmDocument } from './documents.js';
import { documentsFile, imageVersion, ownAddress, type GuestContext } from './guest-context.js';
import { apiOf, initPhases, type InitJob } from './init.js';
import { kubeconfigPhase, kubeconfigText, readKubeconfig } from './kubeconfig-files.js';
import { controlPlaneTaint, startKubeletService } from './kubelet-start.js';
import { writeControlPlaneManifests, writeEtcdManifest } from './manifests.js';
import { checkNodeName, preflightControlPlaneJoin, preflightJoin } from './preflight.js';
import { clusterSettings, type JoinSettings } from './settings.js';

/** kubeadm's time-out for the TLS bootstrap of the kubelet. */
const TLS_BOOTSTRAP_MS = 300_000;
const POLL_MS = 100;

interface JoinJob {
  guest: GuestContext;
  settings: JoinSettings;
  documents: KubeadmDocument[];
  nodeName: string;
  ignoredErrors: string[];
  print: (line: string) => void;
}

/** `kubeadm join`, as a worker or, with a `controlPlane` section, as one more control-plane node. */
export async function runJoin(job: JoinJob): Promise<void> {
  const { guest, settings, nodeName, print } = job;
  checkNodeName(nodeName);
  preflightJoin(guest, settings.controlPlane?.bindPort, job.ignoredErrors);
  print('[preflight] Reading configuration from the cluster...');
  const discovered = await discoverCluster(guest.root, settings, (access) => apiOf(guest, access), guest.signal);
  const cluster = await readClusterObjects(job, discovered);
  await refuseTakenName(job, discovered);
  if (settings.controlPlane) await prepareControlPlane(job, cluster.documents);
  else guest.root.write('/etc/kubernetes/pki/ca.crt', discovered.caPem);
  const bootstrap = { server: discovered.server, caPem: discovered.caPem, token: settings.tlsToken };
  guest.root.write('/etc/kubernetes/bootstrap-kubelet.conf', kubeconfigText(bootstrap, { user: 'tls-bootstrap-token-user', clusterName: cluster.name }), { mode: 0o600 });
  print('[kubelet-start] Starting the kubelet');
  const node = { ...settings.node, taints: settings.node.taints ?? (settings.controlPlane ? [controlPlaneTaint] : []) };
  await startKubeletService(guest, node, nodeName, cluster.kubeletConfig);
  await waitForKubelet(guest);
  if (settings.controlPlane) await hostControlPlane(job, cluster.documents);
  guest.root.remove('/etc/kubernetes/bootstrap-kubelet.conf');
  print('This node has joined the cluster.');
}

interface ClusterObjects {
  name: string;
  kubeletConfig: string;
  /** The cluster's ClusterConfiguration with this node's registration. */
  documents: KubeadmDocument[];
}

/** What the bootstrap token may read; a token that the API server does not know ends here. */
async function readClusterObjects(job: JoinJob, { server, caPem }: { server: string; caPem: string }): Promise<ClusterObjects> {
  const { guest, settings } = job;
  const api = apiOf(guest, { server, caPem, token: settings.tlsToken });
  const read = async (name: string, key: string): Promise<string> => {
    const answer = await api.get<{ data?: Record<string, string>; message?: string }>(`/api/v1/namespaces/kube-system/configmaps/${name}`);
    if (answer.status === 401) throw new KubeadmError(`error execution phase preflight: unable to fetch the ${name} ConfigMap: Unauthorized: the bootstrap token is not known to the cluster or has expired`);
    expectSuccess(answer, `fetch the ${name} ConfigMap`);
    const text = answer.body.data?.[key];
    if (text === undefined) throw new KubeadmError(`the ConfigMap ${name} has no key ${key}`);
    return text;
  };
  const { text: version, minor } = imageVersion(guest);
  const clusterText = await read('kubeadm-config', 'ClusterConfiguration');
  const documents = parseKubeadmDocuments(clusterText, 'ConfigMap kubeadm-config', Math.max(minor, 31));
  const name = clusterSettings(documents, version).clusterName;
  checkSkew(version, clusterSettings(documents, version).kubernetesVersion, settings.controlPlane !== undefined);
  return { name, kubeletConfig: stringify({ ...(parse(await read('kubelet-config', 'kubelet')) as object) }), documents };
}

/** kubeadm joins nodes of its own minor or one above the cluster's; a control plane must be equal. */
function checkSkew(image: string, cluster: string, isControlPlane: boolean): void {
  const minorOf = (version: string): number => Number(/^v1\.(\d+)\./u.exec(version)?.[1]);
  const behind = minorOf(cluster) - minorOf(image);
  if (behind < 0 || behind > 3 || (isControlPlane && image !== cluster)) throw new KubeadmError(`this version of kubeadm (${image}) cannot join a cluster of version ${cluster}`);
}

async function refuseTakenName({ guest, settings, nodeName }: JoinJob, { server, caPem }: { server: string; caPem: string }): Promise<void> {
  const node = await apiOf(guest, { server, caPem, token: settings.tlsToken }).get<{ status?: { conditions?: { type: string; status: string }[] } }>(`/api/v1/nodes/${nodeName}`);
  const isReady = node.body.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;
  if (node.status === 200 && isReady) throw new KubeadmError(`error execution phase kubelet-start: a Node with name "${nodeName}" and status "Ready" already exists in the cluster. You must delete the existing Node or change the name of this new joining Node`);
}

async function waitForKubelet(guest: GuestContext): Promise<void> {
  const deadline = Date.now() + TLS_BOOTSTRAP_MS;
  while (!guest.root.exists('/etc/kubernetes/kubelet.conf')) {
    if (Date.now() > deadline) throw new KubeadmError('error execution phase kubelet-start: timed out waiting for the kubelet to perform the TLS Bootstrap');
    await pause(POLL_MS, guest.signal);
  }
}

function initJobOf(job: JoinJob, documents: KubeadmDocument[]): InitJob {
  const { guest, settings, nodeName, print } = job;
  const cluster = clusterSettings(documents, imageVersion(guest).text);
  const { advertiseAddress, bindPort = 6443 } = settings.controlPlane ?? {};
  return { guest, nodeName, print, documents, ignoredErrors: job.ignoredErrors, settings: { node: settings.node, cluster, advertiseAddress, bindPort, tokens: [], skipPhases: [] } };
}

async function prepareControlPlane(job: JoinJob, documents: KubeadmDocument[]): Promise<void> {
  const init = initJobOf(job, documents);
  if (init.settings.cluster.controlPlaneEndpoint === '') throw new KubeadmError('unable to add a new control plane instance to a cluster that doesn\'t have a stable controlPlaneEndpoint address');
  preflightControlPlaneJoin(job.guest, init.settings.cluster, job.ignoredErrors);
  checkSharedCertificates(job.guest.root, init.settings.cluster.certificatesDir);
  await certificatePhase(init, 'all');
  for (const name of ['admin', 'controller-manager', 'scheduler']) await kubeconfigPhase(init, name);
  writeControlPlaneManifests(job.guest, init.settings, 'controller-manager');
  writeControlPlaneManifests(job.guest, init.settings, 'scheduler');
}

/** etcd joins as another member, then this node's API server starts on top of it. */
async function hostControlPlane(job: JoinJob, documents: KubeadmDocument[]): Promise<void> {
  const init = initJobOf(job, documents);
  const { guest, nodeName } = job;
  writeWhole(documentsFile(guest.machineDir), JSON.stringify([...documents, ...job.documents]));
  if (init.settings.cluster.etcd !== 'external') writeEtcdManifest(guest, init.settings, nodeName, { initialCluster: `${nodeName}=https://${init.settings.advertiseAddress ?? ownAddress(guest)}:2380` });
  writeControlPlaneManifests(guest, init.settings, 'apiserver');
  const wait = initPhases.find(({ name }) => name === 'wait-control-plane');
  await wait?.run(init, 'all');
  const api = apiOf(guest, readKubeconfig(guest.root, '/etc/kubernetes/admin.conf'));
  try {
    await markControlPlane(api, nodeName, job.settings.node.taints);
  } catch (error) {
    if (error instanceof ApiUnreachableError) throw new KubeadmError(`error execution phase control-plane-join/mark-control-plane: ${error.message}`);
    throw error;
  }
}
