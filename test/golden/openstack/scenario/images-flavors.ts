import type { Topic } from '../exchange.js';

const unknownUuid = '01234567-89ab-4cde-8f01-23456789abcd';
const imageKeys = { '/kube_version': 'the recorded image does not say which Kubernetes it holds' };

/** What a cluster template refers to, and what a project may still use. */
export const imagesAndFlavors: Topic = {
  name: 'images-flavors',
  exchanges: [
    { name: 'image-show', service: 'image', actor: 'demo', method: 'GET', path: '/v2/images/{{image_id}}', ignore: imageKeys },
    { name: 'image-show-without-distro', service: 'image', actor: 'demo', method: 'GET', path: '/v2/images/{{image_without_distro_id}}' },
    { name: 'image-list-all', service: 'image', actor: 'demo', method: 'GET', path: '/v2/images?limit=2', ignore: { '/images': 'each cloud has its own images', '/next': 'holds the id of one of them' } },
    { name: 'image-list-no-such-name', service: 'image', actor: 'demo', method: 'GET', path: '/v2/images?name={{run}}' },
    { name: 'image-show-unknown', service: 'image', actor: 'demo', method: 'GET', path: `/v2/images/${unknownUuid}` },
    { name: 'image-show-no-uuid', service: 'image', actor: 'demo', method: 'GET', path: '/v2/images/{{image_name}}' },
    { name: 'image-list-no-token', service: 'image', actor: 'none', method: 'GET', path: '/v2/images' },
    { name: 'image-list-bad-token', service: 'image', actor: 'bad', method: 'GET', path: '/v2/images' },
    { name: 'image-delete-foreign', service: 'image', actor: 'demo', method: 'DELETE', path: '/v2/images/{{image_id}}' },

    { name: 'compute-version', service: 'compute', actor: 'none', method: 'GET', path: '/', ignore: { '/version/version': 'the highest microversion a release speaks' } },
    { name: 'flavor-show', service: 'compute', actor: 'demo', method: 'GET', path: '/flavors/{{flavor_id}}' },
    { name: 'flavor-show-unknown', service: 'compute', actor: 'demo', method: 'GET', path: `/flavors/${unknownUuid}` },
    { name: 'flavor-list', service: 'compute', actor: 'demo', method: 'GET', path: '/flavors' },
    { name: 'flavor-list-no-token', service: 'compute', actor: 'none', method: 'GET', path: '/flavors' },
    { name: 'flavor-list-bad-token', service: 'compute', actor: 'bad', method: 'GET', path: '/flavors' },
    { name: 'keypair-show', service: 'compute', actor: 'demo', method: 'GET', path: '/os-keypairs/{{keypair_name}}' },
    { name: 'keypair-show-unknown', service: 'compute', actor: 'demo', method: 'GET', path: '/os-keypairs/{{run}}' },
    { name: 'keypair-show-of-another-user', service: 'compute', actor: 'reader', method: 'GET', path: '/os-keypairs/{{keypair_name}}', note: 'keypairs belong to users, not to projects' },
    { name: 'keypair-list', service: 'compute', actor: 'demo', method: 'GET', path: '/os-keypairs' },
    { name: 'compute-limits', service: 'compute', actor: 'demo', method: 'GET', path: '/limits' },
    { name: 'compute-quota-detail', service: 'compute', actor: 'demo', method: 'GET', path: '/os-quota-sets/{{demo_project_id}}/detail' },
    { name: 'compute-quota', service: 'compute', actor: 'demo', method: 'GET', path: '/os-quota-sets/{{demo_project_id}}' },
    { name: 'compute-quota-foreign', service: 'compute', actor: 'demo', method: 'GET', path: '/os-quota-sets/{{other_project_id}}' },
    { name: 'compute-microversion', service: 'compute', actor: 'demo', method: 'GET', path: '/flavors/{{flavor_id}}', headers: { 'openstack-api-version': 'compute 2.61' } },
    { name: 'compute-microversion-too-high', service: 'compute', actor: 'demo', method: 'GET', path: '/flavors', headers: { 'openstack-api-version': 'compute 2.999' } },
    { name: 'compute-microversion-malformed', service: 'compute', actor: 'demo', method: 'GET', path: '/flavors', headers: { 'openstack-api-version': 'compute x' } },

    { name: 'volume-type-list', service: 'volumev3', actor: 'demo', method: 'GET', path: '/types' },
    { name: 'volume-limits', service: 'volumev3', actor: 'demo', method: 'GET', path: '/limits' },
    { name: 'volume-quota-usage', service: 'volumev3', actor: 'demo', method: 'GET', path: '/os-quota-sets/{{demo_project_id}}?usage=True', ignore: { '/quota_set': 'one key for each volume type and figure, and the types are each cloud’s own' } },
    { name: 'volume-list-no-token', service: 'volumev3', actor: 'none', method: 'GET', path: '/volumes' },
    { name: 'volume-list-bad-token', service: 'volumev3', actor: 'bad', method: 'GET', path: '/volumes' },
  ],
};
