import type { ClusterNode } from '../../database/node.entity.js';
import { DomainError } from '../../domain/domain-error.js';
import type { KeyPairPem } from '../../driver-contract/index.js';
import { issueClientCertificate } from '../../kubernetes/certificates/certificate-authority.js';
import type { EtcdClient } from '../../kubernetes/etcd/etcd-client.js';
import { etcdOfNode } from '../../kubernetes/etcd/etcd-of-node.js';
import type { EtcdStatus } from '../../kubernetes/etcd/etcd-answers.js';
import type { ClusterContext } from '../cluster-context.js';
import { clusterAccess } from '../nodes/cluster-access.js';
import { openClusterKeys } from '../nodes/cluster-keys.js';
import type { EtcdView } from './control-plane-view.js';

/** A certificate is good for a day before and a day after it is made: clocks differ. */
const certificateDays = 2;

/** The etcd of a cluster, member by member, through its own API. A turn opens it once, and `close` ends it. */
export class ClusterEtcd {
  private readonly clients = new Map<string, EtcdClient>();

  private constructor(
    private readonly context: ClusterContext,
    private readonly caPem: string,
    private readonly client: KeyPairPem,
  ) {}

  static async open(context: ClusterContext): Promise<ClusterEtcd> {
    const { etcdCa } = await openClusterKeys(context);
    const client = await issueClientCertificate(etcdCa, { commonName: 'jeroboam-conductor', days: certificateDays, now: context.now });
    return new ClusterEtcd(context, etcdCa.certificatePem, client);
  }

  /** The member on this control-plane node. */
  async on(nodeName: string): Promise<EtcdClient> {
    const known = this.clients.get(nodeName);
    if (known) return known;
    const { cluster, runtime } = this.context;
    const api = runtime.clusters.clientFor(await clusterAccess(this.context));
    const { HTTP_CONNECT_TIMEOUT_SECONDS: connect, HTTP_TIMEOUT_SECONDS: total, HTTP_ANSWER_LIMIT_BYTES: answerLimitBytes } = runtime.config;
    const options = { connectTimeoutMs: connect * 1000, timeoutMs: Math.min(total, lookSeconds) * 1000, answerLimitBytes };
    const opened = etcdOfNode(api, { clusterId: cluster.id, nodeName, caPem: this.caPem, client: this.client }, options);
    this.clients.set(nodeName, opened);
    return opened;
  }

  /** Asks every node's member how it is and the leader who belongs to the cluster; null when nobody answers. */
  async look(nodes: readonly Pick<ClusterNode, 'name'>[]): Promise<EtcdView | null> {
    const answers = (await Promise.all(nodes.map(({ name }) => this.lookAt(name)))).filter((answer) => answer !== undefined);
    // Right after a change only the leader is sure to know it.
    const informed = [...answers].sort((one, other) => Number(leads(other)) - Number(leads(one)));
    for (const { nodeName, status } of informed) {
      if (status.isLearner) continue;
      const membership = await orUndefined((await this.on(nodeName)).listMembers({ signal: this.context.signal }));
      if (!membership) continue;
      const healthOf = new Map(answers.map(({ status: { memberId }, isHealthy }) => [memberId, { isHealthy }]));
      return { members: membership.members, healthOf, leaderId: answers.find(({ status: { leaderId } }) => leaderId !== null)?.status.leaderId ?? null };
    }
    return null;
  }

  async close(): Promise<void> {
    await Promise.all([...this.clients.values()].map((client) => client.close()));
  }

  private async lookAt(nodeName: string): Promise<{ nodeName: string; status: EtcdStatus; isHealthy: boolean } | undefined> {
    const client = await this.on(nodeName);
    const options = { signal: this.context.signal };
    const status = await orUndefined(client.status(options));
    if (!status) return undefined;
    // A learner refuses the read that health is judged by; it is healthy when it follows a leader.
    const isHealthy = status.isLearner ? status.leaderId !== null && status.errors.length === 0 : ((await orUndefined(client.isHealthy(options))) ?? false);
    return { nodeName, status, isHealthy };
  }
}

/** A look at one member may not hold up the turn: the others tell more than it does. */
const lookSeconds = 5;

const leads = ({ status }: { readonly status: EtcdStatus }): boolean => status.leaderId === status.memberId;

/** Who does not answer is what is looked for here. */
async function orUndefined<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof DomainError) return undefined;
    throw error;
  }
}
