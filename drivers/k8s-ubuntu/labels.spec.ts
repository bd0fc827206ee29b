import { describe, expect, it } from '@jest/globals';
import { resolveLabels } from './labels.js';

const problemsOf = (given: Record<string, string>): readonly string[] => resolveLabels(given).problems;

describe('resolveLabels', () => {
  it('fills in defaults that do not contradict each other', () => {
    const { values, problems } = resolveLabels({});
    expect(problems).toEqual([]);
    expect(values).toMatchObject({ flannel_network_cidr: '10.100.0.0/16', service_cluster_ip_range: '10.254.0.0/16', fixed_subnet_cidr: '10.0.0.0/24' });
  });

  it('keeps given values, also of labels that this driver does not know', () => {
    expect(resolveLabels({ flannel_tag: 'v0.26.7', ingress_controller: 'octavia' })).toMatchObject({ values: { flannel_tag: 'v0.26.7', ingress_controller: 'octavia' }, problems: [] });
  });

  it.each([
    ['kube_tag', 'v1.32.4'],
    ['container_infra_prefix', 'registry.example.org:5000/kube/'],
    ['container_infra_prefix', ''],
    ['etcd_volume_size', '0'],
    ['boot_volume_size', '40'],
    ['server_group_policies', 'none'],
    ['fixed_subnet_cidr', '192.168.0.0/20'],
    ['master_lb_allowed_cidrs', '192.0.2.0/24, 198.51.100.0/24,'],
    ['octavia_lb_algorithm', 'SOURCE_IP'],
    ['octavia_provider', 'amphorav2'],
    ['extra_security_groups', '0b9a5c7e-4f4a-4d6b-a2a4-3f8e0c1d2e3f,3f0d4d52-6d5c-4f4e-9a1c-0d3b8f0a7c11'],
    ['worker_floating_ip_enabled', 'False'],
    ['control_plane_availability_zones', 'az-1,az 2'],
    ['api_server_cert_sans', 'api.example.org, *.example.org,203.0.113.9,2001:db8::1'],
  ])('accepts %s = "%s"', (name, value) => {
    expect(problemsOf({ [name]: value })).toEqual([]);
  });

  it.each([
    ['kube_tag', 'latest'],
    ['kube_tag', '$(reboot)'],
    ['container_infra_prefix', 'registry.example.org/kube'],
    ['container_infra_prefix', 'registry.example.org/a b/'],
    ['etcd_volume_size', '-1'],
    ['etcd_volume_size', 'ten'],
    ['boot_volume_size', '1.5'],
    ['fixed_subnet_cidr', '10.0.0.0'],
    ['fixed_subnet_cidr', '10.0.0.1/24'],
    ['fixed_subnet_cidr', '10.0.0.0/33'],
    ['fixed_subnet_cidr', '10.0.0.256/24'],
    ['flannel_network_cidr', '10.100.0.0/25'],
    ['service_cluster_ip_range', '172.0.0.0/8'],
    ['flannel_backend', 'udp'],
    ['flannel_tag', 'v1 --privileged'],
    ['dns_cluster_domain', 'Cluster Local'],
    ['server_group_policies', 'somewhere'],
    ['master_lb_allowed_cidrs', '192.0.2.1/24'],
    ['api_master_lb_allowed_cidrs', '192.0.2.0/24;0.0.0.0/0'],
    ['master_lb_allowed_cidrs', '2001:db8::/32'],
    ['octavia_lb_algorithm', 'round_robin'],
    ['octavia_provider', 'ovn --debug'],
    ['extra_security_groups', 'default'],
    ['extra_security_groups', '0b9a5c7e-4f4a-4d6b-a2a4-3f8e0c1d2e3f x'],
    ['master_floating_ip_enabled', 'maybe'],
    ['worker_floating_ip_enabled', 'none'],
    ['master_lb_floating_ip_enabled', '2'],
    ['availability_zone', 'nova:compute-1'],
    ['availability_zone', 'a,b'],
    ['control_plane_availability_zones', 'az-1,nova:compute-1'],
    ['api_server_cert_sans', 'api.example.org,"x'],
    ['api_server_cert_sans', 'https://api.example.org'],
  ])('refuses %s = "%s" in a sentence that names it', (name, value) => {
    const problems = problemsOf({ [name]: value });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(new RegExp(`^Label ${name} is ".*": expected .+\\.$`));
  });

  it.each([
    { given: { flannel_network_cidr: '10.0.0.0/16', fixed_subnet_cidr: '10.0.3.0/24' }, names: ['flannel_network_cidr', 'fixed_subnet_cidr'] },
    { given: { service_cluster_ip_range: '10.100.128.0/20' }, names: ['flannel_network_cidr', 'service_cluster_ip_range'] },
    { given: { fixed_subnet_cidr: '10.254.3.0/24' }, names: ['service_cluster_ip_range', 'fixed_subnet_cidr'] },
  ])('refuses ranges that overlap: $names', ({ given, names }) => {
    expect(problemsOf(given)).toEqual([expect.stringMatching(new RegExp(`^Labels ${names[0]} .* and ${names[1]} .* overlap`))]);
  });

  it('refuses two names of one label that say different things, and takes them when they agree', () => {
    const both = (ranges: string, same: string) => problemsOf({ master_lb_allowed_cidrs: ranges, api_master_lb_allowed_cidrs: same });
    expect(both('192.0.2.0/24', '0.0.0.0/0')).toEqual([expect.stringContaining('give one')]);
    expect(both('192.0.2.0/24,198.51.100.0/24', '198.51.100.0/24, 192.0.2.0/24')).toEqual([]);
  });

  it('refuses of OVN what it cannot do', () => {
    expect(problemsOf({ octavia_provider: 'ovn', octavia_lb_algorithm: 'SOURCE_IP' })).toEqual([expect.stringContaining('SOURCE_IP_PORT only')]);
    expect(problemsOf({ octavia_provider: 'ovn' })).toEqual([]);
  });

  it('does not hold the default subnet against a cluster that may use an existing one', () => {
    expect(problemsOf({ service_cluster_ip_range: '10.0.0.0/16' })).toEqual([]);
  });

  it('takes an empty value as none', () => {
    const { values, problems } = resolveLabels({ kube_tag: '', boot_volume_size: '', flannel_tag: '' });
    expect(problems).toEqual([]);
    expect(values).toMatchObject({ flannel_tag: 'v0.27.4' });
    expect(values).not.toHaveProperty('kube_tag');
  });

  it('reports every problem at once', () => {
    expect(problemsOf({ kube_tag: 'x', etcd_volume_size: 'y', flannel_backend: 'z' })).toHaveLength(3);
  });
});
