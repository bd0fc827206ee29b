import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { EtcdIdentity } from './etcd-member.js';
import type { EtcdMembers } from './etcd-members.js';
import { httpStatusOf, isRefusal, refusals, type EtcdRefusal } from './etcd-refusal.js';

/** As the static pods' image says. */
const etcdVersion = '3.5.21';

const bodyLimitBytes = 1024 * 1024;
const snapshotChunkBytes = 32 * 1024;
const pageBytes = 4_096;
const digestBlockBytes = 512;

export interface EtcdGatewayContext {
  members: EtcdMembers;
  serverId: string;
  /** A test's fault: nothing is answered. */
  isHung(): boolean;
}

type Body = Record<string, unknown>;
/** Undefined: etcd would wait for a leader, so nothing is answered. */
type Answer = object | EtcdRefusal | undefined;
type Call = (context: EtcdGatewayContext, self: EtcdIdentity, body: Body) => Answer;

/** etcd's JSON gateway on one member: members and maintenance, no keys. */
export async function answerEtcd(context: EtcdGatewayContext, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const text = await readText(request);
  const self = context.members.memberOn(context.serverId);
  if (!self || text === undefined) {
    response.destroy();
    return;
  }
  if (context.isHung()) return;
  const path = (request.url ?? '/').split('?')[0] ?? '/';
  if (path === '/health') {
    sendHealth(context, request, response);
    return;
  }
  if (path === '/v3/maintenance/snapshot' && request.method === 'POST') {
    sendSnapshot(context, response);
    return;
  }
  const call = calls[path];
  if (!call) {
    sendText(response, 404, 'Not Found\n');
    return;
  }
  if (request.method !== 'POST') {
    sendText(response, 405, 'Method Not Allowed\n');
    return;
  }
  const body = parsedBody(text);
  const answer = typeof body === 'string' ? { refusal: body, code: 3 } : call(context, self, body);
  if (answer === undefined) return;
  if (isRefusal(answer)) sendJson(response, httpStatusOf(answer.code), { error: answer.refusal, message: answer.refusal, code: answer.code });
  else sendJson(response, 200, answer);
}

const calls: Record<string, Call> = {
  '/v3/cluster/member/list': (context, self) => (self.isLearner === true ? refusals.notForLearners : membersAnswer(context, self)),
  '/v3/cluster/member/add': (context, self, body) =>
    change(context, self, () => {
      const urls = urlsOf(body);
      if (!urls) return refusals.badUrls;
      const added = body['isLearner'] === true ? context.members.announceLearner(urls) : context.members.announceVoter(urls);
      if (isRefusal(added)) return added;
      return { ...membersAnswer(context, self), member: memberDocument(added) };
    }),
  '/v3/cluster/member/promote': (context, self, body) => change(context, self, () => context.members.promote(idOf(body['ID'])) ?? membersAnswer(context, self)),
  '/v3/cluster/member/update': (context, self, body) =>
    change(context, self, () => {
      const urls = urlsOf(body);
      return urls ? (context.members.updatePeerUrls(idOf(body['ID']), urls) ?? membersAnswer(context, self)) : refusals.badUrls;
    }),
  '/v3/cluster/member/remove': (context, self, body) => change(context, self, () => context.members.remove(idOf(body['ID'])) ?? membersAnswer(context, self)),
  '/v3/maintenance/transfer-leadership': (context, self, body) => {
    if (self.isLearner === true) return refusals.notForLearners;
    if (context.members.leaderId !== self.memberId) return refusals.notLeader;
    return context.members.moveLeader(idOf(body['targetID'])) ?? {};
  },
  '/v3/maintenance/alarm': (context, self) => (self.isLearner === true ? refusals.notForLearners : {}),
  '/v3/maintenance/status': (context, self) => statusOf(context, self),
};

/** Learners refuse; without a leader the proposal waits for one. */
function change({ members }: EtcdGatewayContext, self: EtcdIdentity, apply: () => Answer): Answer {
  if (self.isLearner === true) return refusals.notForLearners;
  return members.leaderId === null ? undefined : apply();
}

