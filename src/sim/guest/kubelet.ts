import { createPrivateKey } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import type { GuestServer, SimContext } from '../sim-context.js';
import { readTextIfPresent } from './files.js';
import { documentsFile } from './kubeadm/guest-context.js';
import { KubeadmError, parseKubeadmDocuments } from './kubeadm/documents.js';
import { kubeconfigText, readKubeconfig, type ClusterAccess } from './kubeadm/kubeconfig-files.js';
import { readStaticPod } from './kubeadm/manifests.js';
import { readKubeletFlags, type KubeletFlags } from './kubelet-flags.js';
import type { ExitStatus, RunningProgram } from './program.js';
import type { ScratchRoot } from './scratch-root.js';

export interface KubeletOptions {
  context: SimContext;
  root: ScratchRoot;
  server: GuestServer;
  machineDir: string;
  log: (line: string) => void;
  hasNetwork: () => boolean;
  /** The node is registered for the first time since power on. */
  onJoined: () => void;
}

/** How often the kubelet looks at its manifests and tries again what failed, before and after the node is registered. */
const LOOK_MS = 200;
const SETTLED_LOOK_MS = 2_000;
const CERTIFICATE = '/var/lib/kubelet/pki/kubelet-client-current.pem';

/** The kubelet of a machine: starts the control plane from its static pods and keeps the node registered. */
export class Kubelet {
  private controlPlaneIsUp = false;
  private lastProblem = '';

  constructor(private readonly options: KubeletOptions) {}

  /** One life of the daemon: until its unit is stopped, the power goes, or its configuration turns out to be wrong. */
  run(args: string[]): RunningProgram {
    const stop = new AbortController();
    let end: (exit: ExitStatus) => void = () => undefined;
    const ended = new Promise<ExitStatus>((resolve) => (end = resolve));
    void this.live(args, stop.signal).then(
      () => {
        end({ code: 0, signal: null });
      },
      (error: unknown) => {
        this.options.log(`kubelet[1]: E run.go] "command failed" err="${error instanceof Error ? error.message : String(error)}"`);
        end({ code: 1, signal: null });
      },
    );
    const signal = (): void => {
      stop.abort();
    };
    this.signals.add(signal);
    void ended.then(() => this.signals.delete(signal));
    return { ended, signal };
  }

  powerOff(): void {
    for (const signal of this.signals) signal();
  }

  private readonly signals = new Set<() => void>();

  private async live(args: string[], signal: AbortSignal): Promise<void> {
    const { root, server } = this.options;
    const flags = readKubeletFlags(args);
    const version = server.imageProperties.kube_version ?? '';
    if (!root.exists(flags.config)) throw new KubeadmError(`failed to load kubelet config file, path: ${flags.config}, error: no such file or directory`);
    parseKubeadmDocuments(root.read(flags.config), flags.config, Number(/^v1\.(\d+)\./u.exec(version)?.[1]));
    if (!root.exists(flags.kubeconfig) && !root.exists(flags.bootstrapKubeconfig)) throw new KubeadmError(`unable to load bootstrap kubeconfig: stat ${flags.bootstrapKubeconfig}: no such file or directory`);
    let isRegistered = false;
    const isStopped = (): boolean => signal.aborted;
    while (!isStopped()) {
      try {
        await this.runStaticPods(flags, version);
        if (!isRegistered && !isStopped()) isRegistered = await this.register(flags, version);
        this.lastProblem = '';
      } catch (error) {
        this.report(error);
      }
      await rest(isRegistered ? SETTLED_LOOK_MS : LOOK_MS, signal);
    }
    // A worker falls silent; on a control plane the static pods run on without their kubelet, and nobody can tell the two apart yet.
    if (isRegistered && !this.controlPlaneIsUp) await this.options.context.kubernetes.serverStopped(server.id);
  }

