import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import type { KeyPairPem } from '../../../src/driver-contract/index.js';

/** One recorded exchange with etcd's JSON gateway. Bodies of snapshots are without their blobs. */
export interface Exchange {
  name: string;
  request: { to: string; method: string; path: string; body: string };
  status: number;
  contentType: string;
  answer: unknown;
}

export interface RawAnswer {
  status: number;
  contentType: string;
  text: string;
}

export type RawCall = (method: string, path: string, body: string) => Promise<RawAnswer>;

/** HTTP as it is, over TLS in whatever `dial` gives; one connection that is kept. */
export function rawCaller(dial: () => Promise<Duplex>, tls: { caPem: string; client: KeyPairPem }): { call: RawCall; close: () => void } {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  agent.createConnection = (_options, done) => {
    void dial().then((stream) => {
      const socket = connectTls({ socket: stream, ca: tls.caPem, cert: tls.client.certificatePem, key: tls.client.privateKeyPem, servername: 'localhost' });
      done?.(null, socket);
    }, (error: unknown) => done?.(error as Error, undefined as unknown as Duplex));
    return undefined;
  };
  const call: RawCall = (method, path, body) =>
    new Promise((resolve, reject) => {
      const headers = body === '' ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
      const sent = request({ agent, method, path, headers: { host: 'localhost', ...headers } }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => resolve({ status: response.statusCode ?? 0, contentType: response.headers['content-type'] ?? '', text: Buffer.concat(chunks).toString('utf8') }));
      });
      sent.on('error', reject);
      sent.end(body);
    });
  return { call, close: () => agent.destroy() };
}

/** Where the story is played: the real etcd, or a simulated cluster. Roles: leader, follower, other, and learner once it runs. */
export interface EtcdWorld {
  call: (role: string, method: string, path: string, body: string) => Promise<RawAnswer>;
  startLearner: () => Promise<void>;
  learnerUrl: string;
  /** SIGKILL. */
  stop: (role: string) => Promise<void>;
  /** Waits until all members have been connected for long enough to be changed. */
  settled: () => Promise<void>;
}

