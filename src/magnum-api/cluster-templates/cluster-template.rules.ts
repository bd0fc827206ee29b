import { ClusterTemplateInUseError, InvalidParameterError } from '../../domain/domain-error.js';
import { internalPaths, type PatchRules } from '../http/json-patch.js';
import type { ClusterTemplateSettings } from './cluster-template.row.js';
import type { PatchedClusterTemplate } from './cluster-template.schema.js';

const networkDrivers = ['flannel', 'calico'];
const defaultNetworkDriver = 'flannel';
const volumeDrivers = ['cinder'];
/** Docker's devicemapper needs a volume of at least this (GiB). */
const devicemapperSizeMin = 3;

/** Every default in place; `cluster_distro` and `driver` are for the caller to fill. */
export function withDefaults(given: PatchedClusterTemplate): ClusterTemplateSettings {
  return {
    name: given.name ?? null,
    coe: given.coe,
    image_id: given.image_id,
    flavor_id: given.flavor_id ?? null,
    master_flavor_id: given.master_flavor_id ?? null,
    keypair_id: given.keypair_id ?? null,
    external_network_id: given.external_network_id ?? null,
    fixed_network: given.fixed_network ?? null,
    fixed_subnet: given.fixed_subnet ?? null,
    dns_nameserver: given.dns_nameserver ?? null,
    network_driver: given.network_driver ?? defaultNetworkDriver,
    volume_driver: given.volume_driver ?? null,
    server_type: given.server_type ?? 'vm',
    docker_volume_size: given.docker_volume_size ?? null,
    docker_storage_driver: given.docker_storage_driver ?? null,
    apiserver_port: given.apiserver_port ?? null,
    http_proxy: given.http_proxy ?? null,
    https_proxy: given.https_proxy ?? null,
    no_proxy: given.no_proxy ?? null,
    insecure_registry: given.insecure_registry ?? null,
    labels: given.labels ?? {},
    tags: given.tags ?? null,
    tls_disabled: given.tls_disabled ?? false,
    registry_enabled: given.registry_enabled ?? false,
    public: given.public ?? false,
    hidden: given.hidden ?? false,
    master_lb_enabled: given.master_lb_enabled ?? false,
    floating_ip_enabled: given.floating_ip_enabled ?? true,
    cluster_distro: given.cluster_distro ?? null,
    driver: given.driver ?? null,
  };
}

/** What the kind of cluster allows. Throws InvalidParameterError. */
export function checkNetworkAndVolumeDriver({ network_driver, volume_driver }: ClusterTemplateSettings): void {
  if (network_driver !== null && !networkDrivers.includes(network_driver)) {
    throw new InvalidParameterError(`Field network_driver: ${network_driver} is not supported; use one of ${networkDrivers.join(', ')}.`);
  }
  if (volume_driver !== null && !volumeDrivers.includes(volume_driver)) {
    throw new InvalidParameterError(`Field volume_driver: ${volume_driver} is not supported; use ${volumeDrivers.join(', ')} or leave it out.`);
  }
}

export function checkDockerStorage(storageDriver: string | null, volumeSize: number | null): void {
  if (storageDriver === 'devicemapper' && (volumeSize ?? 0) < devicemapperSizeMin) {
    throw new InvalidParameterError(`Field docker_volume_size: docker_storage_driver devicemapper needs at least ${devicemapperSizeMin} GiB.`);
  }
}

/** Size of boot volumes in GiB, 0 = the flavor's own disk: the label, else the configured default. */
export function bootVolumeSize(labels: Readonly<Record<string, string>>, configured: number): number {
  const label = labels['boot_volume_size'];
  if (label === undefined || label === '') return configured;
  if (!/^\d{1,6}$/.test(label)) throw new InvalidParameterError(`Label boot_volume_size: expected a whole number of GiB, not '${label}'.`);
  return Number(label);
}

export const clusterTemplatePatchRules: PatchRules = {
  internal: internalPaths(),
  mandatory: new Set([
    '/image_id',
    '/coe',
    '/network_driver',
    '/external_network_id',
    '/tls_disabled',
    '/public',
    '/server_type',
    '/registry_enabled',
    '/cluster_distro',
    '/hidden',
  ]),
  defaults: { labels: {}, floating_ip_enabled: true, master_lb_enabled: false },
};

export function changedFields(before: ClusterTemplateSettings, after: ClusterTemplateSettings): (keyof ClusterTemplateSettings)[] {
  const fields = Object.keys(after) as (keyof ClusterTemplateSettings)[];
  return fields.filter((field) => canonical(before[field]) !== canonical(after[field]));
}

const canonical = (value: unknown): string =>
  JSON.stringify(typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) : value);

/**
 * A template that clusters were made from may only be published, hidden or shown, tagged or renamed, one of these at a
 * time. Throws ClusterTemplateInUseError.
 */
export function checkChangeOfUsed(after: ClusterTemplateSettings, changed: readonly (keyof ClusterTemplateSettings)[], reference: string): void {
  const [field, another] = changed;
  const isAllowed =
    another === undefined &&
    ((field === 'public' && after.public) || field === 'hidden' || (field === 'tags' && after.tags !== null) || (field === 'name' && after.name !== null));
  if (!isAllowed) {
    throw new ClusterTemplateInUseError(
      `Cluster template ${reference} is used by clusters: one of name, tags, hidden, or public to true may change, one at a time; make a new template for anything else.`,
    );
  }
}
