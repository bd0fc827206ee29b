import { InvalidParameterError } from '../../domain/domain-error.js';
import type { ClusterTemplateSettings } from '../cluster-templates/cluster-template.row.js';
import type { ClusterRow } from '../clusters/cluster.row.js';

type FixedField =
  | 'coe' | 'server_type' | 'external_network_id' | 'fixed_network' | 'fixed_subnet' | 'dns_nameserver' | 'network_driver'
  | 'apiserver_port' | 'master_lb_enabled' | 'floating_ip_enabled' | 'tls_disabled' | 'registry_enabled';

/** What machines and networks of a running cluster stand on, with the value that the template's silence means. */
const fixedFields: Readonly<Record<FixedField, string | number | boolean | null>> = {
  coe: null,
  server_type: 'vm',
  external_network_id: null,
  fixed_network: null,
  fixed_subnet: null,
  dns_nameserver: '8.8.8.8',
  network_driver: 'flannel',
  apiserver_port: 6443,
  master_lb_enabled: false,
  floating_ip_enabled: true,
  tls_disabled: false,
  registry_enabled: false,
};

/** Values that a cluster may have been given of its own: these stay, whatever templates say. */
type OwnValues = Partial<Pick<ClusterRow, 'fixed_network' | 'fixed_subnet' | 'master_lb_enabled' | 'floating_ip_enabled'>>;

/** Throws InvalidParameterError that names each field in which the new template differs and which no upgrade can change. */
export function refuseFixedFields(cluster: OwnValues, old: ClusterTemplateSettings, template: ClusterTemplateSettings): void {
  const problems = (Object.keys(fixedFields) as FixedField[]).flatMap((field) => {
    const [from, to] = [old[field] ?? fixedFields[field], template[field] ?? fixedFields[field]];
    const isOwn = field in cluster && (cluster[field as keyof OwnValues] ?? fixedFields[field]) !== from;
    return from === to || isOwn ? [] : [`Field ${field}: an upgrade cannot change it from ${from ?? 'none'} to ${to ?? 'none'}.`];
  });
  if (problems.length > 0) throw new InvalidParameterError(`${problems.join(' ')} Use a template that has the old values, or a new cluster.`);
}
