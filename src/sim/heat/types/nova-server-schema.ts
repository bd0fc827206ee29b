import { allowed, custom, range } from '../schema/constraint.js';
import { boolean, integer, list, map, required, string, unsupported, updatable, type PropertySchemas } from '../schema/property-schema.js';

const blockDevice: PropertySchemas = {
  boot_index: integer(),
  delete_on_termination: boolean(),
  device_name: string(),
  device_type: string({ constraints: [allowed('cdrom', 'disk')] }),
  disk_bus: string({ constraints: [allowed('ide', 'lame_bus', 'scsi', 'usb', 'virtio')] }),
  volume_id: string({ constraints: [custom('cinder.volume')] }),
  image: string({ constraints: [custom('glance.image')] }),
  volume_size: integer({ constraints: [range(1)] }),
  image_id: unsupported('string'),
  snapshot_id: unsupported('string'),
  ephemeral_format: unsupported('string'),
  ephemeral_size: unsupported('integer'),
  swap_size: unsupported('integer'),
};

const network: PropertySchemas = {
  network: string({ constraints: [custom('neutron.network')] }),
  port: string({ constraints: [custom('neutron.port')] }),
  fixed_ip: string({ constraints: [custom('ip_addr')] }),
  allocate_network: string({ constraints: [allowed('none', 'auto')] }),
  tag: string(),
  uuid: unsupported('string'),
  subnet: unsupported('string'),
  floating_ip: unsupported('string'),
  port_extra_properties: unsupported('map'),
};

export const serverProperties: PropertySchemas = {
  name: string(updatable),
  image: string({ ...updatable, constraints: [custom('glance.image')] }),
  flavor: string({ ...required, ...updatable, constraints: [custom('nova.flavor')] }),
  key_name: string({ constraints: [custom('nova.keypair')] }),
  networks: list({ ...updatable, items: map({ keys: network }) }),
  security_groups: list({ default: [] }),
  block_device_mapping_v2: list({ items: map({ keys: blockDevice }) }),
  availability_zone: string(),
  scheduler_hints: map(),
  metadata: map({ default: {}, ...updatable }),
  tags: list({ items: string(), ...updatable }),
  user_data: string({ default: '', ...updatable }),
  user_data_format: string({ default: 'HEAT_CFNTOOLS', constraints: [allowed('HEAT_CFNTOOLS', 'RAW', 'SOFTWARE_CONFIG')] }),
  user_data_update_policy: string({ default: 'REPLACE', ...updatable, constraints: [allowed('REPLACE', 'IGNORE', 'REBUILD')] }),
  flavor_update_policy: string({ default: 'RESIZE', ...updatable, constraints: [allowed('RESIZE', 'REPLACE')] }),
  image_update_policy: string({ default: 'REBUILD', ...updatable, constraints: [allowed('REBUILD', 'REPLACE', 'REBUILD_PRESERVE_EPHEMERAL')] }),
  config_drive: boolean(),
  diskConfig: string({ constraints: [allowed('AUTO', 'MANUAL')] }),
  personality: map({ default: {} }),
  admin_pass: unsupported('string'),
  block_device_mapping: unsupported('list'),
  deployment_swift_data: unsupported('map'),
  reservation_id: unsupported('string'),
  software_config_transport: unsupported('string'),
};

export const serverAttributes = [
  'name',
  'addresses',
  'networks',
  'first_address',
  'instance_name',
  'accessIPv4',
  'accessIPv6',
  'console_urls',
  'tags',
  'os_collect_config',
] as const;
