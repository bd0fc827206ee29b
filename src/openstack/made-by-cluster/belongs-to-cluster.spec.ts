import { describe, expect, it } from '@jest/globals';
import type { LoadBalancer } from '../octavia/octavia.client.js';
import { isBalancerOf, isFloatingIpOf, isInTheWay, isVolumeOf, type MakerCluster } from './belongs-to-cluster.js';

const cluster: MakerCluster = { id: 'c0ffee', name: 'blue', isNameUnique: true, subnetId: 'ours', ownsNetwork: true, recordedIds: new Set(['recorded']) };
const shared: MakerCluster = { ...cluster, ownsNetwork: false };
const balancer = (fields: Partial<LoadBalancer>): LoadBalancer => ({
  ...{ id: 'lb', name: 'kube_service_kubernetes_shop_web', description: '', status: 'ACTIVE', vipAddress: '10.0.0.9', vipPortId: 'vip', vipSubnetId: 'theirs' },
  ...fields,
});

describe('isBalancerOf', () => {
  it.each([
    { when: 'its name holds the id', of: cluster, has: { name: 'kube_service_c0ffee_shop_web' }, is: true },
    { when: 'it is the ingress controller’s with the id', of: cluster, has: { name: 'kube_ingress_c0ffee_shop_web' }, is: true },
    { when: 'its description ends with the id', of: cluster, has: { description: 'Kubernetes external service shop/web from cluster c0ffee' }, is: true },
    { when: 'its id was read from a Service', of: cluster, has: { id: 'recorded' }, is: true },
    { when: 'a Service borrowed somebody’s own load balancer', of: cluster, has: { id: 'recorded', name: 'front door', vipSubnetId: 'ours' }, is: false },
    { when: 'a controller made it in the cluster’s own network', of: cluster, has: { vipSubnetId: 'ours' }, is: true },
    { when: 'a controller made it in a shared network for a cluster without a good name', of: shared, has: { vipSubnetId: 'ours' }, is: false },
    { when: 'it has the cluster’s name in a shared network', of: shared, has: { name: 'kube_service_blue_shop_web', vipSubnetId: 'ours' }, is: true },
    { when: 'another cluster has that name too', of: { ...shared, isNameUnique: false }, has: { name: 'kube_service_blue_shop_web', vipSubnetId: 'ours' }, is: false },
    { when: 'it has the cluster’s name in another network', of: cluster, has: { name: 'kube_service_blue_shop_web' }, is: false },
    { when: 'the cluster’s name only begins like it', of: shared, has: { name: 'kube_service_bluebird_shop_web', vipSubnetId: 'ours' }, is: false },
    { when: 'somebody made it by hand', of: cluster, has: { name: 'mine', vipSubnetId: 'ours' }, is: false },
  ])('is $is when $when', ({ of, has, is }) => {
    expect(isBalancerOf(of, balancer(has))).toBe(is);
  });
});

describe('isInTheWay', () => {
  it.each([
    { what: 'somebody’s own in the cluster’s network', of: cluster, has: { name: 'mine', vipSubnetId: 'ours' }, is: true },
    { what: 'the cluster’s API', of: cluster, has: { name: 'jb-c0ffee-api', vipSubnetId: 'ours' }, is: false },
    { what: 'the API by its address', of: cluster, has: { name: 'renamed', vipSubnetId: 'ours', vipAddress: '10.0.0.5' }, is: false },
    { what: 'a Service’s', of: cluster, has: { vipSubnetId: 'ours' }, is: false },
    { what: 'somebody’s own in a network that stays', of: shared, has: { name: 'mine', vipSubnetId: 'ours' }, is: false },
  ])('$what: $is', ({ of, has, is }) => {
    expect(isInTheWay(of, '10.0.0.5', balancer(has))).toBe(is);
  });
});

describe('isVolumeOf', () => {
  const volume = { id: 'v', name: 'pvc-1', status: 'available', sizeGib: 1, attachedServerIds: [], metadata: {} };
  it('goes by what the CSI driver wrote, and by what was read from the cluster', () => {
    expect(isVolumeOf(cluster, { ...volume, metadata: { 'cinder.csi.openstack.org/cluster': 'c0ffee' } })).toBe(true);
    expect(isVolumeOf(cluster, { ...volume, id: 'recorded' })).toBe(true);
    expect(isVolumeOf(cluster, { ...volume, metadata: { 'cinder.csi.openstack.org/cluster': 'kubernetes' } })).toBe(false);
    expect(isVolumeOf(cluster, volume)).toBe(false);
  });
});

describe('isFloatingIpOf', () => {
  const floating = { id: 'f', address: '192.0.2.1', description: 'Floating IP for Kubernetes external service shop/web from cluster kubernetes', portId: 'vip' };
  it.each([
    { what: 'one made for a Service, on its load balancer', has: {}, is: true },
    { what: 'one a person put there', has: { description: 'mine' }, is: false },
    { what: 'one of another load balancer', has: { portId: 'other' }, is: false },
    { what: 'one that leads nowhere any more and names the cluster', has: { portId: null, description: 'Floating IP for Kubernetes external service shop/web from cluster c0ffee' }, is: true },
  ])('$what: $is', ({ has, is }) => {
    expect(isFloatingIpOf(cluster, new Set(['vip']), { ...floating, ...has })).toBe(is);
  });
});