function statusOf(context: EtcdGatewayContext, self: EtcdIdentity): object {
  const { members } = context;
  const size = databaseOf(context).length;
  const index = String(members.raftIndex);
  return {
    header: headerOf(context, self, true),
    version: etcdVersion,
    dbSize: String(size),
    ...(members.leaderId !== null && { leader: decimal(members.leaderId) }),
    ...{ raftIndex: index, raftTerm: String(members.raftTerm), raftAppliedIndex: index, dbSizeInUse: String(size) },
    ...(members.leaderId === null && { errors: ['etcdserver: no leader'] }),
    ...(self.isLearner === true && { isLearner: true }),
  };
}

const membersAnswer = (context: EtcdGatewayContext, self: EtcdIdentity): object => ({
  header: headerOf(context, self, false),
  members: context.members.list().map(memberDocument),
});

const headerOf = ({ members }: EtcdGatewayContext, self: EtcdIdentity, withRevision: boolean): object => ({
  cluster_id: decimal(self.clusterId),
  member_id: decimal(self.memberId),
  ...(withRevision && { revision: String(members.newestContent().applied) }),
  raft_term: String(members.raftTerm),
});

const memberDocument = ({ memberId, name, peerUrl, isLearner }: EtcdIdentity): object => ({
  ID: decimal(memberId),
  ...(name !== '' && { name }),
  peerURLs: [peerUrl],
  // A member tells its client address when it starts.
  ...(name !== '' && { clientURLs: [peerUrl.replace(/:2380$/, ':2379')] }),
  ...(isLearner === true && { isLearner }),
});

/** The gateway writes 64-bit numbers as decimal strings. */
const decimal = (hex: string): string => BigInt(`0x${hex}`).toString();

const idOf = (value: unknown): string => BigInt(typeof value === 'string' || typeof value === 'number' ? value : 0).toString(16).padStart(16, '0');

const isUint64 = (value: unknown): boolean => (typeof value === 'string' || typeof value === 'number') && /^\d+$/.test(String(value));

function urlsOf(body: Body): string[] | undefined {
  const urls = body['peerURLs'];
  if (!Array.isArray(urls) || urls.length === 0) return undefined;
  const texts = urls.map(String);
  return texts.every((url) => /^https?:\/\/[^/:]+:\d+$/.test(url)) ? texts : undefined;
}

/** Refuses what the gateway's unmarshaller refuses; as a sentence. */
function parsedBody(text: string): Body | string {
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return 'json: cannot unmarshal into Go value';
    const body = parsed as Body;
    for (const name of ['ID', 'targetID']) if (body[name] !== undefined && !isUint64(body[name])) return `json: cannot unmarshal ${name} into Go value of type uint64`;
    return body;
  } catch (error) {
    // Errors of JSON.parse come from another realm in tests.
    return `invalid character: ${String(error)}`;
  }
}

function sendHealth({ members }: EtcdGatewayContext, request: IncomingMessage, response: ServerResponse): void {
  if (request.method !== 'GET') {
    response.setHeader('allow', 'GET');
    sendText(response, 405, 'Method Not Allowed\n');
    return;
  }
  const isHealthy = members.leaderId !== null;
  // JSON that calls itself text.
  sendText(response, isHealthy ? 200 : 503, JSON.stringify({ health: String(isHealthy) }));
}

/** The content with etcd's digest behind it, in lines as the gateway streams them. */
function sendSnapshot(context: EtcdGatewayContext, response: ServerResponse): void {
  const database = databaseOf(context);
  response.writeHead(200, { 'content-type': 'application/json' });
  for (let start = 0; start < database.length; start += snapshotChunkBytes) {
    const blob = database.subarray(start, start + snapshotChunkBytes);
    response.write(snapshotLine(blob, database.length - start - blob.length));
  }
  response.end(snapshotLine(createHash('sha256').update(database).digest(), 0));
}

const snapshotLine = (blob: Buffer, remaining: number): string =>
  `${JSON.stringify({ result: { ...(remaining > 0 && { remaining_bytes: String(remaining) }), blob: blob.toString('base64') } })}\n`;

/** A database file is made of pages, and of at least a few. */
function databaseOf({ members }: EtcdGatewayContext): Buffer {
  const content = Buffer.from(JSON.stringify({ members: members.list(), ...members.newestContent() }));
  const pages = Math.max(5, Math.ceil(content.length / pageBytes));
  return Buffer.concat([content], Math.ceil((pages * pageBytes) / digestBlockBytes) * digestBlockBytes);
}

async function readText(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > bodyLimitBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

function sendText(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' });
  response.end(text);
}
