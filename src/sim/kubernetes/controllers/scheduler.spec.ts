import { describe, expect, it } from '@jest/globals';
import type { KubeNode, Pod } from '../objects/workloads.js';
import { chooseNode } from './scheduler.js';

const node = (name: string, spec: KubeNode['spec'] = {}, ready = 'True'): KubeNode => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name, uid: name, resourceVersion: '1', creationTimestamp: '', labels: { zone: name } },
  spec,
  status: { conditions: [{ type: 'Ready', status: ready }], allocatable: { cpu: '2', memory: '1Gi', pods: '3' } },
});

const pod = (spec: Partial<Pod['spec']> = {}, owner = 'set'): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p', uid: 'p', resourceVersion: '1', creationTimestamp: '', ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: owner, uid: owner, controller: true }] },
  spec: { containers: [{ name: 'c' }], ...spec },
  status: {},
});

const asking = (cpu: string): Pod['spec']['containers'] => [{ name: 'c', resources: { requests: { cpu } } }];

describe('chooseNode', () => {
  it.each([
    { what: 'spreads siblings', there: [pod({ nodeName: 'a' }), pod({ nodeName: 'b' }, 'other'), pod({ nodeName: 'b' }, 'other')], nodes: [node('a'), node('b')], asked: pod(), chosen: 'b' },
    { what: 'prefers the emptier node', there: [pod({ nodeName: 'a' }, 'other')], nodes: [node('a'), node('b')], asked: pod(), chosen: 'b' },
    { what: 'leaves out cordoned nodes', there: [], nodes: [node('a', { unschedulable: true }), node('b')], asked: pod(), chosen: 'b' },
    { what: 'leaves out nodes that are not ready', there: [], nodes: [node('a', {}, 'False'), node('b')], asked: pod(), chosen: 'b' },
    { what: 'leaves out tainted nodes', there: [], nodes: [node('a', { taints: [{ key: 'k', effect: 'NoSchedule' }] }), node('b')], asked: pod(), chosen: 'b' },
    { what: 'accepts tolerated taints', there: [], nodes: [node('a', { taints: [{ key: 'k', effect: 'NoSchedule' }] })], asked: pod({ tolerations: [{ operator: 'Exists' }] }), chosen: 'a' },
    { what: 'obeys the node selector', there: [], nodes: [node('a'), node('b')], asked: pod({ nodeSelector: { zone: 'b' } }), chosen: 'b' },
    { what: 'counts what pods ask for', there: [pod({ nodeName: 'a', containers: asking('1500m') })], nodes: [node('a')], asked: pod({ containers: asking('1') }), chosen: undefined },
    { what: 'counts pods', there: [pod({ nodeName: 'a' }), pod({ nodeName: 'a' }), pod({ nodeName: 'a' })], nodes: [node('a')], asked: pod(), chosen: undefined },
  ])('$what', ({ there, nodes, asked, chosen }) => {
    const choice = chooseNode(asked, nodes, there);
    expect(choice.kind === 'node' ? choice.name : undefined).toBe(chosen);
  });
});
