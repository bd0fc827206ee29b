import type { BootMode, ClusterSpec, KubernetesManifest, NodeRole, NodeSpec, PayloadFile, RenderedStack } from '../../src/driver-contract/index.js';
import { drawNodeName } from '../../src/domain/node-name.js';
import { balancedInfraOutputs, bootMaterial, driver, groupOutputs, infraOutputs, nodeSpec, slotOutputs, userDataOf } from '../k8s-ubuntu/cluster-fixture.js';
import { readByBash, readBySystemd, readYaml } from './parsed-back.js';

interface RenderedNode {
  readonly node: NodeSpec;
  readonly userData: string;
  readonly payload: readonly PayloadFile[];
}

export interface RenderedCluster {
  readonly stacks: readonly RenderedStack[];
  readonly nodes: readonly RenderedNode[];
  readonly addOns: readonly KubernetesManifest[];
}

/** Everything that is ever rendered of a cluster with one node of each kind. */
export function renderAll(spec: ClusterSpec): RenderedCluster {
  const infra = spec.masterLbEnabled ? balancedInfraOutputs : infraOutputs;
  const rendered = ([['control-plane', 'init'], ['control-plane', 'join'], ['control-plane', 'resume'], ['worker', 'join']] as const).map(([role, mode]) => renderNode(spec, role, mode, infra));
  const groups = spec.groups.map((group) => driver.renderGroup(spec, group, infra, [{ index: 0, nodeName: 'a-b-c', serverId: null }]));
  return {
    stacks: [driver.renderInfra(spec), ...groups, ...[0, 1, 2].map((index) => driver.renderSlot(spec, { index }, infra)), ...rendered.map(({ stack }) => stack)],
    nodes: rendered,
    addOns: driver.renderAddOns(spec),
  };
}

function renderNode(spec: ClusterSpec, role: NodeRole, mode: BootMode, infra: typeof infraOutputs): RenderedNode & { stack: RenderedStack } {
  const group = spec.groups.find((candidate) => candidate.role === role);
  if (!group) throw new Error(`no group of role ${role}`);
  const node = nodeSpec(role, mode, { group, nodeName: drawNodeName(spec.clusterName, group.name, () => 0) });
  const stack = driver.renderNode(spec, node, { infra, group: groupOutputs, slot: role === 'control-plane' ? slotOutputs : null });
  return { node, stack, userData: userDataOf(stack), payload: driver.renderPayload(spec, node, bootMaterial) };
}

interface Compared {
  readonly what: string;
  readonly meant: unknown;
  readonly read: unknown;
}

/** What was meant, beside what those read for whom it was written. */
export function meantAndRead(spec: ClusterSpec, { stacks, nodes, addOns }: RenderedCluster): Compared[] {
  return [...ofStacks(spec, stacks), ...nodes.flatMap((node) => [...ofUserData(spec, node), ...ofPayload(spec, node)]), ...ofAddOns(spec, addOns)];
}

function ofStacks(spec: ClusterSpec, stacks: readonly RenderedStack[]): Compared[] {
  const parameters = (template: string, index = 0) => stacks.filter((stack) => stack.template === template)[index]?.parameters ?? {};
  const zones = (spec.labels['control_plane_availability_zones'] ?? '').split(',').map((zone) => zone.trim()).filter((zone) => zone !== '');
  const master = spec.groups[0];
  return [
    { what: 'name servers', meant: spec.dnsNameservers, read: parameters('infra.yaml')['dns_nameservers'] },
    { what: 'port of the API', meant: spec.apiPort, read: parameters('infra.yaml')['api_port'] },
    { what: 'subnet', meant: spec.subnetCidr, read: parameters('infra.yaml')['subnet_cidr'] },
    { what: 'flavor of the load balancer', meant: spec.masterLbEnabled ? (spec.labels['api_server_lb_flavor'] ?? '') : undefined, read: parameters('infra.yaml')['load_balancer_flavor'] },
    { what: 'zone of slot 1', meant: zones[1 % Math.max(1, zones.length)] ?? spec.labels['availability_zone'], read: parameters('slot.yaml', 1)['availability_zone'] },
    { what: 'type of etcd volumes', meant: spec.etcdVolumeType ?? '', read: parameters('slot.yaml')['etcd_volume_type'] },
    { what: 'type of boot volumes', meant: master?.bootVolumeType ?? '', read: parameters('control-plane-node.yaml')['boot_volume_type'] },
    { what: 'type of docker volumes', meant: master?.dockerVolumeType ?? '', read: parameters('worker-node.yaml')['docker_volume_type'] },
  ];
}

