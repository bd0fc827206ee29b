import { clusterOfStack, clusterOfUser, isOurUser } from './names.js';
import type { KubernetesView, NodeView, Sample, ServerView, SimulatedCluster } from './sample.js';

/** A server that ran in one sample, and was gone or off in the next, with what was known of it then. */
export interface Vanished {
  readonly at: number;
  readonly isGone: boolean;
  /** As it was before. */
  readonly server: ServerView;
  /** Its node row in the later sample. */
  readonly node: NodeView | undefined;
  readonly clusterStatus: string | undefined;
  /** Evictable pods that its cluster's API showed on it last, while its node was ready: pods of dead nodes count as gone. */
  readonly pods: readonly string[];
  /** When (ms) and of which cluster (KubernetesView) that was. */
  readonly podsSeen: { readonly at: number; readonly id: string } | undefined;
  /** Simulated clusters of which it was a control-plane machine, that had a quorum before and had none after. */
  readonly lostQuorum: readonly { readonly id: string; readonly voters: number }[];
}

/** What is kept of earlier samples; every rule judges a sample against it. */
export interface Memory {
  readonly instance: string | undefined;
  /** Product's users by id, those too that are gone. */
  readonly ourUsers: ReadonlyMap<string, string>;
  /** Servers and stacks (by id and by name) that somebody else than the product deleted; `action ID` where it acted on a server. */
  readonly harmedByHand: ReadonlySet<string>;
  /** Ids of things whose line in the ledger was seen. */
  readonly ledgered: ReadonlySet<string>;
  readonly servers: ReadonlyMap<string, ServerView>;
  readonly clusters: readonly SimulatedCluster[];
  readonly kubernetes: ReadonlyMap<string, KubernetesView>;
  /** Of the last `settleMs`, oldest first. */
  readonly vanished: readonly Vanished[];
  /** Since when a server of ours is seen outside every stack (ms). */
  readonly outsideSince: ReadonlyMap<string, number>;
  /** Clusters that were deleted when the database was last read. */
  readonly deleted: ReadonlySet<string>;
  /** etcd's cluster id by cluster, once the cluster was complete. */
  readonly etcd: ReadonlyMap<string, string>;
}

export const nothingYet: Memory = {
  instance: undefined,
  ourUsers: new Map(),
  harmedByHand: new Set(),
  ledgered: new Set(),
  servers: new Map(),
  clusters: [],
  kubernetes: new Map(),
  vanished: [],
  outsideSince: new Map(),
  deleted: new Set(),
  etcd: new Map(),
};

/** The log of requests may show a deed a little after the world shows its effect; judgements of deeds wait so long (ms). */
export const settleMs = 1_000;

/** An answer of a Kubernetes API older than this says nothing of now (ms). */
const staleMs = 5_000;

/** The memory with one more sample in it. */
export function remember(memory: Memory, sample: Sample): Memory {
  const { at, cloud } = sample;
  const ourUsers = withOurUsers(memory.ourUsers, sample);
  const servers = new Map(cloud.servers.map((server) => [server.id, server]));
  return {
    instance: cloud.instance,
    ourUsers,
    harmedByHand: withHarm(memory.harmedByHand, ourUsers, sample),
    ledgered: ledgeredNow(memory.ledgered, sample),
    servers,
    clusters: cloud.clusters,
    kubernetes: new Map(sample.kubernetes.map((view) => [view.id, view])),
    vanished: [...memory.vanished.filter((each) => at - each.at < settleMs), ...vanishedNow(memory, sample)],
    outsideSince: new Map(
      cloud.servers.filter(({ stack_id, user_id }) => stack_id === null && ourUsers.has(user_id)).map(({ id }) => [id, memory.outsideSince.get(id) ?? at]),
    ),
    deleted: deletedNow(sample),
    etcd: withEtcd(memory.etcd, sample),
  };
}

/** The memory with the users in it that the sample shows first. */
export const acquainted = (memory: Memory, sample: Sample): Memory => ({ ...memory, ourUsers: withOurUsers(memory.ourUsers, sample) });

/** Jeroboam's cluster that a simulated one plays: the one whose nodes its etcd members are named after. */
export function clusterPlayedBy(simulated: SimulatedCluster, nodes: readonly NodeView[]): string | undefined {
  const names = new Set(simulated.etcd_members.map(({ name }) => name));
  return nodes.find(({ name }) => names.has(name))?.cluster;
}

/** More than half of the voters run. */
export function hasQuorum({ etcd_members }: SimulatedCluster): boolean {
  const voters = etcd_members.filter(({ learner }) => !learner);
  return voters.filter(({ running }) => running).length * 2 > voters.length;
}

/** Clusters that live, as opposed to those on their way in or out. */
export const isEstablished = (status: string | undefined): boolean => status === 'CREATE_COMPLETE' || (status?.startsWith('UPDATE_') ?? false);

