import { describe, expect, it } from '@jest/globals';
import { templateBody, type TemplateOptions } from './template-body.js';

/** What commander hands on when only the required options are given. */
const least: TemplateOptions = {
  coe: 'kubernetes',
  image: 'ubuntu',
  externalNetwork: 'public',
  dnsNameserver: '8.8.8.8',
  flavor: 'm1.medium',
  dockerStorageDriver: 'overlay2',
  proxy: null,
  labels: [],
  serverType: 'vm',
  tags: [],
};

describe('templateBody', () => {
  it("sends OpenStack's client's defaults, and null for what was not given", () => {
    expect(templateBody('k8s', least)).toEqual({
      name: 'k8s',
      coe: 'kubernetes',
      image_id: 'ubuntu',
      external_network_id: 'public',
      keypair_id: null,
      fixed_network: null,
      fixed_subnet: null,
      network_driver: null,
      volume_driver: null,
      dns_nameserver: '8.8.8.8',
      flavor_id: 'm1.medium',
      master_flavor_id: null,
      docker_volume_size: null,
      docker_storage_driver: 'overlay2',
      http_proxy: null,
      https_proxy: null,
      no_proxy: null,
      labels: {},
      tls_disabled: false,
      public: false,
      registry_enabled: false,
      insecure_registry: null,
      server_type: 'vm',
      master_lb_enabled: false,
    });
  });

  it.each([
    { when: '--hidden', given: { hidden: true }, then: { hidden: true } },
    { when: '--floating-ip-disabled', given: { floatingIpEnabled: false }, then: { floating_ip_enabled: false } },
    { when: '--driver', given: { driver: 'k8s-ubuntu' }, then: { driver: 'k8s-ubuntu' } },
    { when: 'tags twice', given: { tags: ['a,b', 'b'] }, then: { tags: 'a,b' } },
    { when: 'labels', given: { labels: ['x=1,y=2'] }, then: { labels: { x: '1', y: '2' } } },
    { when: '--no-proxy', given: { proxy: '10.0.0.0/8' }, then: { no_proxy: '10.0.0.0/8' } },
  ])('sends what $when says', ({ given, then }) => {
    expect(templateBody('k8s', { ...least, ...given })).toMatchObject(then);
  });

  it('says nothing of hidden when --visible', () => {
    expect(templateBody('k8s', { ...least, hidden: false })).not.toHaveProperty('hidden');
  });
});
