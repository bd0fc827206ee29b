import type { Item } from './coe-client.js';
import { ContradictionError } from './flag.js';
import { parseLabels } from './label-arguments.js';

/** The options of `coe cluster create`. */
export interface ClusterOptions {
  readonly clusterTemplate: string;
  readonly discoveryUrl?: string;
  readonly dockerVolumeSize?: number;
  readonly labels: string[];
  readonly keypair?: string;
  readonly masterCount: number;
  readonly nodeCount: number;
  readonly timeout: number;
  readonly masterFlavor?: string;
  readonly flavor?: string;
  readonly fixedNetwork?: string;
  readonly fixedSubnet?: string;
  readonly floatingIpEnabled?: boolean;
  readonly mergeLabels?: boolean;
  readonly masterLbEnabled?: boolean;
}

/** The body of POST /v1/clusters that the options ask for; what was not given is inherited from the template. */
export function clusterBody(name: string, options: ClusterOptions): Item {
  if (options.masterLbEnabled === false && options.masterCount > 1) {
    throw new ContradictionError('--master-lb-disabled with more than one control-plane node: they need the load balancer.');
  }
  const given = {
    docker_volume_size: options.dockerVolumeSize,
    labels: options.labels.length > 0 ? parseLabels(options.labels) : undefined,
    master_flavor_id: options.masterFlavor,
    flavor_id: options.flavor,
    fixed_network: options.fixedNetwork,
    fixed_subnet: options.fixedSubnet,
    floating_ip_enabled: options.floatingIpEnabled,
    master_lb_enabled: options.masterLbEnabled,
    merge_labels: options.mergeLabels,
  };
  return {
    name,
    cluster_template_id: options.clusterTemplate,
    discovery_url: options.discoveryUrl ?? null,
    keypair: options.keypair ?? null,
    master_count: options.masterCount,
    node_count: options.nodeCount,
    create_timeout: options.timeout,
    ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
  };
}
