import type { Item } from './coe-client.js';
import { parseLabels } from './label-arguments.js';

/** The options of `coe cluster template create`. */
export interface TemplateOptions {
  readonly coe: string;
  readonly image: string;
  readonly externalNetwork: string;
  readonly keypair?: string;
  readonly fixedNetwork?: string;
  readonly fixedSubnet?: string;
  readonly networkDriver?: string;
  readonly volumeDriver?: string;
  readonly driver?: string;
  readonly dnsNameserver: string;
  readonly flavor: string;
  readonly masterFlavor?: string;
  readonly dockerVolumeSize?: number;
  readonly dockerStorageDriver: string;
  readonly httpProxy?: string;
  readonly httpsProxy?: string;
  readonly proxy?: string | null;
  readonly labels: string[];
  readonly tlsDisabled?: boolean;
  readonly public?: boolean;
  readonly registryEnabled?: boolean;
  readonly insecureRegistry?: string;
  readonly serverType: string;
  readonly masterLbEnabled?: boolean;
  readonly floatingIpEnabled?: boolean;
  readonly hidden?: boolean;
  readonly tags: string[];
}

/** The body of POST /v1/clustertemplates that the options ask for. */
export function templateBody(name: string, options: TemplateOptions): Item {
  const tags = [...new Set(options.tags.flatMap((tag) => tag.split(',')))].filter((tag) => tag !== '');
  return {
    name,
    coe: options.coe,
    image_id: options.image,
    external_network_id: options.externalNetwork,
    keypair_id: options.keypair ?? null,
    fixed_network: options.fixedNetwork ?? null,
    fixed_subnet: options.fixedSubnet ?? null,
    network_driver: options.networkDriver ?? null,
    volume_driver: options.volumeDriver ?? null,
    dns_nameserver: options.dnsNameserver,
    flavor_id: options.flavor,
    master_flavor_id: options.masterFlavor ?? null,
    docker_volume_size: options.dockerVolumeSize ?? null,
    docker_storage_driver: options.dockerStorageDriver,
    http_proxy: options.httpProxy ?? null,
    https_proxy: options.httpsProxy ?? null,
    no_proxy: options.proxy ?? null,
    labels: parseLabels(options.labels),
    tls_disabled: options.tlsDisabled === true,
    public: options.public === true,
    registry_enabled: options.registryEnabled === true,
    insecure_registry: options.insecureRegistry ?? null,
    server_type: options.serverType,
    master_lb_enabled: options.masterLbEnabled === true,
    ...(options.driver === undefined ? {} : { driver: options.driver }),
    ...(options.floatingIpEnabled === undefined ? {} : { floating_ip_enabled: options.floatingIpEnabled }),
    ...(options.hidden === true ? { hidden: true } : {}),
    ...(tags.length > 0 ? { tags: tags.join(',') } : {}),
  };
}
