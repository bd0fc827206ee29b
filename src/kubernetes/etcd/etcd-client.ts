import type { Writable } from 'node:stream';
import type { z } from 'zod';
import { DeadlineError } from '../../domain/deadline.js';
import { alarmsSchema, doneSchema, healthSchema, memberAddedSchema, membershipSchema, statusSchema, type EtcdAlarm, type EtcdMember, type EtcdMembership, type EtcdStatus } from './etcd-answers.js';
import { EtcdNoLeaderError, EtcdUnreachableError } from './etcd-error.js';
import { EtcdTransport, jsonOf, type EtcdAccess, type EtcdCall, type EtcdCallOptions, type EtcdClientOptions } from './etcd-transport.js';
import { saveSnapshot, type EtcdSnapshot, type SnapshotOptions } from './save-snapshot.js';

/** How long a look at the status may take after a change got no answer. */
const afterwardsMs = 2_000;

/**
 * One member of a cluster's etcd through its JSON gateway (etcd 3.4 and later serve it below /v3). Changes are sent once and never
 * again by themselves; every one has a way to look whether it happened.
 */
export class EtcdClient {
  private readonly transport: EtcdTransport;

  constructor(access: EtcdAccess, options: EtcdClientOptions) {
    this.transport = new EtcdTransport(access, options);
  }

  /** Everybody who belongs to the cluster, running or not, as far as this member knows: right after a change only the leader is sure to. */
  listMembers(options?: EtcdCallOptions): Promise<EtcdMembership> {
    return this.transport.json(read('member list', '/v3/cluster/member/list'), membershipSchema, options);
  }

  /** Works without a leader too: then `leaderId` is null and `errors` says so. */
  status(options?: EtcdCallOptions): Promise<EtcdStatus> {
    return this.transport.json(read('status', '/v3/maintenance/status'), statusSchema, options);
  }

  listAlarms(options?: EtcdCallOptions): Promise<EtcdAlarm[]> {
    return this.transport.json(read('alarm list', '/v3/maintenance/alarm', { action: 'GET' }), alarmsSchema, options);
  }

  /** Whether the member itself says that it can serve: there is a leader, a read through it works, and no alarm is up. */
  async isHealthy(options?: EtcdCallOptions): Promise<boolean> {
    const { status, text } = await this.transport.get('health', '/health', options);
    if (status !== 200 && status !== 503) throw this.transport.refusal(read('health', '/health'), status, text);
    const parsed = healthSchema.safeParse(jsonOf(text));
    return status === 200 && parsed.success && String(parsed.data.health) === 'true';
  }

  /**
   * Announces a member that gets everything and votes on nothing; start it with this peer URL afterwards.
   * Throws EtcdRefusedError when a member has the URL already or another learner is there, EtcdUnhealthyError while members are away.
   */
  async addLearner(peerUrl: string, options?: EtcdCallOptions): Promise<EtcdMember> {
    const call = change('learner add', '/v3/cluster/member/add', { peerURLs: [peerUrl], isLearner: true });
    return (await this.change(call, memberAddedSchema, options)).member;
  }

  /** Makes a learner vote. Throws EtcdLearnerNotReadyError until it has caught up; EtcdRefusedError when it votes already. */
  promoteLearner(memberId: string, options?: EtcdCallOptions): Promise<EtcdMembership> {
    return this.change(change('learner promotion', '/v3/cluster/member/promote', { ID: memberId }), membershipSchema, options);
  }

  /** May be repeated. */
  updatePeerUrls(memberId: string, peerUrls: readonly string[], options?: EtcdCallOptions): Promise<EtcdMembership> {
    return this.change(change('member update', '/v3/cluster/member/update', { ID: memberId, peerURLs: peerUrls }), membershipSchema, options);
  }

  /** The member must be the leader (EtcdNotLeaderError otherwise); returns when the other one leads. */
  async moveLeader(toMemberId: string, options?: EtcdCallOptions): Promise<void> {
    await this.change(change('leader move', '/v3/maintenance/transfer-leadership', { targetID: toMemberId }), doneSchema, options);
  }

  /** For good: its data never belong to the cluster again. Throws EtcdMemberNotFoundError when it is gone already. */
  removeMember(memberId: string, options?: EtcdCallOptions): Promise<EtcdMembership> {
    return this.change(change('member removal', '/v3/cluster/member/remove', { ID: memberId }), membershipSchema, options);
  }

  /**
   * Writes this member's data, with etcd's own SHA-256 behind them, as `etcdctl snapshot restore` and `etcdutl` read it, and ends
   * the writable. Throws EtcdSnapshotError for one that is not whole: what was written is to be thrown away then.
   */
  saveSnapshot(to: Writable, options: SnapshotOptions = {}): Promise<EtcdSnapshot> {
    return saveSnapshot(this.transport, to, options);
  }

  /** Without a leader etcd lets a change wait for ever: then the reason is more use than the deadline. */
  private async change<Schema extends z.ZodType>(call: EtcdCall, schema: Schema, options?: EtcdCallOptions): Promise<z.output<Schema>> {
    try {
      return await this.transport.json(call, schema, options);
    } catch (error) {
      if (!(error instanceof EtcdUnreachableError) || !(error.cause instanceof DeadlineError)) throw error;
      const status = await this.status({ ...options, timeoutMs: afterwardsMs }).catch(() => undefined);
      options?.signal?.throwIfAborted();
      throw status?.leaderId === null ? new EtcdNoLeaderError({ endpoint: this.transport.endpoint, call: call.name, detail: error.detail }) : error;
    }
  }

  /** Cuts what is under way. */
  async close(): Promise<void> {
    await this.transport.close();
  }
}

const read = (name: string, path: string, body: EtcdCall['body'] = {}): EtcdCall => ({ name, path, body, isRead: true });
const change = (name: string, path: string, body: EtcdCall['body']): EtcdCall => ({ name, path, body, isRead: false });
