import { InvalidParameterError } from '../../domain/domain-error.js';
import { formatKubernetesVersion, parseKubernetesVersion } from '../../domain/kubernetes-version.js';
import type { ClusterSpec, GroupSpec, NodeRole } from '../../driver-contract/index.js';
import type { Image } from '../../openstack/glance/glance.client.js';
import type { Network, Subnet } from '../../openstack/neutron/neutron.client.js';
import type { Flavor } from '../../openstack/nova/nova.client.js';
import type { ClusterTemplateSettings } from '../cluster-templates/cluster-template.row.js';
import { bootVolumeSize } from '../cluster-templates/cluster-template.rules.js';
import { checkRoom } from './check-room.js';
import type { WantedCluster } from './inherit-from-template.js';
import { overlap, parseIpv4Range } from './ipv4-range.js';

/** Everything that was looked up before the spec is frozen. */
export interface ClusterSpecInput {
  readonly clusterId: string;
  readonly projectId: string;
  readonly groups: readonly { readonly id: string; readonly name: string; readonly role: NodeRole }[];
  readonly wanted: WantedCluster;
  readonly template: ClusterTemplateSettings;
  readonly image: Pick<Image, 'id' | 'name' | 'properties'>;
  readonly flavor: Pick<Flavor, 'id'>;
  readonly masterFlavor: Pick<Flavor, 'id'>;
  readonly externalNetwork: Pick<Network, 'id'>;
  readonly fixedNetwork: Pick<Network, 'id'> | null;
  readonly fixedSubnet: Pick<Subnet, 'id' | 'networkId' | 'cidr' | 'ipVersion'> | null;
  readonly sshPublicKey: string | null;
  /** Whether the requester's cloud has a volume service. */
  readonly hasVolumes: boolean;
  readonly driver: { readonly name: string; readonly templates: Readonly<Record<string, string>> };
  /** The driver's labels with its defaults. */
  readonly labels: Readonly<Record<string, string>>;
  readonly defaultBootVolumeSizeGib: number;
}

/** GiB for etcd where Cinder exists and no label says otherwise. */
const etcdVolumeSizeDefault = 10;
/** Kubernetes' usual API port, and Magnum's defaults of networks and name server. */
const apiPortDefault = 6443;
const nameServerDefault = '8.8.8.8';
const networkDefaults = { fixed_subnet_cidr: '10.0.0.0/24', flannel_network_cidr: '10.100.0.0/16', service_cluster_ip_range: '10.254.0.0/16' } as const;
/** The pod network that this release installs. */
const supportedNetworkDriver = 'flannel';

/** Freezes what the cluster is rendered from. Throws InvalidParameterError naming the label or field that does not fit. */
export function buildClusterSpec(input: ClusterSpecInput): ClusterSpec {
  const { wanted, template, labels } = input;
  const networkDriver = template.network_driver ?? supportedNetworkDriver;
  if (networkDriver !== supportedNetworkDriver) {
    throw new InvalidParameterError(`Field network_driver of the template: ${networkDriver} is not supported yet; use a template with ${supportedNetworkDriver}.`);
  }
  const networks = {
    subnetCidr: input.fixedSubnet?.cidr ?? labels['fixed_subnet_cidr'] ?? networkDefaults.fixed_subnet_cidr,
    podCidr: labels['flannel_network_cidr'] ?? networkDefaults.flannel_network_cidr,
    serviceCidr: labels['service_cluster_ip_range'] ?? networkDefaults.service_cluster_ip_range,
  };
  checkNetworks(networks);
  checkRoom({ ...networks, masterLbEnabled: wanted.masterLbEnabled }, wanted.nodeCount + wanted.masterCount);
  checkFixedNetwork(input);
  const etcdVolumeSizeGib = volumeSize(input, 'etcd_volume_size', input.hasVolumes ? etcdVolumeSizeDefault : 0);
  return {
    clusterId: input.clusterId,
    clusterName: wanted.name,
    projectId: input.projectId,
    driver: input.driver.name,
    kubernetesVersion: installedVersion(input),
    externalNetworkId: input.externalNetwork.id,
    fixedNetworkId: input.fixedSubnet?.networkId ?? input.fixedNetwork?.id ?? null,
    fixedSubnetId: input.fixedSubnet?.id ?? null,
    ...networks,
    clusterDomain: labels['dns_cluster_domain'] ?? 'cluster.local',
    dnsNameservers: (template.dns_nameserver ?? nameServerDefault).split(',').map((address) => address.trim()),
    floatingIpEnabled: wanted.floatingIpEnabled,
    masterLbEnabled: wanted.masterLbEnabled,
    apiPort: template.apiserver_port ?? apiPortDefault,
    sshPublicKey: publicKey(input),
    networkDriver,
    etcdVolumeSizeGib,
    etcdVolumeType: labels['etcd_volume_type'] ?? null,
    httpProxy: template.http_proxy,
    httpsProxy: template.https_proxy,
    noProxy: template.no_proxy,
    insecureRegistry: template.insecure_registry,
    labels,
    templates: input.driver.templates,
    groups: input.groups.map((group) => groupSpec(input, group)),
  };
}

