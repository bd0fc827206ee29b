import type { Topic } from '../exchange.js';

/** Looks up by name what every other topic refers to by id. */
export const surroundings: Topic = {
  name: 'surroundings',
  exchanges: [
    {
      name: 'image-list-by-name',
      service: 'image',
      actor: 'demo',
      method: 'GET',
      path: '/v2/images?name={{image_name}}',
      capture: { image_id: '/images/0/id' },
      ignore: { '/images/*/kube_version': 'the recorded cloud does not say which Kubernetes an image holds', '/images/*/os_distro': 'the recorded image is another one' },
    },
    {
      name: 'image-list-without-distro',
      service: 'image',
      actor: 'demo',
      method: 'GET',
      path: '/v2/images?name={{image_without_distro_name}}',
      capture: { image_without_distro_id: '/images/0/id' },
    },
    { name: 'flavor-list-detail', service: 'compute', actor: 'demo', method: 'GET', path: '/flavors/detail', capture: { flavor_id: '/flavors/name={{flavor_name}}/id' } },
    {
      name: 'network-list-by-name',
      service: 'network',
      actor: 'demo',
      method: 'GET',
      path: '/v2.0/networks?name={{public_network_name}}',
      capture: { public_network_id: '/networks/0/id' },
    },
    { name: 'domain-list-by-name', service: 'identity', actor: 'service', method: 'GET', path: '/domains?name={{user_domain_name}}', capture: { user_domain_id: '/domains/0/id' } },
    { name: 'role-list-by-name', service: 'identity', actor: 'service', method: 'GET', path: '/roles?name=member', capture: { member_role_id: '/roles/0/id' } },
    { name: 'role-list-owner', service: 'identity', actor: 'service', method: 'GET', path: '/roles?name=heat_stack_owner', capture: { stack_owner_role_id: '/roles/0/id' } },
  ],
};
