import { describe, expect, it } from '@jest/globals';
import type { CinderPersistentVolume } from '../../kubernetes/cloud-objects/cinder-volume.js';
import { planClusterCleaning, type CloudObjects } from './plan-cluster-cleaning.js';

const volume = (name: string, fields: Partial<CinderPersistentVolume> = {}): CinderPersistentVolume => ({
  ...{ name, volumeId: `id of ${name}`, reclaimPolicy: 'Delete', claim: { namespace: 'shop', name } },
  ...fields,
});
const service = { namespace: 'shop', name: 'web', isLeaving: false, balancerId: null, addresses: [] };
const claim = (name: string, isLeaving = false) => ({ namespace: 'shop', name, isLeaving });
const pod = (name: string, claims: string[], statefulSet: string | null = null, isLeaving = false) => ({ namespace: 'shop', name, claims, statefulSet, isLeaving });
const empty: CloudObjects = { services: [], volumes: [], claims: [], claimUsers: [] };

describe('planClusterCleaning', () => {
  it('has nothing to do in a cluster that made nothing', () => {
    expect(planClusterCleaning(empty, false)).toEqual({ doomed: [], retained: [], services: [], statefulSets: [], claims: [], pods: [], left: [] });
  });

  it('asks for services and claims once, and waits until they are gone', () => {
    const objects = { ...empty, services: [service], volumes: [volume('data')], claims: [claim('data')] };
    expect(planClusterCleaning(objects, false)).toMatchObject({
      ...{ services: [{ namespace: 'shop', name: 'web' }], claims: [{ namespace: 'shop', name: 'data' }] },
      left: ['Service shop/web', 'volume data of claim shop/data'],
    });
    const asked = { ...objects, services: [{ ...service, isLeaving: true }], claims: [claim('data', true)] };
    expect(planClusterCleaning(asked, false)).toMatchObject({ services: [], claims: [], left: ['Service shop/web', 'volume data of claim shop/data'] });
    expect(planClusterCleaning({ ...empty, volumes: [volume('data')] }, false).left).toEqual(['volume data of claim shop/data']);
  });

  it.each([
    { what: 'a retained volume', volumes: [volume('data', { reclaimPolicy: 'Retain' })], keepVolumes: false, retained: 1 },
    { what: 'a recycled one', volumes: [volume('data', { reclaimPolicy: 'Recycle' })], keepVolumes: false, retained: 1 },
    { what: 'one that nobody ever claimed', volumes: [volume('data', { claim: null })], keepVolumes: false, retained: 0 },
    { what: 'any when volumes are to be kept', volumes: [volume('data')], keepVolumes: true, retained: 0 },
  ])('leaves $what alone', ({ volumes, keepVolumes, retained }) => {
    const plan = planClusterCleaning({ ...empty, volumes, claims: [claim('data')], claimUsers: [pod('db-0', ['data'])] }, keepVolumes);
    expect(plan).toMatchObject({ doomed: [], claims: [], pods: [], left: [] });
    expect(plan.retained).toHaveLength(retained);
  });

  it('takes away the pods that hold a claim, and the StatefulSet that would make both again', () => {
    const objects = {
      ...empty,
      volumes: [volume('data'), volume('mine', { reclaimPolicy: 'Retain' })],
      claims: [claim('data'), claim('mine')],
      claimUsers: [pod('db-0', ['data'], 'db'), pod('db-1', ['data'], 'db'), pod('job', ['data']), pod('leaving', ['data'], null, true), pod('other', ['mine'])],
    };
    expect(planClusterCleaning(objects, false)).toMatchObject({
      ...{ claims: [{ name: 'data' }], statefulSets: [{ namespace: 'shop', name: 'db' }], pods: [{ namespace: 'shop', name: 'job' }] },
    });
  });

  it('does not take a claim of the same name in another namespace for the one', () => {
    const plan = planClusterCleaning({ ...empty, volumes: [volume('data')], claims: [{ namespace: 'home', name: 'data', isLeaving: false }], claimUsers: [{ ...pod('db', ['data']), namespace: 'home' }] }, false);
    expect(plan).toMatchObject({ claims: [], pods: [] });
  });
});
