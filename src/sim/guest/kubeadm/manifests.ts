import { parse, stringify } from 'yaml';
import type { ScratchRoot } from '../scratch-root.js';
import { KubeadmError } from './documents.js';
import { ownAddress, type GuestContext } from './guest-context.js';
import type { InitSettings } from './settings.js';

const FOLDER = '/etc/kubernetes/manifests';

interface PodPlan {
  name: string;
  image: string;
  command: string[];
  /** Folders of the host that the pod mounts. */
  volumes: { name: string; path: string }[];
}

/** A manifest of a static pod as the kubelet reads it from the disk. */
export interface StaticPod {
  name: string;
  image: string;
  flags: Record<string, string>;
}

export function writeEtcdManifest(guest: GuestContext, settings: InitSettings, nodeName: string, join?: { initialCluster: string }): void {
  const { cluster } = settings;
  if (cluster.etcd === 'external') throw new KubeadmError('etcd is external: there is no local etcd to write a manifest for');
  const address = settings.advertiseAddress ?? ownAddress(guest);
  const pki = `${cluster.certificatesDir}/etcd`;
  const peer = `https://${address}:2380`;
  writePod(guest.root, {
    name: 'etcd',
    image: 'registry.k8s.io/etcd:3.5.21-0',
    command: [
      'etcd', `--name=${nodeName}`, `--data-dir=${cluster.etcd.dataDir}`, `--advertise-client-urls=https://${address}:2379`, `--listen-client-urls=https://127.0.0.1:2379,https://${address}:2379`,
      `--initial-advertise-peer-urls=${peer}`, `--listen-peer-urls=${peer}`, `--initial-cluster=${join?.initialCluster ?? `${nodeName}=${peer}`}`, ...(join ? ['--initial-cluster-state=existing'] : []),
      `--cert-file=${pki}/server.crt`, `--key-file=${pki}/server.key`, `--peer-cert-file=${pki}/peer.crt`, `--peer-key-file=${pki}/peer.key`, `--trusted-ca-file=${pki}/ca.crt`, `--peer-trusted-ca-file=${pki}/ca.crt`,
      '--client-cert-auth=true', '--peer-client-cert-auth=true', ...cluster.etcd.extraArguments.map(({ name, value }) => `--${name}=${value}`),
    ],
    volumes: [{ name: 'etcd-data', path: cluster.etcd.dataDir }, { name: 'etcd-certs', path: pki }],
  });
}

const components = ['apiserver', 'controller-manager', 'scheduler'] as const;

/** `init phase control-plane <component>|all`. */
export function writeControlPlaneManifests(guest: GuestContext, settings: InitSettings, which: string): void {
  const wanted = components.filter((component) => which === 'all' || which === component);
  if (wanted.length === 0) throw new KubeadmError(`unknown phase "control-plane ${which}"`);
  const { cluster } = settings;
  const pki = cluster.certificatesDir;
  const image = (name: string): string => `registry.k8s.io/${name}:${cluster.kubernetesVersion}`;
  const commands: Record<(typeof components)[number], string[]> = {
    apiserver: [
      `--advertise-address=${settings.advertiseAddress ?? ownAddress(guest)}`, `--secure-port=${settings.bindPort}`, `--client-ca-file=${pki}/ca.crt`, `--tls-cert-file=${pki}/apiserver.crt`, `--tls-private-key-file=${pki}/apiserver.key`,
      `--service-cluster-ip-range=${cluster.serviceSubnet}`, `--service-account-signing-key-file=${pki}/sa.key`, `--service-account-key-file=${pki}/sa.pub`, '--enable-bootstrap-token-auth=true', '--authorization-mode=Node,RBAC',
      '--etcd-servers=https://127.0.0.1:2379', ...cluster.apiServerArguments.map(({ name, value }) => `--${name}=${value}`),
    ],
    'controller-manager': ['--kubeconfig=/etc/kubernetes/controller-manager.conf', `--cluster-name=${cluster.clusterName}`, `--cluster-signing-key-file=${pki}/ca.key`, ...(cluster.podSubnet === '' ? [] : [`--cluster-cidr=${cluster.podSubnet}`, '--allocate-node-cidrs=true'])],
    scheduler: ['--kubeconfig=/etc/kubernetes/scheduler.conf', '--leader-elect=true'],
  };
  for (const component of wanted)
    writePod(guest.root, { name: `kube-${component}`, image: image(`kube-${component}`), command: [`kube-${component}`, ...commands[component]], volumes: [{ name: 'k8s-certs', path: pki }] });
}

function writePod(root: ScratchRoot, plan: PodPlan): void {
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: plan.name, namespace: 'kube-system', labels: { component: plan.name, tier: 'control-plane' } },
    spec: {
      hostNetwork: true,
      priorityClassName: 'system-node-critical',
      containers: [{ name: plan.name, image: plan.image, command: plan.command, volumeMounts: plan.volumes.map(({ name, path }) => ({ name, mountPath: path })) }],
      volumes: plan.volumes.map(({ name, path }) => ({ name, hostPath: { path, type: 'DirectoryOrCreate' } })),
    },
  };
  root.write(`${FOLDER}/${plan.name}.yaml`, stringify(pod), { mode: 0o600 });
}

/** A static pod on the disk, or undefined. Throws when the manifest is not one. */
export function readStaticPod(root: ScratchRoot, name: string): StaticPod | undefined {
  const text = root.readIfPresent(`${FOLDER}/${name}.yaml`);
  if (text === undefined) return undefined;
  const pod = parse(text) as { spec?: { containers?: { image?: string; command?: string[] }[] } } | null;
  const container = pod?.spec?.containers?.[0];
  if (!container?.command) throw new Error(`${FOLDER}/${name}.yaml is not the manifest of a static pod`);
  const flags = container.command.slice(1).map((word): [string, string] => {
    const [, flag = '', value = ''] = /^--([^=]+)=?([^]*)$/u.exec(word) ?? [];
    return [flag, value];
  });
  return { name, image: container.image ?? '', flags: Object.fromEntries(flags) };
}