function groupSpec(input: ClusterSpecInput, { id, name, role }: ClusterSpecInput['groups'][number]): GroupSpec {
  const { wanted, labels } = input;
  const bootVolumeSizeGib = bootVolumeSize(labels, input.defaultBootVolumeSizeGib);
  const dockerVolumeSizeGib = wanted.dockerVolumeSize ?? 0;
  if (bootVolumeSizeGib > 0) requireVolumes(input, 'Label boot_volume_size');
  if (dockerVolumeSizeGib > 0) requireVolumes(input, 'Field docker_volume_size');
  return {
    groupId: id,
    name,
    role,
    imageId: input.image.id,
    flavorId: role === 'control-plane' ? input.masterFlavor.id : input.flavor.id,
    bootVolumeSizeGib,
    bootVolumeType: labels['boot_volume_type'] ?? null,
    dockerVolumeSizeGib,
    dockerVolumeType: labels['docker_volume_type'] ?? null,
    nodeLabels: {},
  };
}

/** One line as sshd reads it: algorithm, base64, and perhaps a comment. */
const publicKeyPattern = /^[a-z0-9@.-]+ [A-Za-z0-9+/]+={0,3}( [^\p{Cc}\p{Zl}\p{Zp}\p{Surrogate}]*)?$/u;
/** An RSA key of 16,384 bits has 2,800; user-data has room for this. */
const publicKeyLengthMax = 8_192;

function publicKey({ sshPublicKey, wanted }: ClusterSpecInput): string | null {
  if (sshPublicKey === null) return null;
  const key = sshPublicKey.trim();
  if (key.length > publicKeyLengthMax || !publicKeyPattern.test(key)) {
    throw new InvalidParameterError(`Field keypair: keypair ${wanted.keypair ?? ''} holds no SSH public key of one line (at most ${publicKeyLengthMax} characters); use another one.`);
  }
  return key;
}

export interface InstalledVersionInput {
  readonly image: Pick<Image, 'name' | 'properties'>;
  readonly wanted: Pick<WantedCluster, 'labels'>;
  readonly template: Pick<ClusterTemplateSettings, 'image_id'>;
}

/** The image says what is installed on it; a label kube_tag that says something else is refused rather than ignored. */
export function installedVersion({ image, wanted, template }: InstalledVersionInput): string {
  const property = image.properties['kube_version'];
  const version = property === undefined ? undefined : parseKubernetesVersion(property);
  if (!version) {
    throw new InvalidParameterError(
      `Field cluster_template_id: image ${template.image_id} of the template has no property kube_version such as v1.32.4; set it to what is installed on the image.`,
    );
  }
  const installed = formatKubernetesVersion(version);
  const tag = wanted.labels['kube_tag'];
  if (tag !== undefined && tag !== '') {
    const wantedVersion = parseKubernetesVersion(tag);
    if (!wantedVersion || formatKubernetesVersion(wantedVersion) !== installed) {
      throw new InvalidParameterError(`Label kube_tag: ${tag} is not what image ${image.name} has installed (${installed}); leave the label out or use another image.`);
    }
  }
  return installed;
}

function volumeSize(input: ClusterSpecInput, label: string, fallback: number): number {
  const text = input.wanted.labels[label];
  if (text === undefined || text === '') return fallback;
  if (!/^\d{1,6}$/.test(text)) throw new InvalidParameterError(`Label ${label}: expected a whole number of GiB, not '${text}'.`);
  const size = Number(text);
  if (size > 0) requireVolumes(input, `Label ${label}`);
  return size;
}

function requireVolumes({ hasVolumes }: ClusterSpecInput, what: string): void {
  if (!hasVolumes) throw new InvalidParameterError(`${what}: this cloud has no volume service; set it to 0 or leave it out.`);
}

function checkNetworks(networks: { subnetCidr: string; podCidr: string; serviceCidr: string }): void {
  const named = [
    ['of the nodes (fixed_subnet, label fixed_subnet_cidr)', networks.subnetCidr],
    ['of the pods (label flannel_network_cidr)', networks.podCidr],
    ['of the services (label service_cluster_ip_range)', networks.serviceCidr],
  ] as const;
  const ranges = named.map(([what, cidr]) => {
    const range = parseIpv4Range(cidr);
    if (!range) throw new InvalidParameterError(`The network ${what} must be an IPv4 CIDR such as 10.0.0.0/24, not '${cidr}'.`);
    return { what, cidr, range };
  });
  for (const [index, one] of ranges.entries()) {
    const clash = ranges.slice(index + 1).find((other) => overlap(one.range, other.range));
    if (clash) throw new InvalidParameterError(`The network ${one.what}, ${one.cidr}, and that ${clash.what}, ${clash.cidr}, overlap; choose others.`);
  }
}

function checkFixedNetwork({ fixedNetwork, fixedSubnet, wanted }: ClusterSpecInput): void {
  if (fixedNetwork && !fixedSubnet) {
    throw new InvalidParameterError(`Field fixed_subnet: name the subnet of network ${wanted.fixedNetwork ?? fixedNetwork.id} that nodes get their addresses from.`);
  }
  if (fixedNetwork && fixedSubnet && fixedSubnet.networkId !== fixedNetwork.id) {
    throw new InvalidParameterError(`Field fixed_subnet: subnet ${wanted.fixedSubnet ?? fixedSubnet.id} is not on network ${wanted.fixedNetwork ?? fixedNetwork.id}.`);
  }
}
