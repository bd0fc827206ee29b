import type { Json, JsonObject } from '../exchange.js';

/**
 * The kinds of stack a cluster has, with the resource types, properties and attributes these need. No resource has a
 * parameter's name: Heat refuses that.
 */

const param = (name: string): Json => ({ get_param: name });
const res = (name: string): Json => ({ get_resource: name });
const attr = (...steps: Json[]): Json => ({ get_attr: steps });
const on = (parameter: string, value: Json): Json => ({ not: { equals: [param(parameter), value] } });
const tcp = (port: number, prefix: Json): Json => ({ direction: 'ingress', ethertype: 'IPv4', protocol: 'tcp', port_range_min: port, port_range_max: port, remote_ip_prefix: prefix });
const text: JsonObject = { type: 'string' };

export const infraTemplate: JsonObject = {
  heat_template_version: '2018-08-31',
  description: 'Network, router and security groups of one cluster.',
  parameters: {
    name: { ...text, constraints: [{ length: { min: 1, max: 64 } }] },
    external_network: { ...text, constraints: [{ custom_constraint: 'neutron.network' }] },
    subnet_cidr: { ...text, default: '10.0.0.0/24', constraints: [{ custom_constraint: 'net_cidr' }] },
    dns_nameservers: { type: 'comma_delimited_list', default: [] },
    api_port: { type: 'number', default: 6443, constraints: [{ range: { min: 1, max: 65535 } }] },
  },
  resources: {
    network: { type: 'OS::Neutron::Net', properties: { name: { str_replace: { template: 'NAME-network', params: { NAME: param('name') } } }, port_security_enabled: true } },
    subnet: {
      type: 'OS::Neutron::Subnet',
      properties: { name: param('name'), network: res('network'), cidr: param('subnet_cidr'), ip_version: 4, enable_dhcp: true, dns_nameservers: param('dns_nameservers') },
    },
    router: { type: 'OS::Neutron::Router', properties: { name: param('name'), external_gateway_info: { network: param('external_network') } } },
    router_interface: { type: 'OS::Neutron::RouterInterface', properties: { router: res('router'), subnet: res('subnet') } },
    control_plane_security_group: {
      type: 'OS::Neutron::SecurityGroup',
      properties: {
        name: { list_join: ['-', [param('name'), 'control-plane']] },
        description: 'control plane',
        rules: [tcp(22, '0.0.0.0/0'), { protocol: 'tcp', port_range_min: param('api_port'), port_range_max: param('api_port') }, { protocol: 'icmp' }, { protocol: 'tcp', port_range_min: 2379, port_range_max: 2380, remote_mode: 'remote_group_id' }],
      },
    },
    worker_security_group: { type: 'OS::Neutron::SecurityGroup', properties: { name: { list_join: ['-', [param('name'), 'worker']] }, rules: [{ protocol: 'icmp' }, tcp(10250, param('subnet_cidr'))] } },
    worker_to_control_plane: {
      type: 'OS::Neutron::SecurityGroupRule',
      properties: { security_group: res('control_plane_security_group'), remote_group: res('worker_security_group'), direction: 'ingress', ethertype: 'IPv4', protocol: 'udp', port_range_min: 4789, port_range_max: 4789 },
    },
  },
  outputs: {
    network_id: { description: 'The network', value: res('network') },
    subnet_id: { value: res('subnet') },
    subnet_cidr: { value: attr('subnet', 'cidr') },
    gateway: { value: attr('subnet', 'gateway_ip') },
    router_id: { value: res('router') },
    control_plane_security_group_id: { value: res('control_plane_security_group') },
    worker_security_group_id: { value: res('worker_security_group') },
  },
};

export const groupTemplate: JsonObject = {
  heat_template_version: '2018-08-31',
  parameters: { name: text, policy: { ...text, constraints: [{ allowed_values: ['affinity', 'anti-affinity', 'soft-affinity', 'soft-anti-affinity'] }] } },
  resources: {
    server_group: { type: 'OS::Nova::ServerGroup', properties: { name: param('name'), policies: [param('policy')] } },
    security_group: { type: 'OS::Neutron::SecurityGroup', properties: { name: { list_join: ['-', [param('name'), 'group']] } } },
  },
  outputs: { server_group_id: { value: res('server_group') }, security_group_id: { value: res('security_group') } },
};

export const slotTemplate: JsonObject = {
  heat_template_version: '2018-08-31',
  parameters: {
    name: text,
    network: { ...text, constraints: [{ custom_constraint: 'neutron.network' }] },
    subnet: { ...text, constraints: [{ custom_constraint: 'neutron.subnet' }] },
    security_group: { ...text, constraints: [{ custom_constraint: 'neutron.security_group' }] },
    external_network: text,
    floating_ip: { type: 'boolean', default: true },
    etcd_volume_size: { type: 'number', default: 10, constraints: [{ range: { min: 0 } }] },
    etcd_volume_type: { ...text, default: '' },
    pod_cidr: { ...text, default: '' },
  },
  conditions: {
    with_floating_ip: { equals: [param('floating_ip'), true] },
    with_etcd_volume: on('etcd_volume_size', 0),
    with_volume_type: on('etcd_volume_type', ''),
  },
  resources: {
    port: {
      type: 'OS::Neutron::Port',
      properties: {
        name: param('name'),
        network: param('network'),
        fixed_ips: [{ subnet: param('subnet') }],
        security_groups: [param('security_group')],
        allowed_address_pairs: [{ ip_address: param('pod_cidr') }],
      },
    },
    public_address: { type: 'OS::Neutron::FloatingIP', condition: 'with_floating_ip', properties: { floating_network: param('external_network') } },
    public_address_association: {
      type: 'OS::Neutron::FloatingIPAssociation',
      condition: 'with_floating_ip',
      properties: { floatingip_id: res('public_address'), port_id: res('port') },
    },
    etcd_disk: {
      type: 'OS::Cinder::Volume',
      condition: 'with_etcd_volume',
      properties: {
        name: { list_join: ['-', [param('name'), 'etcd']] },
        size: param('etcd_volume_size'),
        metadata: { golden: 'yes' },
      },
    },
  },
  outputs: {
    port_id: { value: res('port') },
    address: { value: attr('port', 'fixed_ips', 0, 'ip_address') },
    mac_address: { value: attr('port', 'mac_address') },
    floating_address: { condition: 'with_floating_ip', value: attr('public_address', 'floating_ip_address') },
    etcd_volume_id: { value: { if: ['with_etcd_volume', res('etcd_disk'), ''] } },
    etcd_volume_size: { condition: 'with_etcd_volume', value: attr('etcd_disk', 'size') },
  },
};

