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