const proxiesMeant = (spec: ClusterSpec): Record<string, string> => ({
  ...(spec.httpProxy === null ? {} : { HTTP_PROXY: spec.httpProxy }),
  ...(spec.httpsProxy === null ? {} : { HTTPS_PROXY: spec.httpsProxy }),
});

/** Entries of no_proxy that the person named are all there, once each, before ours. */
function withoutProxy(spec: ClusterSpec, text: string | undefined): { given: string[]; hasOwn: boolean } {
  const entries = (text ?? '').split(',');
  const named = (spec.noProxy ?? '').split(',').map((entry) => entry.trim()).filter((entry) => entry !== '');
  const own = [spec.podCidr, spec.serviceCidr, spec.subnetCidr, `.${spec.clusterDomain}`];
  return { given: entries.slice(0, new Set(named).size), hasOwn: own.every((entry) => entries.includes(entry)) };
}
const noProxyMeant = (spec: ClusterSpec): { given: string[]; hasOwn: boolean } => ({
  given: [...new Set((spec.noProxy ?? '').split(',').map((entry) => entry.trim()).filter((entry) => entry !== ''))],
  hasOwn: true,
});
const hasProxy = (spec: ClusterSpec): boolean => spec.httpProxy !== null || spec.httpsProxy !== null;

function ofUserData(spec: ClusterSpec, { node, userData }: RenderedNode): Compared[] {
  const [config] = readYaml(userData) as { hostname: string; fqdn: string; ssh_authorized_keys: string[]; write_files: { path: string; content: string }[] }[];
  const contentOf = (path: string): string => config?.write_files.find((file) => file.path === path)?.content ?? '';
  const volume = 'd0c4e600-0000-4000-8000-000000000000';
  // As Heat replaces it in the node's template.
  const heated = readYaml(userData.replaceAll('@docker-volume-id@', volume)) as [{ write_files: { path: string; content: string }[]; ssh_authorized_keys: string[] }];
  const variables = readByBash(heated[0].write_files.find((file) => file.path === '/etc/jeroboam/node.env')?.content ?? '');
  const { NO_PROXY: noProxy, ...others } = variables;
  const frozen = Object.entries(spec.templates).filter(([key]) => key.endsWith('.sh')).map(([key, text]) => [key.replace('boot/', '/usr/local/lib/jeroboam/'), text] as const);
  return [
    { what: 'first line', meant: '#cloud-config', read: userData.split('\n', 1)[0] },
    { what: 'host name', meant: [node.nodeName, node.nodeName], read: [config?.hostname, config?.fqdn] },
    { what: 'keys', meant: [spec.sshPublicKey], read: heated[0].ssh_authorized_keys },
    { what: 'CA of node-api', meant: node.nodeApiCaPem, read: contentOf('/etc/jeroboam/node-api-ca.pem') },
    { what: 'boot scripts', meant: Object.fromEntries(frozen), read: Object.fromEntries(frozen.map(([path]) => [path, contentOf(path)])) },
    {
      what: 'variables of the node',
      meant: {
        CLUSTER_ID: spec.clusterId, NODE_ID: node.nodeId, NODE_NAME: node.nodeName, NODE_ROLE: node.group.role, NODE_API_URL: node.nodeApiUrl, CLAIM_TOKEN: node.claimToken,
        BOOT_DEADLINE_SECONDS: String(node.bootDeadlineSeconds), API_PORT: String(spec.apiPort), ...(node.slotIndex === null ? {} : { SLOT: String(node.slotIndex) }),
        ETCD_VOLUME_ID: node.slotIndex === null ? '' : slotOutputs['etcd_volume_id'], DOCKER_VOLUME_ID: node.group.dockerVolumeSizeGib > 0 ? volume : '', ...proxiesMeant(spec),
      },
      read: others,
    },
    ...(hasProxy(spec) ? [{ what: 'no_proxy', meant: noProxyMeant(spec), read: withoutProxy(spec, noProxy) }] : []),
  ];
}

