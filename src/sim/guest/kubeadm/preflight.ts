import { readdirSync } from 'node:fs';
import { KubeadmError } from './documents.js';
import { imageVersion, type GuestContext } from './guest-context.js';
import type { ClusterSettings } from './settings.js';

interface Finding {
  /** kubeadm's name of the check, which `--ignore-preflight-errors` takes. */
  check: string;
  message: string;
}

const manifests = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'etcd'];

const folderIsFull = ({ root }: GuestContext, path: string): boolean => root.exists(path) && readdirSync(root.hostPath(path)).some((entry) => entry !== 'lost+found');

const existing = (guest: GuestContext, paths: string[]): Finding[] =>
  paths.filter((path) => guest.root.exists(path)).map((path) => ({ check: `FileAvailable-${path.replaceAll('/', '-')}`, message: `${path} already exists` }));

/** Ports that the machine's own API server and kubelet hold. */
function portFindings(guest: GuestContext, bindPort: number | undefined): Finding[] {
  const [address = ''] = guest.server.addresses;
  const isServed = bindPort !== undefined && guest.context.addresses.resolve(address, bindPort, guest.server.id) !== undefined;
  const taken = [...(isServed ? [bindPort] : []), ...(guest.services.stateOf('kubelet.service').active === 'active' ? [10_250] : [])];
  return taken.map((port) => ({ check: `Port-${port}`, message: `Port ${port} is in use` }));
}

/** What must not be there where a control plane is to be. */
const controlPlaneFindings = (guest: GuestContext, cluster: ClusterSettings): Finding[] => [
  ...existing(guest, manifests.map((name) => `/etc/kubernetes/manifests/${name}.yaml`)),
  ...etcdFindings(guest, cluster),
];

/** The checks of `kubeadm init`; throws a KubeadmError with all fatal findings. */
export function preflightInit(guest: GuestContext, cluster: ClusterSettings, bindPort: number, ignored: string[]): void {
  raise(ignored, [...versionFindings(guest, cluster.kubernetesVersion), ...portFindings(guest, bindPort), ...controlPlaneFindings(guest, cluster)]);
}

/** The checks of `kubeadm join` before it has talked to anybody. */
export function preflightJoin(guest: GuestContext, controlPlanePort: number | undefined, ignored: string[]): void {
  const files = ['/etc/kubernetes/kubelet.conf', '/etc/kubernetes/bootstrap-kubelet.conf', ...(controlPlanePort === undefined ? ['/etc/kubernetes/pki/ca.crt'] : [])];
  raise(ignored, [...portFindings(guest, controlPlanePort), ...existing(guest, files)]);
}

/** The further checks of a join as control plane, for which the cluster's configuration must be known. */
export function preflightControlPlaneJoin(guest: GuestContext, cluster: ClusterSettings, ignored: string[]): void {
  raise(ignored, controlPlaneFindings(guest, cluster));
}

function etcdFindings(guest: GuestContext, { etcd }: ClusterSettings): Finding[] {
  if (etcd === 'external' || !folderIsFull(guest, etcd.dataDir)) return [];
  return [{ check: `DirAvailable-${etcd.dataDir.replaceAll('/', '-')}`, message: `${etcd.dataDir} is not empty` }];
}

/** kubeadm installs its own minor or the one before; images of ours carry exactly one version. */
function versionFindings(guest: GuestContext, wanted: string): Finding[] {
  const { text } = imageVersion(guest);
  return wanted === text ? [] : [{ check: 'KubernetesVersion', message: `this version of kubeadm is ${text} and its image holds the components of that version; the configuration asks for ${wanted}` }];
}

function raise(ignored: string[], findings: Finding[]): void {
  const names = ignored.map((name) => name.toLowerCase());
  const fatal = findings.filter(({ check }) => !names.includes('all') && !names.includes(check.toLowerCase()));
  if (fatal.length === 0) return;
  throw new KubeadmError(
    `error execution phase preflight: [preflight] Some fatal errors occurred:\n${fatal.map(({ check, message }) => `\t[ERROR ${check}]: ${message}\n`).join('')}[preflight] If you know what you are doing, you can make a check non-fatal with \`--ignore-preflight-errors=...\``,
    2,
  );
}

/** RFC 1123: what a Kubernetes object may be called. */
export function checkNodeName(name: string): void {
  if (name.length > 253 || !/^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/u.test(name))
    throw new KubeadmError(`nodeRegistration.name: Invalid value: "${name}": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.'`, 3);
}
