import { describe, expect, it } from '@jest/globals';
import { clusterTree } from './cluster-tree.js';
import type { OperationView } from './follow-operation.js';

const groups = [
  { name: 'default-master', node_count: 1 },
  { name: 'default-worker', node_count: 2 },
];
const create: OperationView = { uuid: '1', kind: 'cluster-create', state: 'waiting', step: 'start-nodes', waiting_for: '2 machines', failure: null };

describe('clusterTree', () => {
  it('shows what a cluster being made waits for', () => {
    const cluster = { name: 'blue', status: 'CREATE_IN_PROGRESS', api_address: null };
    const nodes = [
      { name: 'cp', nodegroup: 'default-master', phase: 'booting', boot_phase: 'kubeadm', phase_reason: null, address: '10.0.0.5', floating_address: '127.0.0.9' },
      { name: 'w1', nodegroup: 'default-worker', phase: 'building', phase_reason: 'its stack is being made', address: null },
      { name: 'w2', nodegroup: 'default-worker', phase: 'ready', phase_reason: null, address: '10.0.0.7', coe_version: 'v1.32.4' },
    ];
    expect(clusterTree({ cluster, groups, nodes, operation: create })).toEqual([
      'blue  CREATE_IN_PROGRESS',
      '│  cluster-create: start-nodes, waiting for 2 machines',
      '├─ default-master  0/1 ready',
      '│  └─ cp  booting: kubeadm  127.0.0.9',
      '└─ default-worker  1/2 ready',
      '   ├─ w1  building (its stack is being made)',
      '   └─ w2  ready  10.0.0.7  v1.32.4',
    ]);
  });

  it.each([
    { state: 'running', waiting_for: null, then: '│  cluster-create: start-nodes' },
    { state: 'succeeded', waiting_for: null, then: '│  cluster-create: start-nodes (succeeded)' },
    { state: 'failed', waiting_for: 'old words', then: '│  cluster-create: start-nodes (failed)' },
  ])('names the state of an operation that is $state', ({ then, ...operation }) => {
    expect(clusterTree({ cluster: { name: 'blue', status: 'x' }, groups: [], nodes: [], operation: { ...create, ...operation } })[1]).toBe(then);
  });
});
