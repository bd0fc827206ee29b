import { describe, expect, it } from '@jest/globals';
import { judgePreflight, type PreflightFacts, type PreflightNode } from './judge-preflight.js';

const node = (name: string, changes: Partial<PreflightNode> = {}): PreflightNode => ({ name, role: 'worker', isTouched: true, isReady: true, kubeletVersion: 'v1.32.4', ...changes });

const facts = (changes: Partial<PreflightFacts> = {}): PreflightFacts => ({
  now: new Date('2026-01-01T00:00:00Z'),
  targetVersion: 'v1.33.1',
  controlPlaneVersion: 'v1.32.4',
  movesControlPlane: true,
  nodes: [node('m0', { role: 'control-plane' }), node('w0'), node('w1'), node('other', { isTouched: false })],
  image: { name: 'ubuntu-1.33', status: 'active', kubeVersion: 'v1.33.1' },
  budgets: [],
  drainPolicy: 'fail',
  certificates: [{ name: 'the Kubernetes CA', expiresAt: new Date('2030-01-01T00:00:00Z') }],
  deprecatedApis: [],
  singles: [],
  ...changes,
});
const budget = { name: 'shop/web', desiredHealthy: 2, expectedPods: 2, nodeNames: ['w0'] };

describe('the pre-flight of an upgrade', () => {
  it('has nothing to say of a cluster that is well', () => {
    expect(judgePreflight(facts())).toEqual({ blockers: [], warnings: [] });
  });

  it.each<{ of: string; change: Partial<PreflightFacts>; blocker: RegExp }>([
    { of: 'two minors at once', change: { targetVersion: 'v1.34.0', image: { name: 'i', status: 'active', kubeVersion: 'v1.34.0' } }, blocker: /no minor version may be skipped: upgrade to a template of 1\.33 first/ },
    { of: 'workers that would be left behind', change: { nodes: [node('m0', { role: 'control-plane' }), node('old', { isTouched: false, kubeletVersion: 'v1.29.1' })] }, blocker: /kubelets of 1\.29 may not work with an API server of 1\.33: upgrade their groups first/ },
    { of: 'an older version', change: { targetVersion: 'v1.31.0', image: { name: 'i', status: 'active', kubeVersion: 'v1.31.0' } }, blocker: /cannot go back/ },
    { of: 'workers ahead of the control plane', change: { movesControlPlane: false }, blocker: /Upgrade the control plane first: kubelet v1\.33\.1 is newer/ },
    { of: 'a node that is not Ready', change: { nodes: [node('w0', { isReady: false })] }, blocker: /Node w0 is not Ready/ },
    { of: 'several of them', change: { nodes: ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((name) => node(name, { isReady: false, isTouched: false })) }, blocker: /Nodes a, b, c, d, e and 2 more are not Ready/ },
    { of: 'an image that is gone', change: { image: null }, blocker: /image is gone/ },
    { of: 'an image that is not active', change: { image: { name: 'i', status: 'queued', kubeVersion: 'v1.33.1' } }, blocker: /Image i is queued/ },
    { of: 'an image that has become another', change: { image: { name: 'i', status: 'active', kubeVersion: 'v1.33.2' } }, blocker: /has v1\.33\.2 by now and not v1\.33\.1/ },
    { of: 'a certificate that ends', change: { certificates: [{ name: 'the etcd CA', expiresAt: new Date('2026-01-01T12:00:00Z') }] }, blocker: /certificate of the etcd CA ends at 2026-01-01T12/ },
    { of: 'a removed API in use', change: { deprecatedApis: [{ api: 'flowschemas.flowcontrol.apiserver.k8s.io/v1beta3', removedIn: '1.33' }] }, blocker: /v1beta3 is in use and Kubernetes 1\.33 has it no more/ },
    { of: 'a budget that never allows', change: { budgets: [budget] }, blocker: /PodDisruptionBudget shop\/web wants 2 of its 2 pods .* on w0/ },
  ])('blocks $of', ({ change, blocker }) => {
    const { blockers } = judgePreflight(facts(change));
    expect(blockers).toEqual([expect.stringMatching(blocker)]);
  });

  it.each<{ of: string; change: Partial<PreflightFacts> }>([
    { of: 'a budget on nodes that stay', change: { budgets: [{ ...budget, nodeNames: ['other'] }] } },
    { of: 'a budget that allows one', change: { budgets: [{ ...budget, desiredHealthy: 1 }] } },
    { of: 'an API that a later release removes', change: { deprecatedApis: [{ api: 'a', removedIn: '1.34' }] } },
    { of: 'an API that is gone already', change: { deprecatedApis: [{ api: 'a', removedIn: '1.32' }] } },
    { of: 'a single pod on a node that stays', change: { singles: [{ name: 'shop/db', nodeName: 'other' }] } },
  ])('is silent about $of', ({ change }) => {
    expect(judgePreflight(facts(change))).toEqual({ blockers: [], warnings: [] });
  });

  it('only warns of a budget that will be overridden', () => {
    expect(judgePreflight(facts({ budgets: [budget], drainPolicy: 'force' }))).toEqual({ blockers: [], warnings: [expect.stringContaining('shop/web')] });
  });

  it('warns of single pods that move, and of what it could not ask', () => {
    const { blockers, warnings } = judgePreflight(facts({ singles: [{ name: 'shop/db', nodeName: 'w1' }], deprecatedApis: null }));
    expect(blockers).toEqual([]);
    expect(warnings).toEqual([expect.stringMatching(/shop\/db/), expect.stringMatching(/removed API versions/)]);
  });

  it('lets workers change without the control plane when their version stays', () => {
    const change = { movesControlPlane: false, targetVersion: 'v1.32.4', image: { name: 'i', status: 'active', kubeVersion: 'v1.32.4' } };
    expect(judgePreflight(facts(change))).toEqual({ blockers: [], warnings: [] });
  });
});
