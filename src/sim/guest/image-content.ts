import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { ScratchRoot } from './scratch-root.js';

/** Binaries that an image with kubeadm carries; on the scratch root they are links to the stand-ins. */
const binaries = ['kubeadm', 'kubelet', 'crictl', 'ctr', 'containerd'];

const folders = [
  '/dev', '/etc/kubernetes/manifests', '/etc/systemd/system', '/home/ubuntu', '/opt/cni/bin', '/proc', '/root', '/run', '/tmp', '/usr/bin', '/usr/local/bin', '/usr/local/lib', '/var/lib/containerd',
  '/var/lib/kubelet', '/var/lib/cloud/instances', '/var/log', '/mnt',
];

const kubeletUnit = `[Unit]
Description=kubelet: the node agent of Kubernetes
Wants=containerd.service
After=containerd.service
ConditionPathExists=/var/lib/kubelet/config.yaml
StartLimitIntervalSec=0

[Service]
EnvironmentFile=-/var/lib/kubelet/kubeadm-flags.env
ExecStart=/usr/bin/kubelet --bootstrap-kubeconfig=/etc/kubernetes/bootstrap-kubelet.conf --kubeconfig=/etc/kubernetes/kubelet.conf --config=/var/lib/kubelet/config.yaml $KUBELET_KUBEADM_ARGS
Restart=always
RestartSec=2

[Install]
WantedBy=multi-user.target
`;

const containerdUnit = `[Unit]
Description=containerd: the container runtime

[Service]
ExecStart=/usr/bin/containerd
Restart=always

[Install]
WantedBy=multi-user.target
`;

/** Fills a new root disk with what an Ubuntu image that carries kubeadm holds. Without a `kube_version` there is no kubeadm in it. */
export function seedRoot(root: ScratchRoot, image: { properties: Record<string, string>; standInDir: string }): void {
  const { properties, standInDir } = image;
  for (const folder of folders) root.makeFolder(folder, folder === '/tmp' ? 0o1777 : 0o755);
  const distro = properties.os_distro ?? 'linux';
  root.write('/etc/os-release', `ID=${distro}\nNAME="${distro}"\nPRETTY_NAME="${distro} ${properties.os_version ?? ''} (simulated)"\nVERSION_ID="${properties.os_version ?? ''}"\n`);
  root.write('/etc/hostname', 'localhost\n');
  root.write('/etc/hosts', '127.0.0.1 localhost\n');
  root.write('/etc/fstab', 'LABEL=cloudimg-rootfs / ext4 defaults 0 1\n');
  root.write('/etc/machine-id', '');
  if (properties.kube_version === undefined) return;
  for (const binary of binaries) symlinkSync(join(standInDir, binary), join(root.path, 'usr/bin', binary));
  root.write('/etc/containerd/config.toml', 'version = 2\n');
  for (const [name, unit] of [['kubelet.service', kubeletUnit], ['containerd.service', containerdUnit]] as const) {
    root.write(`/usr/lib/systemd/system/${name}`, unit);
    root.makeFolder('/etc/systemd/system/multi-user.target.wants');
    symlinkSync(`../../../../usr/lib/systemd/system/${name}`, join(root.path, 'etc/systemd/system/multi-user.target.wants', name));
  }
}
