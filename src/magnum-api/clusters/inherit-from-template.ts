import type { ClusterTemplateSettings } from '../cluster-templates/cluster-template.row.js';
import type { CreateCluster } from './cluster.schema.js';

/** What a cluster is to be, once the template has filled in what the request left open. */
export interface WantedCluster {
  readonly name: string;
  readonly nodeCount: number;
  readonly masterCount: number;
  readonly keypair: string | null;
  readonly labels: Readonly<Record<string, string>>;
  readonly dockerVolumeSize: number | null;
  readonly flavorId: string | null;
  readonly masterFlavorId: string | null;
  readonly fixedNetwork: string | null;
  readonly fixedSubnet: string | null;
  readonly floatingIpEnabled: boolean;
  readonly masterLbEnabled: boolean;
  readonly discoveryUrl: string | null;
  readonly createTimeoutMinutes: number | null;
}

/** Magnum's inheritance: labels replace the template's unless merged, an explicit false is kept. */
export function inheritFromTemplate(request: CreateCluster, template: ClusterTemplateSettings, generatedName: string): WantedCluster {
  return {
    name: request.name ?? generatedName,
    nodeCount: request.node_count ?? 1,
    masterCount: request.master_count ?? 1,
    keypair: nonEmpty(request.keypair) ?? template.keypair_id,
    labels: inheritLabels(request, template),
    dockerVolumeSize: request.docker_volume_size ?? template.docker_volume_size,
    flavorId: request.flavor_id ?? template.flavor_id,
    masterFlavorId: request.master_flavor_id ?? template.master_flavor_id,
    fixedNetwork: request.fixed_network ?? template.fixed_network,
    fixedSubnet: request.fixed_subnet ?? template.fixed_subnet,
    floatingIpEnabled: request.floating_ip_enabled ?? template.floating_ip_enabled,
    masterLbEnabled: request.master_lb_enabled ?? template.master_lb_enabled,
    discoveryUrl: request.discovery_url ?? null,
    createTimeoutMinutes: request.create_timeout ?? null,
  };
}

function inheritLabels({ labels, merge_labels }: CreateCluster, template: ClusterTemplateSettings): Readonly<Record<string, string>> {
  if (!labels || Object.keys(labels).length === 0) return template.labels;
  return merge_labels === true ? { ...template.labels, ...labels } : labels;
}

/** Horizon sends "" where it means nothing. */
const nonEmpty = (text: string | null | undefined): string | null => (text === undefined || text === '' ? null : text);
