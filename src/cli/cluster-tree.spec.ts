import { describe, expect, it } from '@jest/globals';
import { clusterTree, type ClusterPicture } from './cluster-tree.js';
import type { Operation } from './follow-operation.js';

const groups = [
  { name: 'default-master', node_count: 1 },
  { name: 'default-worker', node_count: 2 },
];
const create: Operation = {
  uuid: '1',
  cluster_uuid: '2',
  nodegroup_uuid: null,
  kind: 'cluster-create',
  state: 'waiting',
  step: 'start-nodes',
  waiting_for: '2 machines',
  wish: null,
  failure: null,
  advice: null,
  attempt: 1,
  requested_by: null,
  request_id: null,
  created_at: '2026-11-20T18:47:25+00:00',
  started_at: null,
  finished_at: null,
  deadline_at: null,
};
type Node = ClusterPicture['nodes'][number];
const node: Node = { name: '', nodegroup: 'default-worker', phase: 'planned', phase_reason: null, boot_phase: null, address: null, floating_address: null, coe_version: null };

describe('clusterTree', () => {
  it('shows what a cluster being made waits for', () => {
    const cluster = { name: 'blue', status: 'CREATE_IN_PROGRESS', api_address: null } as const;
    const nodes: Node[] = [
      { ...node, name: 'cp', nodegroup: 'default-master', phase: 'booting', boot_phase: 'kubeadm', address: '10.0.0.5', floating_address: '127.0.0.9' },
      { ...node, name: 'w1', phase: 'building', phase_reason: 'its stack is being made' },
      { ...node, name: 'w2', phase: 'ready', address: '10.0.0.7', coe_version: 'v1.32.4' },
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
    { state: 'queued', step: null, waiting_for: null, then: '│  cluster-create: queued' },
    { state: 'running', waiting_for: null, then: '│  cluster-create: start-nodes' },
    { state: 'succeeded', waiting_for: null, then: '│  cluster-create: start-nodes (succeeded)' },
    { state: 'failed', waiting_for: 'old words', then: '│  cluster-create: start-nodes (failed)' },
  ] as const)('names the state of an operation that is $state', ({ then, ...operation }) => {
    expect(clusterTree({ cluster: { name: 'blue', status: 'CREATE_FAILED', api_address: null }, groups: [], nodes: [], operation: { ...create, ...operation } })[1]).toBe(then);
  });
});
