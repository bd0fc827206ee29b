import { describe, expect, it } from '@jest/globals';
import { InvalidParameterError } from '../../domain/domain-error.js';
import { withDefaults } from '../cluster-templates/cluster-template.rules.js';
import { buildClusterSpec, type ClusterSpecInput } from './build-cluster-spec.js';
import { inheritFromTemplate, type WantedCluster } from './inherit-from-template.js';

const template = withDefaults({ coe: 'kubernetes', image_id: 'ubuntu', flavor_id: 'small', master_flavor_id: 'large', external_network_id: 'public' });
const wanted = inheritFromTemplate({ cluster_template_id: 't', create_timeout: 60 }, template, 'omega-1-cluster');

/** What the case is about, over an ordinary cluster. */
function inputWith(changes: Partial<Omit<ClusterSpecInput, 'wanted' | 'template'>> & { wanted?: Partial<WantedCluster>; template?: Partial<typeof template> }): ClusterSpecInput {
  const { wanted: wantedChanges, template: templateChanges, ...others } = changes;
  const all = { ...wanted, ...wantedChanges };
  return {
    clusterId: 'c',
    projectId: 'p',
    groups: [
      { id: 'g1', name: 'default-master', role: 'control-plane' },
      { id: 'g2', name: 'default-worker', role: 'worker' },
    ],
    wanted: all,
    template: { ...template, ...templateChanges },
    image: { id: 'image-id', name: 'ubuntu', properties: { kube_version: 'v1.32.4' } },
    flavor: { id: 'small-id' },
    masterFlavor: { id: 'large-id' },
    externalNetwork: { id: 'public-id' },
    fixedNetwork: null,
    fixedSubnet: null,
    sshPublicKey: null,
    hasVolumes: true,
    driver: { name: 'k8s-ubuntu', templates: { 'infra.yaml': 'text' } },
    labels: all.labels,
    defaultBootVolumeSizeGib: 0,
    ...others,
  };
}

