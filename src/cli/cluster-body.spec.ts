import { describe, expect, it } from '@jest/globals';
import { clusterBody, type ClusterOptions } from './cluster-body.js';
import { ContradictionError } from './flag.js';

const least: ClusterOptions = { clusterTemplate: 'k8s', labels: [], masterCount: 1, nodeCount: 1, timeout: 60 };
const leastBody = { name: 'blue', cluster_template_id: 'k8s', discovery_url: null, keypair: null, master_count: 1, node_count: 1, create_timeout: 60 };

describe('clusterBody', () => {
  it.each([
    { when: 'nothing else is given', given: {}, then: {} },
    { when: 'labels are given', given: { labels: ['a=1'] }, then: { labels: { a: '1' } } },
    { when: 'labels are merged', given: { labels: ['a=1'], mergeLabels: true }, then: { labels: { a: '1' }, merge_labels: true } },
    { when: '--floating-ip-disabled', given: { floatingIpEnabled: false }, then: { floating_ip_enabled: false } },
    { when: '--master-lb-disabled', given: { masterLbEnabled: false }, then: { master_lb_enabled: false } },
    {
      when: 'sizes and places are given',
      given: { dockerVolumeSize: 5, flavor: 'f', masterFlavor: 'm', fixedNetwork: 'n', fixedSubnet: 's', keypair: 'k' },
      then: { docker_volume_size: 5, flavor_id: 'f', master_flavor_id: 'm', fixed_network: 'n', fixed_subnet: 's', keypair: 'k' },
    },
  ])('adds to the least body what was said, when $when', ({ given, then }) => {
    expect(clusterBody('blue', { ...least, ...given })).toEqual({ ...leastBody, ...then });
  });

  it('refuses several control-plane nodes without a load balancer', () => {
    expect(() => clusterBody('blue', { ...least, masterCount: 3, masterLbEnabled: false })).toThrow(ContradictionError);
  });
});
