import type { ClusterSpec, Json } from '../../src/driver-contract/index.js';
import { clusterLabel, listEntries, switched } from './label-values.js';

type Parameters = Readonly<Record<string, Json>>;

/** OVN's load balancer works in the switches: no proxy, no TLS, clients' addresses kept. */
const worksInSwitches = (spec: ClusterSpec): boolean => clusterLabel(spec, 'octavia_provider') === 'ovn';

/** Ranges that may reach the API besides the nodes' subnet; none when everybody may. */
export const allowedCidrs = (spec: ClusterSpec): readonly string[] =>
  listEntries(clusterLabel(spec, 'master_lb_allowed_cidrs') || clusterLabel(spec, 'api_master_lb_allowed_cidrs'));

/**
 * The infra stack's parameters about the API load balancer; none without one, so that a cluster whose templates were
 * frozen before there was any still renders.
 */
export function loadBalancerParameters(spec: ClusterSpec): Parameters {
  if (!spec.masterLbEnabled) return {};
  const allowed = allowedCidrs(spec);
  const open = allowed.length === 0;
  const ranges = unique([spec.subnetCidr, ...allowed]);
  return {
    load_balancer_enabled: true,
    load_balancer_floating_ip_enabled: switched(clusterLabel(spec, 'master_lb_floating_ip_enabled'), spec.floatingIpEnabled),
    // Nodes, and pods behind them, come through it too.
    load_balancer_allowed_cidrs: open ? [] : ranges,
    load_balancer_provider: clusterLabel(spec, 'octavia_provider'),
    load_balancer_flavor: clusterLabel(spec, 'api_server_lb_flavor'),
    load_balancer_availability_zone: clusterLabel(spec, 'api_server_lb_availability_zone'),
    load_balancer_algorithm: clusterLabel(spec, 'octavia_lb_algorithm') || (worksInSwitches(spec) ? 'SOURCE_IP_PORT' : 'ROUND_ROBIN'),
    load_balancer_monitor: worksInSwitches(spec) ? 'TCP' : 'HTTPS',
    // A proxy reaches the nodes from its leg in their subnet; whoever went around it would not be held to the ranges.
    api_sources: open ? ['0.0.0.0/0'] : worksInSwitches(spec) ? ranges : [spec.subnetCidr],
  };
}

/** What of a new cluster's spec about the way to its API does not go together. */
export const loadBalancerProblems = (spec: ClusterSpec): readonly string[] =>
  !spec.masterLbEnabled && allowedCidrs(spec).length > 0
    ? ['Label master_lb_allowed_cidrs needs master_lb_enabled: without a load balancer nothing would hold clients to these ranges.']
    : [];

const unique = (entries: readonly string[]): string[] => [...new Set(entries)];
