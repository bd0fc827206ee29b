import type { ClusterSpec, NodeSpec, StackOutputs } from '../../src/driver-contract/index.js';
import { bootPrefix } from './driver-files.js';
import { plainYaml } from './plain-yaml.js';
import { proxyVariables, shellAssignments } from './proxy.js';
import { outputTextOrEmpty } from './stack-parameters.js';

/** Replaced by Heat in the node's template: the docker volume is made in the same stack, so its id is not known here. */
export const dockerVolumePlaceholder = '@docker-volume-id@';
/** Nova takes 65535 bytes of base64. */
const userDataBytesMax = 49_151;

interface WrittenFile {
  readonly path: string;
  readonly permissions: string;
  readonly owner: string;
  readonly content: string;
}

const file = (path: string, permissions: string, content: string): WrittenFile => ({ path, permissions, owner: 'root:root', content });

/** cloud-init's configuration of a node. It holds no secret but the claim token, which is useless once claimed. */
export function userData(spec: ClusterSpec, node: NodeSpec, slot: StackOutputs | null): string {
  const config = {
    hostname: node.nodeName,
    fqdn: node.nodeName,
    preserve_hostname: false,
    ...(spec.sshPublicKey === null ? {} : { ssh_authorized_keys: [spec.sshPublicKey.trim()] }),
    write_files: [
      file('/etc/jeroboam/node.env', '0600', shellAssignments(nodeVariables(spec, node, slot))),
      file('/etc/jeroboam/node-api-ca.pem', '0644', node.nodeApiCaPem),
      // What kubelet and pod network need of the kernel, now and after a reboot.
      file('/etc/modules-load.d/jeroboam.conf', '0644', 'overlay\nbr_netfilter\n'),
      file('/etc/sysctl.d/90-jeroboam.conf', '0644', 'net.ipv4.ip_forward = 1\nnet.bridge.bridge-nf-call-iptables = 1\n'),
      ...bootFiles(spec),
    ],
    runcmd: [
      ['systemctl', 'daemon-reload'],
      ['systemctl', 'enable', '--now', '--no-block', 'jeroboam-bootstrap.service'],
    ],
  };
  const text = `#cloud-config\n${plainYaml(config)}`;
  const bytes = Buffer.byteLength(text);
  if (bytes > userDataBytesMax) throw new Error(`The user-data of node ${node.nodeName} has ${bytes} bytes; Nova takes ${userDataBytesMax}.`);
  return text;
}

function nodeVariables(spec: ClusterSpec, node: NodeSpec, slot: StackOutputs | null): Record<string, string> {
  return {
    CLUSTER_ID: spec.clusterId,
    NODE_ID: node.nodeId,
    NODE_NAME: node.nodeName,
    NODE_ROLE: node.group.role,
    NODE_API_URL: node.nodeApiUrl.replace(/\/+$/, ''),
    CLAIM_TOKEN: node.claimToken,
    BOOT_DEADLINE_SECONDS: String(node.bootDeadlineSeconds),
    API_PORT: String(spec.apiPort),
    ...(node.slotIndex === null ? {} : { SLOT: String(node.slotIndex) }),
    ETCD_VOLUME_ID: slot === null ? '' : outputTextOrEmpty(slot, 'etcd_volume_id'),
    DOCKER_VOLUME_ID: node.group.dockerVolumeSizeGib > 0 ? dockerVolumePlaceholder : '',
    ...proxyVariables(spec),
  };
}

/** The boot scripts and their unit, as they were when the cluster was accepted. */
function bootFiles(spec: ClusterSpec): WrittenFile[] {
  const files = Object.entries(spec.templates).flatMap(([key, content]): WrittenFile[] => {
    if (!key.startsWith(bootPrefix)) return [];
    const name = key.slice(bootPrefix.length);
    return [name.endsWith('.service') ? file(`/etc/systemd/system/${name}`, '0644', content) : file(`/usr/local/lib/jeroboam/${name}`, '0755', content)];
  });
  if (files.length === 0) throw new Error(`The spec of cluster ${spec.clusterId} holds no boot scripts: its templates must be all of the driver's.`);
  return files;
}
