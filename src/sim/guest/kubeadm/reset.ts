import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { GuestContext } from './guest-context.js';
import { readStaticPod } from './manifests.js';

/** `kubeadm reset`: the node's files go, its static pods stop; volumes stay mounted but what etcd kept there goes. */
export async function resetNode(guest: GuestContext): Promise<void> {
  const { root, services, context, server } = guest;
  await services.stop('kubelet.service');
  const etcdDir = readStaticPod(root, 'etcd')?.flags['data-dir'];
  await context.kubernetes.serverStopped(server.id);
  for (const path of ['/etc/kubernetes/manifests', '/etc/kubernetes/pki', '/var/lib/kubelet', ...(etcdDir === undefined ? [] : [etcdDir])]) empty(guest, path);
  for (const name of ['admin', 'super-admin', 'kubelet', 'bootstrap-kubelet', 'controller-manager', 'scheduler']) root.remove(`/etc/kubernetes/${name}.conf`);
}

function empty({ root }: GuestContext, path: string): void {
  if (!root.exists(path)) return;
  const folder = root.hostPath(path);
  for (const entry of readdirSync(folder)) if (entry !== 'lost+found') rmSync(join(folder, entry), { recursive: true, force: true });
}