function ofPayload(spec: ClusterSpec, { node, payload }: RenderedNode): Compared[] {
  // As node-api serves it and payload.sh reads it: words divided by blanks.
  const lines = payload.map(({ mode, path, content }) => `${mode} ${path} ${Buffer.from(content).toString('base64')}`);
  const files = new Map(lines.map((line) => line.split(' ')).map(([, path = '', content = '']) => [path, Buffer.from(content, 'base64').toString('utf8')]));
  const documents = readYaml(files.get('/etc/jeroboam/kubeadm.yaml') ?? '') as Record<string, unknown>[];
  const ofKind = (kind: string): Record<string, unknown> => documents.find((document) => document['kind'] === kind) ?? {};
  const cluster = ofKind('ClusterConfiguration');
  const registration = (ofKind('InitConfiguration')['nodeRegistration'] ?? ofKind('JoinConfiguration')['nodeRegistration']) as { name: string; kubeletExtraArgs: unknown };
  const prefix = (spec.labels['container_infra_prefix'] ?? '').replace(/\/$/, '');
  const names = (spec.labels['api_server_cert_sans'] ?? '').split(',').map((name) => name.trim()).filter((name) => name !== '');
  const proxyFile = files.get('/etc/jeroboam/proxy.env');
  const { NO_PROXY: noProxy, ...proxies } = readBySystemd(proxyFile ?? '');
  const registry = spec.insecureRegistry;
  return [
    { what: 'paths of the payload', meant: payload.map(({ path }) => path), read: lines.map((line) => /^0?[0-7]{3} (\/[^ ]+) [A-Za-z0-9+/=]*$/.exec(line)?.[1]) },
    { what: 'no path leads elsewhere', meant: [], read: payload.map(({ path }) => path).filter((path) => path.split('/').includes('..') || /[^A-Za-z0-9._:/-]/.test(path)) },
    { what: 'boot mode', meant: `${node.bootMode}\n`, read: files.get('/etc/jeroboam/boot-mode') },
    { what: 'name and labels of the node', meant: [node.nodeName, [{ name: 'node-labels', value: `magnum.openstack.org/role=${node.group.role === 'worker' ? 'worker' : 'master'},magnum.openstack.org/nodegroup=${node.group.name}` }]], read: [registration.name, registration.kubeletExtraArgs] },
    ...(node.bootMode === 'join'
      ? []
      : [
          { what: 'name of the cluster', meant: spec.clusterName, read: cluster['clusterName'] },
          { what: 'version', meant: spec.kubernetesVersion, read: cluster['kubernetesVersion'] },
          { what: 'networks', meant: { podSubnet: spec.podCidr, serviceSubnet: spec.serviceCidr, dnsDomain: spec.clusterDomain }, read: cluster['networking'] },
          { what: 'images', meant: prefix === '' ? undefined : prefix, read: cluster['imageRepository'] },
          { what: 'names of the API server', meant: names, read: (cluster['apiServer'] as { certSANs: string[] }).certSANs.filter((name) => names.includes(name)) },
        ].map((compared) => (compared.what === 'names of the API server' ? { ...compared, meant: [...new Set(names)].sort(), read: [...(compared.read as string[])].sort() } : compared))),
    { what: 'proxies by systemd', meant: proxiesMeant(spec), read: proxies },
    ...(hasProxy(spec)
      ? [
          { what: 'no_proxy by systemd', meant: noProxyMeant(spec), read: withoutProxy(spec, noProxy) },
          { what: 'proxies by bash', meant: { ...proxiesMeant(spec), NO_PROXY: noProxy }, read: readByBash(proxyFile ?? '') },
          { what: "containerd's unit", meant: '[Service]\nEnvironmentFile=/etc/jeroboam/proxy.env\n', read: files.get('/etc/systemd/system/containerd.service.d/10-jeroboam-proxy.conf') },
        ]
      : []),
    ...(registry === null
      ? []
      : [{ what: 'registry', meant: [`https://${registry}`, `https://${registry}`, `http://${registry}`], read: [...(files.get(`/etc/containerd/certs.d/${registry}/hosts.toml`) ?? '').matchAll(/^(?:server = |\[host\.)"([^"\\]*)"\]?$/gm)].map(([, url]) => url) }]),
  ];
}

const imageReference = /^(?:[a-z0-9.-]+(?::\d+)?\/)(?:[a-z0-9]+(?:[._-]+[a-z0-9]+)*\/)*[a-z0-9-]+:[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;

function ofAddOns(spec: ClusterSpec, addOns: readonly KubernetesManifest[]): Compared[] {
  const sent = JSON.parse(JSON.stringify(addOns)) as (KubernetesManifest & { data?: Record<string, string> })[];
  const network = sent.find(({ kind }) => kind === 'ConfigMap')?.data?.['net-conf.json'] ?? '';
  const images = [...JSON.stringify(sent).matchAll(/"image":"([^"]*)"/g)].map(([, image = '']) => image);
  const registry = spec.labels['container_infra_prefix'] || 'ghcr.io/flannel-io/';
  const [tag, pluginTag] = [spec.labels['flannel_tag'] ?? '', spec.labels['flannel_cni_tag'] ?? ''];
  return [
    { what: 'network of the pods', meant: { Network: spec.podCidr, Backend: { Type: 'vxlan' } }, read: JSON.parse(network) },
    { what: 'images of the pod network', meant: [`${registry}flannel-cni-plugin:${pluginTag}`, `${registry}flannel:${tag}`], read: [...new Set(images)] },
    { what: 'images that no registry could have', meant: [], read: images.filter((image) => !imageReference.test(image)) },
  ];
}
