import { z } from 'zod';

/**
 * What etcd's JSON gateway answers. Ids and counters are 64-bit numbers that it writes as decimal strings, and they stay so: a
 * JavaScript number would round them. It leaves out what is zero, false or empty.
 */
const uint64 = z.string().regex(/^\d{1,20}$/);
const count = uint64.default('0');
const byteCount = count.transform(Number);

export const headerSchema = z.object({ cluster_id: uint64, member_id: uint64.default('0'), raft_term: count });

/** A member of an etcd cluster. */
export interface EtcdMember {
  /** Decimal. */
  readonly id: string;
  /** Empty until the member has started for the first time; a restart under another `--name` changes it, and never the id. */
  readonly name: string;
  readonly peerUrls: readonly string[];
  readonly clientUrls: readonly string[];
  /** Gets everything and votes on nothing. */
  readonly isLearner: boolean;
}

export interface EtcdMembership {
  readonly clusterId: string;
  readonly members: readonly EtcdMember[];
}

const memberSchema = z
  .object({ ID: uint64, name: z.string().default(''), peerURLs: z.array(z.string()).default([]), clientURLs: z.array(z.string()).default([]), isLearner: z.boolean().default(false) })
  .transform(({ ID, name, peerURLs, clientURLs, isLearner }): EtcdMember => ({ id: ID, name, peerUrls: peerURLs, clientUrls: clientURLs, isLearner }));

export const membershipSchema = z
  .object({ header: headerSchema, members: z.array(memberSchema).default([]) })
  .transform(({ header, members }): EtcdMembership => ({ clusterId: header.cluster_id, members }));

export const memberAddedSchema = z.object({ member: memberSchema });

/** One member's view. */
export interface EtcdStatus {
  readonly clusterId: string;
  /** The member that answered. */
  readonly memberId: string;
  /** etcd's version, for example `3.5.21`. */
  readonly version: string;
  /** Null while there is none. */
  readonly leaderId: string | null;
  readonly isLearner: boolean;
  readonly raftTerm: string;
  readonly raftIndex: string;
  readonly raftAppliedIndex: string;
  readonly dbSizeBytes: number;
  /** What defragmenting would leave. */
  readonly dbSizeInUseBytes: number;
  /** etcd's own sentences, for example `etcdserver: no leader`. */
  readonly errors: readonly string[];
}

export const statusSchema = z
  .object({
    header: headerSchema,
    version: z.string(),
    leader: count,
    isLearner: z.boolean().default(false),
    raftTerm: count,
    raftIndex: count,
    raftAppliedIndex: count,
    dbSize: byteCount,
    dbSizeInUse: byteCount,
    errors: z.array(z.string()).default([]),
  })
  .transform(
    ({ header, version, leader, isLearner, raftTerm, raftIndex, raftAppliedIndex, dbSize, dbSizeInUse, errors }): EtcdStatus => ({
      clusterId: header.cluster_id,
      memberId: header.member_id,
      version,
      leaderId: leader === '0' ? null : leader,
      ...{ isLearner, raftTerm, raftIndex, raftAppliedIndex },
      ...{ dbSizeBytes: dbSize, dbSizeInUseBytes: dbSizeInUse, errors },
    }),
  );

export interface EtcdAlarm {
  readonly memberId: string;
  /** NOSPACE: the database is full and nothing can be written · CORRUPT: this member's data differ from the others'. */
  readonly alarm: string;
}

export const alarmsSchema = z
  .object({ alarms: z.array(z.object({ memberID: uint64, alarm: z.string().default('NONE') })).default([]) })
  .transform(({ alarms }): EtcdAlarm[] => alarms.map(({ memberID, alarm }) => ({ memberId: memberID, alarm })));

/** A moved lead is answered with an empty object. */
export const doneSchema = z.object({});

export const healthSchema = z.object({ health: z.union([z.string(), z.boolean()]), reason: z.string().optional() });

/** Body of a refusal; 3.4 and 3.5 say it twice, 3.6 only in `message`. */
export const refusalSchema = z.object({ error: z.string().optional(), message: z.string().optional(), code: z.number().optional() });

/** A line of the snapshot's stream. */
export const snapshotLineSchema = z.union([
  z.object({ result: z.object({ remaining_bytes: count, blob: z.string().default('') }) }),
  z.object({ error: z.object({ message: z.string().default(''), grpc_code: z.number().optional(), code: z.number().optional() }) }),
]);