describe('buildClusterSpec', () => {
  it('resolves every name and default', () => {
    expect(buildClusterSpec(inputWith({}))).toEqual({
      clusterId: 'c',
      clusterName: 'omega-1-cluster',
      projectId: 'p',
      driver: 'k8s-ubuntu',
      kubernetesVersion: 'v1.32.4',
      externalNetworkId: 'public-id',
      fixedNetworkId: null,
      fixedSubnetId: null,
      subnetCidr: '10.0.0.0/24',
      podCidr: '10.100.0.0/16',
      serviceCidr: '10.254.0.0/16',
      clusterDomain: 'cluster.local',
      dnsNameservers: ['8.8.8.8'],
      floatingIpEnabled: true,
      masterLbEnabled: false,
      apiPort: 6443,
      sshPublicKey: null,
      networkDriver: 'flannel',
      etcdVolumeSizeGib: 10,
      etcdVolumeType: null,
      httpProxy: null,
      httpsProxy: null,
      noProxy: null,
      insecureRegistry: null,
      labels: {},
      templates: { 'infra.yaml': 'text' },
      groups: [
        { groupId: 'g1', name: 'default-master', role: 'control-plane', imageId: 'image-id', flavorId: 'large-id', bootVolumeSizeGib: 0, bootVolumeType: null, dockerVolumeSizeGib: 0, dockerVolumeType: null, nodeLabels: {} },
        { groupId: 'g2', name: 'default-worker', role: 'worker', imageId: 'image-id', flavorId: 'small-id', bootVolumeSizeGib: 0, bootVolumeType: null, dockerVolumeSizeGib: 0, dockerVolumeType: null, nodeLabels: {} },
      ],
    });
  });

  const subnet = { id: 's', networkId: 'n', cidr: '192.168.0.0/24', ipVersion: 4 as const };
  it.each<{ when: string; input: Parameters<typeof inputWith>[0]; then: object }>([
    { when: 'there are no volumes', input: { hasVolumes: false }, then: { etcdVolumeSizeGib: 0 } },
    { when: 'a label sets the size of etcd volumes', input: { wanted: { labels: { etcd_volume_size: '5' } } }, then: { etcdVolumeSizeGib: 5 } },
    { when: 'etcd is to have no volume', input: { wanted: { labels: { etcd_volume_size: '0' } }, hasVolumes: false }, then: { etcdVolumeSizeGib: 0 } },
    { when: 'nodes boot from volumes', input: { defaultBootVolumeSizeGib: 20 }, then: { groups: [{ bootVolumeSizeGib: 20 }, { bootVolumeSizeGib: 20 }] } },
    { when: 'a label overrides that', input: { defaultBootVolumeSizeGib: 20, wanted: { labels: { boot_volume_size: '30' } } }, then: { groups: [{ bootVolumeSizeGib: 30 }, {}] } },
    { when: 'there is a docker volume', input: { wanted: { dockerVolumeSize: 7 } }, then: { groups: [{ dockerVolumeSizeGib: 7 }, { dockerVolumeSizeGib: 7 }] } },
    { when: 'the template names name servers', input: { template: { dns_nameserver: '1.1.1.1, 9.9.9.9' } }, then: { dnsNameservers: ['1.1.1.1', '9.9.9.9'] } },
    { when: 'a network exists already', input: { fixedNetwork: { id: 'n' }, fixedSubnet: subnet }, then: { fixedNetworkId: 'n', fixedSubnetId: 's', subnetCidr: '192.168.0.0/24' } },
    { when: 'only the subnet is named', input: { fixedSubnet: subnet }, then: { fixedNetworkId: 'n', fixedSubnetId: 's' } },
    { when: 'the nodes just fit', input: { fixedSubnet: { ...subnet, cidr: '192.168.0.0/28' }, wanted: { nodeCount: 11, labels: { flannel_network_cidr: '10.100.0.0/20' } } }, then: { subnetCidr: '192.168.0.0/28', podCidr: '10.100.0.0/20' } },
    { when: 'kube_tag agrees with the image', input: { wanted: { labels: { kube_tag: '1.32.4' } } }, then: { kubernetesVersion: 'v1.32.4' } },
  ])('follows when $when', ({ input, then }) => {
    expect(buildClusterSpec(inputWith(input))).toMatchObject(then);
  });

  it.each<{ what: string; input: Parameters<typeof inputWith>[0]; names: string }>([
    { what: 'an image without kube_version', input: { image: { id: 'i', name: 'i', properties: {} } }, names: 'kube_version' },
    { what: 'an image whose kube_version is none', input: { image: { id: 'i', name: 'i', properties: { kube_version: 'latest' } } }, names: 'kube_version' },
    { what: 'another kube_tag', input: { wanted: { labels: { kube_tag: 'v1.33.1' } } }, names: 'kube_tag' },
    { what: 'etcd volumes without Cinder', input: { hasVolumes: false, wanted: { labels: { etcd_volume_size: '5' } } }, names: 'etcd_volume_size' },
    { what: 'docker volumes without Cinder', input: { hasVolumes: false, wanted: { dockerVolumeSize: 5 } }, names: 'docker_volume_size' },
    { what: 'boot volumes without Cinder', input: { hasVolumes: false, defaultBootVolumeSizeGib: 5 }, names: 'boot_volume_size' },
    { what: 'a network without subnet', input: { fixedNetwork: { id: 'n' } }, names: 'fixed_subnet' },
    { what: 'a subnet of another network', input: { fixedNetwork: { id: 'm' }, fixedSubnet: subnet }, names: 'fixed_subnet' },
    { what: 'a subnet of IPv6', input: { fixedSubnet: { ...subnet, cidr: 'fd00::/64', ipVersion: 6 } }, names: 'fixed_subnet' },
    { what: 'a subnet within the pods', input: { fixedSubnet: { ...subnet, cidr: '10.100.3.0/24' } }, names: 'overlap' },
    { what: 'services within the subnet', input: { wanted: { labels: { fixed_subnet_cidr: '10.0.0.0/8' } } }, names: 'overlap' },
    { what: 'more nodes than the pods have blocks', input: { wanted: { nodeCount: 4, labels: { flannel_network_cidr: '10.100.0.0/22' } } }, names: '5 nodes in all do not fit: the range of the pods (label flannel_network_cidr), 10.100.0.0/22, a /24 a node, has room for 4' },
    { what: 'more nodes than the subnet has addresses', input: { fixedSubnet: { ...subnet, cidr: '192.168.0.0/28' }, wanted: { nodeCount: 12 } }, names: '13 nodes in all do not fit: the subnet of the nodes (fixed_subnet, label fixed_subnet_cidr), 192.168.0.0/28, has room for 12' },
    { what: 'as many when the load balancer takes an address', input: { fixedSubnet: { ...subnet, cidr: '192.168.0.0/28' }, wanted: { nodeCount: 9, masterCount: 3, masterLbEnabled: true } }, names: 'has room for 11' },
    { what: 'calico', input: { template: { network_driver: 'calico' } }, names: 'network_driver' },
  ])('refuses $what', ({ input, names }) => {
    expect(() => buildClusterSpec(inputWith(input))).toThrow(InvalidParameterError);
    expect(() => buildClusterSpec(inputWith(input))).toThrow(names);
  });
});