function vanishedNow(memory: Memory, sample: Sample): Vanished[] {
  const { at, cloud, database } = sample;
  const present = new Map(cloud.servers.map((server) => [server.id, server]));
  const lost = [...memory.servers.values()].filter(({ id, status }) => {
    const now = present.get(id)?.status;
    return now === undefined || (now === 'SHUTOFF' && status !== 'SHUTOFF');
  });
  if (lost.length === 0) return [];
  const lostQuorum = memory.clusters.filter((before) => hasQuorum(before) && !stillHasQuorum(before, cloud.clusters));
  return lost.map((server) => {
    const node = database.nodes.find((each) => each.server === server.id) ?? database.nodes.find((each) => each.name === server.name);
    return {
      ...{ at, server, node, isGone: !present.has(server.id) },
      clusterStatus: database.clusters.find(({ id }) => id === node?.cluster)?.status,
      ...podsLeft(memory, server, at),
      lostQuorum: lostQuorum
        .filter(({ etcd_members }) => etcd_members.some(({ name }) => name === server.name))
        .map(({ id, etcd_members }) => ({ id, voters: etcd_members.filter(({ learner }) => !learner).length })),
    };
  });
}

const stillHasQuorum = (before: SimulatedCluster, now: readonly SimulatedCluster[]): boolean => now.some((each) => each.id === before.id && hasQuorum(each));

function podsLeft(memory: Memory, server: ServerView, at: number): Pick<Vanished, 'pods' | 'podsSeen'> {
  const view = [...memory.kubernetes.values()].find((each) => at - each.at <= staleMs && each.nodes.some(({ name, ready }) => ready && name === server.name));
  if (!view || server.status === 'SHUTOFF') return { pods: [], podsSeen: undefined };
  return { pods: evictableOn(view, server.name), podsSeen: { at: view.at, id: view.id } };
}

export const evictableOn = ({ pods }: KubernetesView, nodeName: string): string[] => pods.filter(({ node, evictable }) => evictable && node === nodeName).map(({ name }) => name);

function withOurUsers(known: Memory['ourUsers'], { cloud }: Sample): Memory['ourUsers'] {
  const fresh = cloud.users.filter(({ id, name }) => isOurUser(name) && !known.has(id));
  return fresh.length === 0 ? known : new Map([...known, ...fresh.map(({ id, name }) => [id, name] as const)]);
}

const harmful = /\/(servers|stacks)\/([^/?]+)(?:\/([^/?]+))?/;

function withHarm(known: Memory['harmedByHand'], ourUsers: Memory['ourUsers'], { requests }: Sample): Memory['harmedByHand'] {
  const harmed = requests.flatMap(({ service, method, path, user_id, status }) => {
    if (status >= 400 || user_id === null || ourUsers.has(user_id)) return [];
    if (method !== 'DELETE' && !(service === 'compute' && method === 'POST' && path.includes('/action'))) return [];
    const [, , first = '', second = ''] = harmful.exec(path) ?? [];
    return method === 'DELETE' ? [first, second] : [`action ${first}`];
  });
  return harmed.length === 0 ? known : new Set([...known, ...harmed]);
}

/** What the sample shows and has a line in the ledger for; forgotten when it is gone. */
function ledgeredNow(known: Memory['ledgered'], { cloud, database }: Sample): Memory['ledgered'] {
  const lines = new Set(database.ledger.map(({ name }) => name));
  const grants = grantNames(cloud);
  const named = [
    ...cloud.stacks.map(({ id, name }) => [id, name] as const),
    ...cloud.users.map(({ id, name }) => [id, name] as const),
    ...cloud.application_credentials.map(({ id, name }) => [id, name] as const),
    ...cloud.role_assignments.map(({ id }) => [id, grants.get(id) ?? ''] as const),
  ];
  return new Set(named.filter(([id, name]) => known.has(id) || lines.has(name)).map(([id]) => id));
}

/** How the ledger calls a grant: the user's name, and on which project. */
export function grantNames(cloud: Sample['cloud']): ReadonlyMap<string, string> {
  const names = new Map(cloud.users.map(({ id, name }) => [id, name]));
  return new Map(cloud.role_assignments.map(({ id, user_id, project_id }) => [id, `${names.get(user_id) ?? user_id} on ${project_id}`]));
}

/** Clusters of which the cloud shows something and which the database has no living row for. */
function deletedNow({ cloud, database }: Sample): Memory['deleted'] {
  const living = new Set(database.clusters.filter(({ deleted }) => !deleted).map(({ id }) => id));
  const shown = clustersShown(cloud);
  return new Set([...database.clusters.filter(({ deleted }) => deleted).map(({ id }) => id), ...shown.filter((id) => !living.has(id))]);
}

/** Every cluster of which the cloud shows a stack or a user. */
export const clustersShown = ({ users, stacks }: Sample['cloud']): string[] => [
  ...new Set([...users.flatMap(({ name }) => clusterOfUser(name) ?? []), ...stacks.flatMap((stack) => clusterOfStack(stack) ?? [])]),
];

function withEtcd(known: Memory['etcd'], { cloud, database }: Sample): Memory['etcd'] {
  const fresh = cloud.clusters.flatMap((simulated) => {
    const cluster = clusterPlayedBy(simulated, database.nodes);
    const status = database.clusters.find(({ id }) => id === cluster)?.status;
    return cluster !== undefined && isEstablished(status) && !known.has(cluster) ? [[cluster, simulated.etcd_cluster_id] as const] : [];
  });
  return fresh.length === 0 ? known : new Map([...known, ...fresh]);
}