const nodeParameters: JsonObject = {
  name: text,
  image: { ...text, constraints: [{ custom_constraint: 'glance.image' }] },
  flavor: { ...text, constraints: [{ custom_constraint: 'nova.flavor' }] },
  server_group: { ...text, default: '' },
  claim_token: { ...text, hidden: true },
  user_data: text,
};
const userData: Json = { str_replace: { template: param('user_data'), params: { CLAIM_TOKEN: param('claim_token') } } };
const serverProperties: JsonObject = {
  name: param('name'),
  image: param('image'),
  flavor: param('flavor'),
  config_drive: true,
  user_data_format: 'RAW',
  user_data: userData,
  metadata: { jeroboam_node: param('name') },
  scheduler_hints: { if: ['with_server_group', { group: param('server_group') }, {}] },
};

export const masterTemplate: JsonObject = {
  heat_template_version: '2018-08-31',
  parameters: { ...nodeParameters, port: { ...text, constraints: [{ custom_constraint: 'neutron.port' }] }, etcd_volume: { ...text, default: '' } },
  conditions: { with_server_group: on('server_group', ''), with_etcd_volume: on('etcd_volume', '') },
  resources: {
    server: { type: 'OS::Nova::Server', properties: { ...serverProperties, networks: [{ port: param('port') }] } },
    etcd_attachment: { type: 'OS::Cinder::VolumeAttachment', condition: 'with_etcd_volume', properties: { instance_uuid: res('server'), volume_id: param('etcd_volume') } },
  },
  outputs: { server_id: { value: res('server') }, address: { value: attr('server', 'first_address') }, addresses: { value: attr('server', 'addresses') } },
};

export const workerTemplate: JsonObject = {
  heat_template_version: '2021-04-16',
  parameters: {
    ...nodeParameters,
    network: text,
    subnet: text,
    security_groups: { type: 'comma_delimited_list' },
    external_network: text,
    floating_ip: { type: 'boolean', default: false },
    boot_volume_size: { type: 'number', default: 0 },
    docker_volume_size: { type: 'number', default: 0 },
    docker_volume_type: { ...text, default: '' },
    pod_cidr: { ...text, default: '' },
  },
  conditions: {
    with_server_group: on('server_group', ''),
    with_floating_ip: { equals: [param('floating_ip'), true] },
    from_volume: on('boot_volume_size', 0),
    from_image: { equals: [param('boot_volume_size'), 0] },
    with_docker_volume: on('docker_volume_size', 0),
    with_docker_volume_type: on('docker_volume_type', ''),
    with_pod_cidr: on('pod_cidr', ''),
  },
  resources: {
    port: {
      type: 'OS::Neutron::Port',
      properties: {
        name: param('name'),
        network: param('network'),
        fixed_ips: [{ subnet: param('subnet') }],
        security_groups: param('security_groups'),
        // From 2021-04-16 on, `if` with two arguments leaves the property out when the condition is false.
        allowed_address_pairs: { if: ['with_pod_cidr', [{ ip_address: param('pod_cidr') }]] },
      },
    },
    boot_volume: { type: 'OS::Cinder::Volume', condition: 'from_volume', properties: { name: { list_join: ['-', [param('name'), 'boot']] }, image: param('image'), size: param('boot_volume_size') } },
    server: {
      type: 'OS::Nova::Server',
      properties: {
        ...serverProperties,
        image: { if: ['from_image', param('image')] },
        block_device_mapping_v2: { if: ['from_volume', [{ boot_index: 0, volume_id: res('boot_volume'), delete_on_termination: false }]] },
        scheduler_hints: { if: ['with_server_group', { group: param('server_group') }] },
        networks: [{ port: res('port') }],
      },
    },
    public_address: {
      type: 'OS::Neutron::FloatingIP',
      condition: 'with_floating_ip',
      depends_on: 'server',
      properties: { floating_network: param('external_network'), port_id: res('port') },
    },
    docker_volume: { type: 'OS::Cinder::Volume', condition: 'with_docker_volume', properties: { name: param('name'), size: param('docker_volume_size'), volume_type: { if: ['with_docker_volume_type', param('docker_volume_type')] } } },
    docker_attachment: {
      type: 'OS::Cinder::VolumeAttachment',
      condition: 'with_docker_volume',
      depends_on: ['server', 'docker_volume'],
      properties: { instance_uuid: res('server'), volume_id: res('docker_volume') },
    },
  },
  outputs: {
    server_id: { value: res('server') },
    address: { value: attr('port', 'fixed_ips', 0, 'ip_address') },
    floating_address: { condition: 'with_floating_ip', value: attr('public_address', 'floating_ip_address') },
    networks: { value: attr('server', 'networks') },
  },
};
