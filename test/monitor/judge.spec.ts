import { describe, expect, it } from '@jest/globals';
import { broken, clusterId, etcd, groupId, kubernetes, node, sample, server, stack, without, withServer } from './made-up-world.js';
import type { Sample } from './sample.js';

const operation = (id: string, state: string, input: Record<string, unknown> = {}): Sample['database']['operations'][number] => ({ id, cluster: clusterId, group: groupId, kind: 'roll', state, input });
const pod = (name: string, where: string, evictable = true): { name: string; node: string; evictable: boolean } => ({ name, node: where, evictable });
const otherId = '33333333-3333-4333-8333-333333333333';
const noRow = { clusters: [{ id: clusterId, status: 'DELETE_COMPLETE', deleted: true }], nodes: [], groups: [] };
const status = (word: string): Sample['database']['clusters'] => [{ id: clusterId, status: word, deleted: false }];
/** The members of a control plane of three, of which these run. */
const running = (...names: string[]): Sample['cloud']['clusters'] => [etcd({ etcd_members: ['m0', 'm1', 'm2'].map((name) => ({ name, running: names.includes(name), learner: false })) })];
const settled = 2_000;

describe('judge', () => {
  it('finds nothing in a world in which all is well', () => {
    expect(broken(sample(), sample({ at: 100 }), sample({ at: settled, final: true }))).toEqual([]);
  });

  it.each<{ when: string; samples: Sample[]; then: string[] }>([
    {
      when: 'two operations of a cluster are active',
      samples: [sample({ database: { operations: [operation('a', 'running'), operation('b', 'waiting')] } })],
      then: ['2 one-active-operation'],
    },
    { when: 'one operation is active and another one queued', samples: [sample({ database: { operations: [operation('a', 'running'), operation('b', 'queued')] } })], then: [] },
    { when: 'the index that forbids a second one is not in force', samples: [sample({ database: { guarded: false } })], then: ['2 one-active-operation-guard'] },
    { when: 'a node has two servers', samples: [sample({ cloud: { servers: withServer(server('w0', { id: 'second', ports: [], volumes: [] })) } })], then: ['3 duplicate-server'] },
    {
      when: 'somebody else has servers of one name',
      samples: [sample({ cloud: { servers: withServer(...['a', 'b'].map((id) => server('theirs', { id, user_id: 'somebody', ports: [], volumes: [] }))) } })],
      then: [],
    },
    { when: 'two stacks have one name', samples: [sample({ cloud: { stacks: [stack('infra'), stack('infra', { id: 'second' })] } })], then: ['3 duplicate-stack'] },
    {
      when: 'a stack and the user outlive the cluster',
      samples: [sample({ database: noRow, cloud: { servers: [], clusters: [] } }), sample({ at: 100, database: noRow, cloud: { servers: [], clusters: [] } })],
      then: ['3 left-after-delete'],
    },
    { when: 'the cluster was deleted between the look at the cloud and the one at the database', samples: [sample({ database: noRow })], then: [] },
    {
      when: 'a server stands outside the stacks for good',
      samples: [0, 100, 6_000].map((at) => sample({ at, cloud: { servers: withServer(server('stray', { stack_id: null })) } })),
      then: ['3 server-outside-stacks'],
    },
    {
      when: 'a server is adopted by its stack a moment later',
      samples: [sample({ cloud: { servers: withServer(server('new', { stack_id: null })) } }), sample({ at: 6_000, cloud: { servers: withServer(server('new')) } })],
      then: [],
    },
    {
      when: 'a ready node loses its server',
      samples: [sample(), sample({ at: 100, cloud: { servers: without('w0') } }), sample({ at: settled, cloud: { servers: without('w0') } })],
      then: ['3 lost-node'],
    },
    {
      when: 'somebody deletes the server of a ready node by hand, and the log says so a little later',
      samples: [
        sample({ kubernetes: [kubernetes({ pods: [pod('default/web', 'w0')] })] }),
        sample({ at: 100, cloud: { servers: without('w0') } }),
        sample({ at: 200, cloud: { servers: without('w0') }, requests: [{ method: 'DELETE', path: '/v2.1/servers/server-w0', status: 204, user_id: 'somebody' }] }),
        sample({ at: settled, cloud: { servers: without('w0') } }),
      ],
      then: [],
    },
    {
      when: 'the product deletes the server of a ready node through Nova',
      samples: [
        sample(),
        sample({ at: 100, cloud: { servers: without('w0') }, requests: [{ method: 'DELETE', path: '/v2.1/servers/server-w0', status: 204, user_id: 'cluster-user' }] }),
        sample({ at: settled, cloud: { servers: without('w0') } }),
      ],
      then: ['3 lost-node'],
    },
    {
      when: 'a stack is deleted by hand with the server in it',
      samples: [
        sample({ requests: [{ service: 'orchestration', method: 'DELETE', path: '/v1/project/stacks/name/stack-w0', status: 204, user_id: 'somebody' }] }),
        sample({ at: 100, cloud: { servers: without('w0') } }),
        sample({ at: settled, cloud: { servers: without('w0') } }),
      ],
      then: [],
    },
    {
      when: 'servers go because the cluster is deleted',
      samples: [sample(), ...[100, settled].map((at) => sample({ at, cloud: { servers: [], clusters: [] }, database: { clusters: status('DELETE_IN_PROGRESS') } }))],
      then: [],
    },
    { when: 'a stack has no line in the ledger', samples: [sample({ cloud: { stacks: [stack('infra'), stack('node')] } })], then: ['6 not-in-ledger'] },
    {
      when: 'a stack of ours has a name that nobody would find again',
      samples: [sample({ cloud: { stacks: [stack('infra'), stack('x', { name: 'anything', tags: [] })] } })],
      then: ['6 not-in-ledger'],
    },
    { when: 'the line was seen before and the database no longer shows it', samples: [sample(), sample({ at: 100, database: { ledger: [] } })], then: [] },
    { when: 'a user and its grant have no line in the ledger', samples: [sample({ cloud: { stacks: [] }, database: { ledger: [] } })], then: ['6 not-in-ledger'] },
    {
      when: 'an application credential of the cluster has no line in the ledger',
      samples: [sample({ cloud: { application_credentials: [{ id: 'ac', name: 'ccm', user_id: 'cluster-user', project_id: 'project' }] } })],
      then: ['6 not-in-ledger'],
    },
    { when: 'a stack has no tag', samples: [sample({ cloud: { stacks: [stack('infra', { tags: [] })] } })], then: ['6 stack-without-tag'] },
    {
      when: 'the product makes a volume itself',
      samples: [sample(), sample({ at: 100, requests: [{ service: 'volumev3', method: 'POST', path: '/v3/project/volumes', status: 202, user_id: 'cluster-user' }] })],
      then: ['6 made-outside-stacks'],
    },
    {
      when: 'somebody else makes a volume',
      samples: [sample(), sample({ at: 100, requests: [{ service: 'volumev3', method: 'POST', path: '/v3/project/volumes', status: 202, user_id: 'somebody' }] })],
      then: [],
    },
    {
      when: 'a node that is being deleted still has pods to evict',
      samples: [0, 100, settled].map((at) =>
        sample({
          at,
          kubernetes: [kubernetes({ at, pods: [pod('default/web', 'w0'), pod('kube-system/proxy', 'w0', false)] })],
          ...(at > 0 && { cloud: { servers: without('w0') }, database: { nodes: [node('w0', 'worker', 'deleting')] } }),
        }),
      ),
      then: ['7 undrained-node'],
    },
    {
      when: 'the drain ended after the last look at the pods',
      samples: [
        sample({ kubernetes: [kubernetes({ pods: [pod('default/web', 'w0')] })] }),
        ...[100, settled].map((at) => sample({ at, cloud: { servers: without('w0') }, database: { nodes: [node('w0', 'worker', 'deleting')] } })),
      ],
      then: [],
    },
    {
      when: 'a node goes with its pods and its API with it',
      samples: [
        sample({ kubernetes: [kubernetes({ pods: [pod('default/web', 'w0')] })] }),
        ...[100, settled].map((at) => sample({ at, kubernetes: [], cloud: { servers: without('w0') }, database: { nodes: [node('w0', 'worker', 'deleting')] } })),
      ],
      then: ['7 undrained-node'],
    },
    {
      when: 'a node with pods to evict is switched off',
      samples: [0, 100, settled].map((at) =>
        sample({
          at,
          kubernetes: [kubernetes({ at, pods: [pod('default/web', 'w0')] })],
          ...(at > 0 && { cloud: { servers: [...without('w0'), server('w0', { status: 'SHUTOFF' })] } }),
        }),
      ),
      then: ['7 undrained-node'],
    },
    {
      when: 'somebody switches a node with pods off by hand',
      samples: [0, 100, settled].map((at) =>
        sample({
          at,
          kubernetes: [kubernetes({ at, pods: [pod('default/web', 'w0')] })],
          requests: at === 0 ? [] : [{ method: 'POST', path: '/v2.1/servers/server-w0/action', status: 202, user_id: 'somebody' }],
          ...(at > 0 && { cloud: { servers: [...without('w0'), server('w0', { status: 'SHUTOFF' })] } }),
        }),
      ),
      then: [],
    },
    {
      when: 'a drained node goes',
      samples: [
        sample({ kubernetes: [kubernetes({ pods: [pod('kube-system/proxy', 'w0', false), pod('default/web', 'm0')] })] }),
        ...[100, settled].map((at) => sample({ at, cloud: { servers: without('w0') }, database: { nodes: [node('w0', 'worker', 'deleting')] } })),
      ],
      then: [],
    },
    {
      when: 'a dead node goes with the pods that it once had',
      samples: [
        sample({ kubernetes: [kubernetes({ nodes: [{ name: 'w0', ready: false }], pods: [pod('default/web', 'w0')] })] }),
        ...[100, settled].map((at) => sample({ at, kubernetes: [kubernetes({ at, pods: [pod('default/web', 'w0')] })], cloud: { servers: without('w0') }, database: { nodes: [node('w0', 'worker', 'deleting')] } })),
      ],
      then: [],
    },
    {
      when: 'a failed create is cleared with pods on its nodes',
      samples: [
        sample({ kubernetes: [kubernetes({ pods: [pod('kube-system/dns', 'w0')] })] }),
        ...[100, settled].map((at) => sample({ at, kubernetes: [kubernetes({ at, pods: [pod('kube-system/dns', 'w0')] })], cloud: { servers: without('w0') }, database: { clusters: status('CREATE_IN_PROGRESS') } })),
      ],
      then: [],
    },
    {
      when: 'the second of three control-plane nodes is taken away',
      samples: [
        sample({ cloud: { servers: without('m0'), clusters: running('m1', 'm2') } }),
        ...[100, settled].map((at) => sample({ at, cloud: { servers: without('m0', 'm1'), clusters: running('m2') }, database: { nodes: [node('m1', 'control-plane', 'deleting'), node('m2', 'control-plane')] } })),
      ],
      then: ['8 etcd-quorum'],
    },
    {
      when: 'the first of three control-plane nodes is taken away',
      samples: [
        sample(),
        ...[100, settled].map((at) => sample({ at, cloud: { servers: without('m0'), clusters: running('m1', 'm2') }, database: { nodes: [node('m0', 'control-plane', 'deleting')] } })),
      ],
      then: [],
    },
    {
      when: 'a single control-plane node is replaced',
      samples: [
        sample({ cloud: { clusters: [etcd({ etcd_members: [{ name: 'm0', running: true, learner: false }] })] } }),
        ...[100, settled].map((at) => sample({ at, cloud: { servers: without('m0'), clusters: [] }, database: { nodes: [node('m0', 'control-plane', 'deleting')] } })),
      ],
      then: [],
    },
    { when: 'a volume is held by two servers', samples: [sample({ cloud: { servers: withServer(server('w1', { volumes: ['volume-w0'] })) } })], then: ['8 shared-part'] },
    { when: 'Cinder says so of a volume', samples: [sample({ cloud: { volumes: [{ id: 'v', servers: ['server-w0', 'server-m0'] }] } })], then: ['8 shared-part'] },
    { when: 'the volume of a server that is gone is held by the next one', samples: [sample({ cloud: { volumes: [{ id: 'v', servers: ['gone', 'server-m0'] }] } })], then: [] },
    { when: 'a port is held by two servers', samples: [sample({ cloud: { servers: withServer(server('w1', { ports: ['port-w0'] })) } })], then: ['8 shared-part'] },
    { when: 'the etcd of a complete cluster is another one', samples: [sample(), sample({ at: 100, cloud: { clusters: [etcd({ etcd_cluster_id: 'e2' })] } })], then: ['8 etcd-id-changed'] },
    {
      when: 'the etcd of a cluster whose create is retried is another one',
      samples: [sample({ database: { clusters: status('CREATE_FAILED') } }), sample({ at: 100, cloud: { clusters: [etcd({ etcd_cluster_id: 'e2' })] } })],
      then: [],
    },
    {
      when: 'a cluster has two etcds',
      samples: [sample({ database: { clusters: status('CREATE_IN_PROGRESS') }, cloud: { clusters: [etcd(), etcd({ id: 'ca2', etcd_cluster_id: 'e2' })] } })],
      then: ['8 two-etcd-clusters'],
    },
    {
      when: 'a roll has fewer ready nodes than it may',
      samples: [0, 100].map((at) =>
        sample({
          at,
          database: { groups: [{ id: groupId, cluster: clusterId, count: 4 }], operations: [operation('r', 'running', { max_unavailable: 0, max_surge: 1 })] },
          kubernetes: [kubernetes({ at, nodes: kubernetes().nodes.map((each) => ({ ...each, ready: at === 0 || each.name !== 'w0' })) })],
        }),
      ),
      then: ['8 roll-floor'],
    },
    {
      when: 'a roll has more servers than it may',
      samples: [sample({ database: { groups: [{ id: groupId, cluster: clusterId, count: 2 }], operations: [operation('r', 'waiting', { max_unavailable: 0, max_surge: 1 })] } })],
      then: ['8 roll-ceiling'],
    },
    {
      when: 'a roll keeps its limits',
      samples: [0, 100].map((at) => sample({ at, database: { groups: [{ id: groupId, cluster: clusterId, count: 3 }], operations: [operation('r', 'running', { max_unavailable: 1, max_surge: 1 })] } })),
      then: [],
    },
    { when: 'another cluster of ours is fine', samples: [sample({ cloud: { stacks: [stack('infra', { name: `jb-${otherId}-infra`, tags: ['jeroboam', `jeroboam-cluster-${otherId}`] })] }, database: { ledger: [...sample().database.ledger, { type: 'heat-stack', name: `jb-${otherId}-infra`, tag: null }] } })], then: [] },
  ])('says $then when $when', ({ samples, then }) => {
    expect(broken(...samples)).toEqual(then);
  });
});
