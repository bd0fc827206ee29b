import type { ClusterTemplateSettings } from '../cluster-templates/cluster-template.row.js';
import type { ClusterRow } from '../clusters/cluster.row.js';

/** What a cluster has, as it is shown: what was last seen on its nodes. */
export type UpgradedCluster = Pick<ClusterRow, 'labels' | 'flavor_id' | 'master_flavor_id' | 'docker_volume_size'>;

/** What the cluster is to be by its new template; columns of `clusters`. */
export interface UpgradedFields {
  readonly labels: Readonly<Record<string, string>>;
  readonly flavorId: string | null;
  readonly masterFlavorId: string | null;
  readonly dockerVolumeSize: number | null;
}

/**
 * What came from the old template comes from the new one; what the cluster was given of its own stays its own. Only kube_tag
 * always follows the template: the version is what an upgrade is for.
 */
export function inheritForUpgrade(cluster: UpgradedCluster, old: ClusterTemplateSettings, template: ClusterTemplateSettings): UpgradedFields {
  return {
    labels: inheritLabels(cluster.labels, old.labels, template.labels),
    flavorId: inherit(cluster.flavor_id, old.flavor_id, template.flavor_id),
    masterFlavorId: inherit(cluster.master_flavor_id, old.master_flavor_id, template.master_flavor_id),
    dockerVolumeSize: inherit(cluster.docker_volume_size, old.docker_volume_size, template.docker_volume_size),
  };
}

const inherit = <Value>(own: Value, old: Value, wanted: Value): Value => (own === old ? (wanted ?? own) : own);

type Texts = Readonly<Record<string, string>>;

function inheritLabels(own: Texts, old: Texts, wanted: Texts): Texts {
  const names = new Set([...Object.keys(own), ...Object.keys(wanted)]);
  const entries = [...names].flatMap((name): [string, string][] => {
    const value = name === 'kube_tag' || own[name] === old[name] ? wanted[name] : own[name];
    return value === undefined ? [] : [[name, value]];
  });
  return Object.fromEntries(entries);
}
