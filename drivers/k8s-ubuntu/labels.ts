import type { LabelDefinition, ResolvedLabels } from '../../src/driver-contract/index.js';
import { overlap, parseCidr, type Cidr } from './cidr.js';
import { labelDefinitions, matching, type Check } from './label-definitions.js';
import { listEntries } from './label-values.js';

export const labels: readonly LabelDefinition[] = labelDefinitions;

const typeChecks: Record<LabelDefinition['type'], Check> = {
  string: () => undefined,
  // All integer labels are sizes; a million GiB is beyond any volume.
  integer: matching(/^\d{1,6}$/, 'a whole number of at least 0'),
  boolean: matching(/^(true|false|yes|no|on|off|1|0)$/i, 'true or false'),
  cidr: (value) => (parseCidr(value) ? undefined : 'expected an IPv4 range such as 10.0.0.0/24, without bits behind the prefix'),
};

/**
 * Defaults under the given values, and a sentence for each that cannot work. An empty value counts as not given, as tools
 * send it for "none"; labels that this driver does not know stay as they are.
 */
export function resolveLabels(given: Readonly<Record<string, string>>): ResolvedLabels {
  const values: Record<string, string> = { ...given };
  for (const { name, default: fallback } of labelDefinitions) {
    if (fallback !== undefined) values[name] ||= fallback;
    else if (values[name] === '') delete values[name];
  }
  const problems = labelDefinitions.flatMap(({ name, type, check }) => {
    const value = values[name];
    if (value === undefined) return [];
    const problem = typeChecks[type](value) ?? check?.(value);
    return problem === undefined ? [] : [`Label ${name} is "${value}": ${problem}.`];
  });
  return { values, problems: [...problems, ...overlaps(values, given), ...contradictions(values)] };
}

/** The subnet counts only when its label is given: the cluster may use an existing one, whose range no label tells. */
function overlaps(values: Readonly<Record<string, string>>, given: Readonly<Record<string, string>>): string[] {
  const names = ['flannel_network_cidr', 'service_cluster_ip_range', ...(given['fixed_subnet_cidr'] ? ['fixed_subnet_cidr'] : [])];
  const ranges = names.flatMap((name): { name: string; cidr: Cidr }[] => {
    const cidr = parseCidr(values[name] ?? '');
    return cidr ? [{ name, cidr }] : [];
  });
  return ranges.flatMap((a, index) =>
    ranges.slice(index + 1).flatMap((b) => (overlap(a.cidr, b.cidr) ? [`Labels ${a.name} (${a.cidr.text}) and ${b.name} (${b.cidr.text}) overlap: nodes, pods and services need ranges of their own.`] : [])),
  );
}

function contradictions(values: Readonly<Record<string, string>>): string[] {
  const { master_lb_allowed_cidrs: ranges = '', api_master_lb_allowed_cidrs: sameRanges = '', octavia_provider: provider, octavia_lb_algorithm: algorithm = '' } = values;
  const differ = listEntries(ranges).sort().join() !== listEntries(sameRanges).sort().join();
  return [
    ...(ranges !== '' && sameRanges !== '' && differ ? ['Labels master_lb_allowed_cidrs and api_master_lb_allowed_cidrs are two names of one thing and say different things: give one.'] : []),
    ...(provider === 'ovn' && algorithm !== '' && algorithm !== 'SOURCE_IP_PORT' ? [`Label octavia_lb_algorithm is "${algorithm}": the provider ovn knows SOURCE_IP_PORT only.`] : []),
  ];
}