/** The same calls in the same order everywhere; returns what was answered. */
export async function playStory(world: EtcdWorld): Promise<Exchange[]> {
  const exchanges: Exchange[] = [];
  const play = async (name: string, to: string, path: string, body: object | string = {}, method = 'POST'): Promise<unknown> => {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const answer = await world.call(to, method, path, text);
    const lines = answer.text.split('\n').filter((line) => line.trim() !== '');
    const documents = path.endsWith('/snapshot') ? [lines[0], lines.at(-1)].map((line) => withoutBlob(line ?? '')) : parsed(answer.text);
    exchanges.push({ name, request: { to, method, path, body: text }, status: answer.status, contentType: answer.contentType, answer: documents });
    return documents;
  };
  const members = '/v3/cluster/member';
  const maintenance = '/v3/maintenance';
  await world.settled();
  const listed = (await play('member-list', 'leader', `${members}/list`)) as { members: { ID: string; peerURLs: string[] }[] };
  const leader = ((await play('status-of-leader', 'leader', `${maintenance}/status`)) as { leader: string }).leader;
  const follower = ((await play('status-of-follower', 'follower', `${maintenance}/status`)) as { header: { member_id: string } }).header.member_id;
  const other = listed.members.find(({ ID }) => ID !== leader && ID !== follower)?.ID ?? '';
  await play('health', 'leader', '/health', '', 'GET');
  await play('health-by-post', 'leader', '/health', {}, 'POST');
  await play('alarms-none', 'leader', `${maintenance}/alarm`, { action: 'GET' });
  await play('path-unknown', 'leader', '/v3/nothing');
  await play('list-by-get', 'leader', `${members}/list`, '', 'GET');
  await play('body-no-json', 'leader', `${members}/remove`, '{');
  await play('id-no-number', 'leader', `${members}/remove`, { ID: 'abc' });
  await play('move-by-follower', 'follower', `${maintenance}/transfer-leadership`, { targetID: follower });
  await play('move-to-nobody', 'leader', `${maintenance}/transfer-leadership`, { targetID: '12345' });
  await play('promote-unknown', 'leader', `${members}/promote`, { ID: '12345' });
  await play('promote-voter', 'leader', `${members}/promote`, { ID: follower });
  await play('update-unknown', 'leader', `${members}/update`, { ID: '12345', peerURLs: ['https://127.0.0.99:2380'] });
  await play('update-to-taken-url', 'leader', `${members}/update`, { ID: follower, peerURLs: listed.members.find(({ ID }) => ID === other)?.peerURLs });
  await play('remove-unknown', 'leader', `${members}/remove`, { ID: '12345' });
  await play('add-without-url', 'leader', `${members}/add`, { isLearner: true });
  await play('add-with-bad-url', 'leader', `${members}/add`, { peerURLs: ['nonsense'], isLearner: true });
  const voter = ((await play('add-voter', 'leader', `${members}/add`, { peerURLs: ['https://127.0.0.97:2380'] })) as { member: { ID: string } }).member.ID;
  await play('remove-not-started', 'leader', `${members}/remove`, { ID: voter });
  const learner = ((await play('add-learner', 'leader', `${members}/add`, { peerURLs: [world.learnerUrl], isLearner: true })) as { member: { ID: string } }).member.ID;
  // Each member answers by what it knows: a follower may not have heard yet.
  await play('list-with-announced-learner', 'leader', `${members}/list`);
  // Not the learner's: within a second real etcd gives it the same id again, and then says so.
  await play('add-taken-url', 'leader', `${members}/add`, { peerURLs: listed.members.find(({ ID }) => ID === other)?.peerURLs, isLearner: true });
  await play('add-second-learner', 'leader', `${members}/add`, { peerURLs: ['https://127.0.0.99:2380'], isLearner: true });
  await play('promote-not-started', 'leader', `${members}/promote`, { ID: learner });
  await play('move-to-learner', 'leader', `${maintenance}/transfer-leadership`, { targetID: learner });
  await world.startLearner();
  await play('status-of-learner', 'learner', `${maintenance}/status`);
  await play('list-at-learner', 'learner', `${members}/list`);
  await play('remove-at-learner', 'learner', `${members}/remove`, { ID: '12345' });
  await world.settled();
  await play('promote', 'leader', `${members}/promote`, { ID: learner });
  await play('update', 'leader', `${members}/update`, { ID: learner, peerURLs: [world.learnerUrl] });
  await play('snapshot', 'follower', `${maintenance}/snapshot`);
  await play('remove', 'leader', `${members}/remove`, { ID: learner });
  await play('remove-again', 'leader', `${members}/remove`, { ID: learner });
  await play('move', 'leader', `${maintenance}/transfer-leadership`, { targetID: follower });
  await play('status-of-new-leader', 'follower', `${maintenance}/status`);
  await world.stop('other');
  await play('add-while-one-is-away', 'follower', `${members}/add`, { peerURLs: ['https://127.0.0.99:2380'], isLearner: true });
  await play('remove-running-while-one-is-away', 'follower', `${members}/remove`, { ID: leader });
  await play('health-with-two-of-three', 'follower', '/health', '', 'GET');
  await world.stop('leader');
  await play('status-without-leader', 'follower', `${maintenance}/status`);
  await play('health-without-leader', 'follower', '/health', '', 'GET');
  await play('move-without-leader', 'follower', `${maintenance}/transfer-leadership`, { targetID: leader });
  return exchanges;
}

const folder = join(process.cwd(), 'test/golden/etcd');

export const readRecordings = (): Exchange[] => readdirSync(folder).filter((file) => file.endsWith('.json')).sort().map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as Exchange);

export function writeRecordings(exchanges: readonly Exchange[]): void {
  mkdirSync(folder, { recursive: true });
  for (const [index, exchange] of exchanges.entries()) writeFileSync(join(folder, `${String(index + 1).padStart(2, '0')}-${exchange.name}.json`), `${JSON.stringify(exchange, null, 2)}\n`);
}

/** What must be alike: statuses, fields, their types and etcd's own sentences; not ids, counters, addresses and names. */
export function comparable({ name, status, contentType, answer }: Exchange): unknown {
  return { name, status, contentType: contentType.split(';')[0], answer: typed(answer) };
}

function typed(value: unknown): unknown {
  if (Array.isArray(value)) return [...new Set(value.map((item) => JSON.stringify(typed(item))))].sort();
  if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, item]) => [key, key === 'name' || key === 'version' ? '<text>' : typed(item)]));
  if (typeof value !== 'string') return value;
  if (/^\d+$/.test(value)) return '<number>';
  if (/^https?:/.test(value)) return '<url>';
  // Go's sentences about JSON that it cannot read are not imitated.
  return /^(json|invalid|unexpected|parsing)\b|Go value|unmarshal|EOF/i.test(value) ? '<unreadable>' : value;
}

function withoutBlob(line: string): unknown {
  const document = JSON.parse(line) as { result: { blob: string } };
  return { ...document, result: { ...document.result, blob: '<blob>' } };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Some refusals are plain text.
    return text;
  }
}