  /** The API server runs when its manifest and etcd's are there; both stay up until the power goes, as containers do. */
  private async runStaticPods(flags: KubeletFlags, version: string): Promise<void> {
    const { context, root, server, machineDir } = this.options;
    if (this.controlPlaneIsUp) return;
    const apiServer = readStaticPod(root, 'kube-apiserver');
    if (!apiServer) return;
    const etcd = readStaticPod(root, 'etcd');
    const dataDir = etcd?.flags['data-dir'];
    const pki = (apiServer.flags['client-ca-file'] ?? '').replace(/\/ca\.crt$/u, '');
    if (!etcd || dataDir === undefined) return;
    const etcdDir = root.realPath(dataDir);
    const isEmpty = !existsSync(etcdDir) || readdirSync(etcdDir).every((entry) => entry === 'lost+found');
    const whenEmpty = etcd.flags['initial-cluster-state'] === 'existing' ? 'join' : 'init';
    await context.kubernetes.startControlPlane({
      serverId: server.id,
      nodeName: flags.nodeName(root),
      etcdDir,
      pkiDir: root.hostPath(pki),
      addresses: server.addresses,
      // The image of the pod decides, not the kubelet: a control plane is upgraded by its manifests.
      kubernetesVersion: apiServer.image.split(':').at(-1) ?? version,
      kubeadmConfig: JSON.parse(readTextIfPresent(documentsFile(machineDir)) ?? '[]') as Record<string, unknown>[],
      mode: isEmpty ? whenEmpty : 'resume',
    });
    this.controlPlaneIsUp = true;
    this.options.log('kubelet[1]: I static pods of the control plane are running');
  }

  /** True once the node is registered; a refusal is tried again, as the kubelet does. */
  private async register(flags: KubeletFlags, version: string): Promise<boolean> {
    const { context, root, server } = this.options;
    if (!this.options.hasNetwork()) throw new Error('dial tcp: connect: no route to host');
    const isJoined = root.exists(flags.kubeconfig);
    const access = readKubeconfig(root, isJoined ? flags.kubeconfig : flags.bootstrapKubeconfig);
    if (isJoined) keepCertificate(root, access);
    await context.kubernetes.startKubelet({
      serverId: server.id,
      nodeName: flags.nodeName(root),
      endpoint: access.server.replace(/^https:\/\//u, ''),
      addresses: server.addresses,
      kubernetesVersion: version,
      caPem: access.caPem ?? '',
      ...(access.token !== undefined && { bootstrapToken: access.token }),
      role: readStaticPod(root, 'kube-apiserver') ? 'control-plane' : 'worker',
      providerId: flags.providerId,
      labels: flags.labels,
      taints: flags.taints,
      stateDir: root.hostPath('/var/lib/kubelet'),
    });
    if (!isJoined) writeKubeletConf(root, flags.kubeconfig, access);
    this.options.onJoined();
    this.options.log(`kubelet[1]: I kubelet_node_status.go] "Successfully registered node" node="${flags.nodeName(root)}"`);
    return true;
  }

  /** The same problem again and again is one line on the console. */
  private report(error: unknown): void {
    const problem = error instanceof Error ? error.message : String(error);
    if (problem !== this.lastProblem) this.options.log(`kubelet[1]: E ${problem}`);
    this.lastProblem = problem;
  }
}

/** A kubelet.conf that kubeadm wrote on a control-plane node holds the certificate itself; the kubelet keeps it as a file with its key. */
function keepCertificate(root: ScratchRoot, { certificatePem, keyPem }: ClusterAccess): void {
  if (certificatePem === undefined || keyPem === undefined || root.exists(CERTIFICATE)) return;
  const pkcs8 = createPrivateKey(keyPem).export({ type: 'pkcs8', format: 'pem' }).toString();
  root.write(CERTIFICATE, `${certificatePem.trim()}\n${pkcs8}`, { mode: 0o600 });
}

function writeKubeletConf(root: ScratchRoot, path: string, { server, caPem }: ClusterAccess): void {
  root.write(path, kubeconfigText({ server, caPem, credentialFile: CERTIFICATE }, { user: 'default-auth', clusterName: 'default-cluster' }), { mode: 0o600 });
}

function rest(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const wake = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', wake);
      resolve();
    };
    const timer = setTimeout(wake, milliseconds);
    if (signal.aborted) wake();
    else signal.addEventListener('abort', wake);
  });
}
