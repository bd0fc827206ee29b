import { judge } from './judge.js';
import { nothingYet, remember } from './memory.js';
import type { CloudView, DatabaseView, KubernetesView, RequestView, Sample, ServerView, Violation } from './sample.js';

export const clusterId = '11111111-1111-4111-8111-111111111111';
export const groupId = '22222222-2222-4222-8222-222222222222';
const userId = 'cluster-user';
const project = 'project';

export interface Change {
  readonly at?: number;
  readonly final?: boolean;
  readonly cloud?: Partial<CloudView>;
  readonly database?: Partial<DatabaseView>;
  readonly kubernetes?: readonly KubernetesView[];
  readonly requests?: readonly Partial<RequestView>[];
}

/** A server of the cluster, in its node's stack, as it should be. */
export const server = (name: string, change: Partial<ServerView> = {}): ServerView => ({
  ...{ id: `server-${name}`, name, project_id: project, user_id: userId, status: 'ACTIVE', stack_id: `stack-${name}`, ports: [`port-${name}`], volumes: [`volume-${name}`] },
  ...change,
});

export const node = (name: string, role: 'worker' | 'control-plane' = 'worker', phase = 'ready'): DatabaseView['nodes'][number] => ({
  ...{ id: `node-${name}`, cluster: clusterId, group: groupId, name, role, phase, server: `server-${name}` },
});

export const stack = (name: string, change: Partial<CloudView['stacks'][number]> = {}): CloudView['stacks'][number] => ({
  ...{ id: `stack-${name}`, name: `jb-${clusterId}-${name}`, project_id: project, user_id: userId, tags: ['jeroboam', `jeroboam-cluster-${clusterId}`] },
  ...change,
});

export const etcd = (change: Partial<CloudView['clusters'][number]> = {}): CloudView['clusters'][number] => ({
  ...{ id: 'ca', etcd_cluster_id: 'e1', addresses: ['127.0.0.1:1'], etcd_members: ['m0', 'm1', 'm2'].map((name) => ({ name, running: true, learner: false })) },
  ...change,
});

export const kubernetes = (change: Partial<KubernetesView> = {}): KubernetesView => ({
  ...{ id: 'ca', at: 0, nodes: ['m0', 'm1', 'm2', 'w0'].map((name) => ({ name, ready: true })), pods: [] },
  ...change,
});

const servers = ['m0', 'm1', 'm2', 'w0'].map((name) => server(name));
const ledger = [
  { type: 'heat-stack', name: `jb-${clusterId}-infra`, tag: `jeroboam-cluster-${clusterId}` },
  { type: 'keystone-user', name: `jeroboam-${clusterId}`, tag: null },
  { type: 'keystone-grant', name: `jeroboam-${clusterId} on ${project}`, tag: null },
];

/** A complete 3+1 cluster in which all is well, with changes. */
export function sample({ at = 0, final = false, cloud = {}, database = {}, kubernetes: views = [kubernetes({ at })], requests = [] }: Change = {}): Sample {
  return {
    ...{ at, final, kubernetes: views },
    requests: requests.map((request, index) => ({ seq: at + index + 1, service: 'compute', method: 'GET', path: '/', status: 200, user_id: null, ...request })),
    cloud: {
      ...{ instance: 'first', servers, volumes: [{ id: 'volume-w0', servers: ['server-w0'] }], stacks: [stack('infra')], application_credentials: [], clusters: [etcd()] },
      users: [
        { id: userId, name: `jeroboam-${clusterId}` },
        { id: 'somebody', name: 'demo' },
      ],
      role_assignments: [{ id: 'grant', user_id: userId, project_id: project }],
      ...cloud,
    },
    database: {
      clusters: [{ id: clusterId, status: 'CREATE_COMPLETE', deleted: false }],
      operations: [],
      nodes: [...['m0', 'm1', 'm2'].map((name) => node(name, 'control-plane')), node('w0')],
      groups: [{ id: groupId, cluster: clusterId, count: 1 }],
      ...{ ledger, guarded: true },
      ...database,
    },
  };
}

/** What the samples, one after the other, show against the invariants. */
export function judged(...samples: readonly Sample[]): Violation[] {
  let memory = nothingYet;
  return samples.flatMap((each) => {
    const violations = judge(memory, each);
    memory = remember(memory, each);
    return violations;
  });
}

/** Rules that the samples break, each once. */
export const broken = (...samples: readonly Sample[]): string[] => [...new Set(judged(...samples).map(({ invariant, rule }) => `${invariant} ${rule}`))];

export const without = (...names: readonly string[]): ServerView[] => servers.filter(({ name }) => !names.includes(name));
export const withServer = (...more: readonly ServerView[]): ServerView[] => [...servers, ...more];
