import { describe, expect, it } from '@jest/globals';
import type { ClusterSpec } from '../../src/driver-contract/index.js';
import { clusterSpec, driver } from '../../test/k8s-ubuntu/cluster-fixture.js';

const withLabels = (given: Readonly<Record<string, string>>, changes: Partial<ClusterSpec> = {}): ClusterSpec =>
  clusterSpec({ masterLbEnabled: true, labels: driver.resolveLabels(given).values, ...changes });
const infraOf = (given: Readonly<Record<string, string>>, changes: Partial<ClusterSpec> = {}) => driver.renderInfra(withLabels(given, changes)).parameters;

describe('the API load balancer', () => {
  it('is not there unless it is wanted', () => {
    expect(infraOf({ master_lb_floating_ip_enabled: 'true' }, { masterLbEnabled: false })).not.toHaveProperty('load_balancer_enabled');
  });

  it('spreads over nodes that say they are ready, and lets everybody in, when no label says otherwise', () => {
    expect(infraOf({})).toMatchObject({
      load_balancer_enabled: true,
      load_balancer_allowed_cidrs: [],
      load_balancer_provider: '',
      load_balancer_flavor: '',
      load_balancer_availability_zone: '',
      load_balancer_algorithm: 'ROUND_ROBIN',
      load_balancer_monitor: 'HTTPS',
      api_sources: ['0.0.0.0/0'],
    });
  });

  it.each([
    { label: undefined, field: true, then: true },
    { label: undefined, field: false, then: false },
    { label: 'true', field: false, then: true },
    { label: 'FALSE', field: true, then: false },
    { label: '0', field: true, then: false },
  ])('floats: $then when its label is $label and floating_ip_enabled $field', ({ label, field, then }) => {
    const parameters = infraOf(label === undefined ? {} : { master_lb_floating_ip_enabled: label }, { floatingIpEnabled: field });
    expect(parameters).toMatchObject({ load_balancer_floating_ip_enabled: then });
  });

  it.each(['master_lb_allowed_cidrs', 'api_master_lb_allowed_cidrs'])('holds clients to the ranges of %s, and lets nobody around itself', (name) => {
    expect(infraOf({ [name]: '192.0.2.0/24, 198.51.100.7/32' })).toMatchObject({
      load_balancer_allowed_cidrs: ['10.0.0.0/24', '192.0.2.0/24', '198.51.100.7/32'],
      api_sources: ['10.0.0.0/24'],
    });
  });

  it('names the subnet once', () => {
    expect(infraOf({ master_lb_allowed_cidrs: '10.0.0.0/24' })).toMatchObject({ load_balancer_allowed_cidrs: ['10.0.0.0/24'] });
  });

  it('asks of OVN only what it can do, and opens the nodes to the clients whose addresses it keeps', () => {
    expect(infraOf({ octavia_provider: 'ovn', master_lb_allowed_cidrs: '192.0.2.0/24' })).toMatchObject({
      load_balancer_provider: 'ovn',
      load_balancer_algorithm: 'SOURCE_IP_PORT',
      load_balancer_monitor: 'TCP',
      api_sources: ['10.0.0.0/24', '192.0.2.0/24'],
    });
  });

  it('is made as the labels say', () => {
    const given = { octavia_lb_algorithm: 'SOURCE_IP', octavia_provider: 'amphora', api_server_lb_flavor: 'small', api_server_lb_availability_zone: 'az-1' };
    expect(infraOf(given)).toMatchObject({
      load_balancer_algorithm: 'SOURCE_IP',
      load_balancer_provider: 'amphora',
      load_balancer_flavor: 'small',
      load_balancer_availability_zone: 'az-1',
    });
  });
});

describe('specProblems', () => {
  const problems = (spec: ClusterSpec): readonly string[] => driver.specProblems?.(spec) ?? ['the driver does not look'];

  it('refuses ranges that no load balancer would hold clients to', () => {
    expect(problems(withLabels({ api_master_lb_allowed_cidrs: '192.0.2.0/24' }, { masterLbEnabled: false }))).toEqual([expect.stringContaining('needs master_lb_enabled')]);
  });

  it('has nothing against the rest', () => {
    expect(problems(clusterSpec())).toEqual([]);
    expect(problems(withLabels({ master_lb_allowed_cidrs: '192.0.2.0/24' }))).toEqual([]);
  });
});
