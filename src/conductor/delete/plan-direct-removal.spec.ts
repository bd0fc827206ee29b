import { describe, expect, it } from '@jest/globals';
import type { Volume } from '../../openstack/cinder/cinder.client.js';
import type { LoadBalancer } from '../../openstack/octavia/octavia.client.js';
import { describeRemains } from './describe-remains.js';
import { describeStuck, planDirectRemoval } from './plan-direct-removal.js';

const balancer = (status: string): LoadBalancer => ({ id: 'b', name: 'kube_service_c_shop_web', description: '', status, vipAddress: '10.0.0.9', vipPortId: 'p', vipSubnetId: 's' });
const volume = (fields: Partial<Volume> = {}): Volume => ({ id: 'v', name: 'pvc-1', status: 'available', sizeGib: 1, attachedServerIds: [], metadata: {}, ...fields });
const nothing = { balancers: [], floatingIps: [], volumes: [], inTheWay: [] };
const plain = { keepVolumes: false, force: false };

describe('planDirectRemoval', () => {
  it('removes addresses, then load balancers, then volumes', () => {
    const found = { ...nothing, balancers: [balancer('ACTIVE')], floatingIps: [{ id: 'f', address: '192.0.2.1', description: '', portId: 'p' }], volumes: [volume()] };
    expect(planDirectRemoval(found, plain, new Set())).toMatchObject({ remove: [{ kind: 'floating-ip' }, { kind: 'load-balancer' }, { kind: 'volume' }], stuck: [], kept: [] });
  });

  it.each([
    { status: 'ACTIVE', because: undefined },
    { status: 'ERROR', because: undefined },
    { status: 'PENDING_UPDATE', because: 'Octavia is changing it' },
    { status: 'PENDING_DELETE', because: 'Octavia is deleting it' },
  ])('waits for a load balancer while it takes no request: $status', ({ status, because }) => {
    const { remove, stuck } = planDirectRemoval({ ...nothing, balancers: [balancer(status)] }, plain, new Set());
    expect({ removed: remove.length, because: stuck[0]?.because }).toEqual({ removed: because === undefined ? 1 : 0, because });
  });

  it.each([
    { has: { status: 'available' }, because: undefined },
    { has: { status: 'error' }, because: undefined },
    { has: { status: 'deleting' }, because: 'it is deleting' },
    { has: { status: 'in-use', attachedServerIds: ['s1'] }, because: 'it is attached to server s1' },
    { has: { status: 'detaching' }, because: 'it is detaching' },
  ])('waits for a volume that cannot go yet: $has', ({ has, because }) => {
    const { remove, stuck } = planDirectRemoval({ ...nothing, volumes: [volume(has)] }, plain, new Set());
    expect({ removed: remove.length, because: stuck[0]?.because }).toEqual({ removed: because === undefined ? 1 : 0, because });
  });

  it('keeps volumes that are to be kept or that are retained, whatever state they are in', () => {
    const found = { ...nothing, volumes: [volume({ status: 'in-use', attachedServerIds: ['s1'] })] };
    expect(planDirectRemoval(found, plain, new Set(['v']))).toMatchObject({ remove: [], stuck: [], kept: [{ id: 'v' }] });
    expect(planDirectRemoval(found, { ...plain, keepVolumes: true }, new Set())).toMatchObject({ remove: [], stuck: [], kept: [{ id: 'v' }] });
  });

  it('names a load balancer of somebody else in a network that is to go, and never removes it', () => {
    const found = { ...nothing, inTheWay: [balancer('ACTIVE')] };
    const { remove, stuck } = planDirectRemoval(found, plain, new Set());
    expect(remove).toEqual([]);
    expect(describeStuck(stuck)).toBe("load balancer kube_service_c_shop_web (b): the cluster did not make it, and it stands in the cluster's network");
    expect(planDirectRemoval(found, { ...plain, force: true }, new Set())).toMatchObject({ remove: [], stuck: [] });
  });
});

describe('describeRemains', () => {
  it('names each kind with its reason, and nothing when nothing is left', () => {
    expect(describeRemains([])).toBeNull();
    expect(
      describeRemains([
        { type: 'kept-volume', id: 'v2', name: 'pvc-2 (v2)' },
        { type: 'octavia-load-balancer', id: 'b', name: 'b' },
        { type: 'kept-volume', id: 'v3', name: 'pvc-3 (v3)' },
      ]),
    ).toBe('Left in the cloud: load balancers that could not be removed: b; volumes that were to be kept: pvc-2 (v2), pvc-3 (v3)');
  });
});
