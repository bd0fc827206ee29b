import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { issueClientCertificate } from '../../src/kubernetes/certificates/certificate-authority.js';
import { EtcdMember, type EtcdIdentity } from '../../src/sim/kubernetes/etcd/etcd-member.js';
import { EtcdMembers } from '../../src/sim/kubernetes/etcd/etcd-members.js';
import { EtcdServer } from '../../src/sim/kubernetes/etcd/etcd-server.js';
import { readPki } from '../../src/sim/kubernetes/kubeadm/pki.js';
import { comparable, playStory, rawCaller, readRecordings, writeRecordings, type EtcdWorld, type RawCall } from '../kubernetes/etcd/golden.js';
import { RealEtcd, type Member } from '../kubernetes/etcd/real-etcd.js';
import { describeWith } from '../support/required-program.js';
import { until } from '../support/until.js';
import { writePki } from './kubernetes/cluster-pki.js';

const recorded = (): unknown[] => readRecordings().map(comparable);

/** Answers to the same calls, one by one, against what was recorded. */
function expectAlike(exchanges: Awaited<ReturnType<typeof playStory>>): void {
  const wanted = recorded();
  const differing = exchanges.map(comparable).filter((exchange, index) => JSON.stringify(exchange) !== JSON.stringify(wanted[index]));
  expect({ differing, count: exchanges.length }).toEqual({ differing: [], count: wanted.length });
}

describeWith(['etcd'], 'recorded answers of etcd', () => {
  it('are what Debian\'s etcd answers', async () => {
    const etcd = await RealEtcd.create();
    const closers: (() => void)[] = [];
    try {
      const members = await etcd.bootstrap(['one', 'two', 'three']);
      const { leaderId } = await etcd.clientOf(members[0] as Member).status();
      const statuses = await Promise.all(members.map((member) => etcd.clientOf(member).status()));
      const isLeader = (index: number): boolean => statuses[index]?.memberId === leaderId;
      const leader = members.find((_, index) => isLeader(index)) as Member;
      const [follower, other] = members.filter((_, index) => !isLeader(index)) as [Member, Member];
      const learner = await etcd.plan('learner');
      const roles: Record<string, Member> = { leader, follower, other, learner };
      const callers: Record<string, RawCall> = {};
      for (const [role, member] of Object.entries(roles)) {
        const { call, close } = rawCaller(() => etcd.dial(member), { caPem: etcd.ca.certificatePem, client: etcd.client });
        closers.push(close);
        callers[role] = call;
      }
      const call: EtcdWorld['call'] = (role, ...words) => (callers[role] as RawCall)(...words);
      const world: EtcdWorld = {
        call,
        learnerUrl: learner.peerUrl,
        startLearner: async () => {
          etcd.start(learner, { state: 'existing', of: [...members, learner] });
          await until(async () => (await call('learner', 'POST', '/v3/maintenance/status', '{}').catch(() => undefined))?.status === 200, { what: 'the learner to answer' });
          await until(async () => (await call('leader', 'POST', '/v3/cluster/member/list', '{}')).text.includes('"name":"learner"'), { what: 'the learner to tell its name' });
        },
        stop: async (role) => {
          const member = roles[role] as Member;
          await etcd.stop(member);
          const gone = role === 'leader' ? '' : role;
          // Two of three keep their leader; one alone finds out after the election's time.
          if (gone === '') await until(async () => (await call('follower', 'POST', '/v3/maintenance/status', '{}')).text.includes('no leader'), { what: 'the last member to find itself alone' });
        },
        // A removal that is refused by the rule about connections changes nothing, and so tells when the rule is content.
        settled: () => until(async () => {
          const answer = await call('leader', 'POST', '/v3/cluster/member/add', JSON.stringify({ peerURLs: [follower.peerUrl], isLearner: true }));
          return !answer.text.includes('unhealthy');
        }, { what: 'all members to be connected for five seconds' }),
      };
      const exchanges = await playStory(world);
      if (process.env['RECORD_GOLDEN']) writeRecordings(exchanges);
      expectAlike(exchanges);
    } finally {
      for (const close of closers) close();
      await etcd.close();
    }
  }, 120_000);
});

describe('the simulated etcd', () => {
  it('answers as was recorded', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sim-etcd-'));
    await writePki(join(folder, 'pki'));
    const pki = readPki(join(folder, 'pki'));
    const ca = { certificatePem: pki.etcd.caPem, privateKeyPem: readFileSync(join(folder, 'pki/etcd/ca.key'), 'utf8') };
    const client = await issueClientCertificate(ca, { commonName: 'jeroboam', days: 2, now: new Date() });
    const peerUrlOf = (role: string): string => `https://${role}.internal:2380`;
    const members = new EtcdMembers('leader', EtcdMember.create(join(folder, 'leader'), { name: 'leader', peerUrl: peerUrlOf('leader') }));
    const servers = new Map<string, EtcdServer>();
    const callers = new Map<string, ReturnType<typeof rawCaller>>();
    const serve = async (role: string): Promise<void> => {
      const server = await EtcdServer.start(pki, role, { members, serverId: role, isHung: () => false });
      servers.set(role, server);
      callers.set(role, rawCaller(() => Promise.resolve(server.dial() as Duplex), { caPem: pki.etcd.caPem, client }));
    };
    const start = (role: string): void => {
      const { clusterId, memberId } = members.findAnnounced(peerUrlOf(role)) as EtcdIdentity;
      members.add(role, EtcdMember.create(join(folder, role), { name: role, peerUrl: peerUrlOf(role), clusterId, memberId }));
    };
    try {
      await serve('leader');
      for (const role of ['follower', 'other']) {
        const { memberId } = members.announceLearner([peerUrlOf(role)]) as EtcdIdentity;
        start(role);
        members.promote(memberId);
        await serve(role);
      }
      expectAlike(
        await playStory({
          call: (role, ...words) => (callers.get(role) as ReturnType<typeof rawCaller>).call(...words),
          learnerUrl: peerUrlOf('learner'),
          startLearner: () => {
            start('learner');
            return serve('learner');
          },
          stop: (role) => {
            members.stop(role);
            return Promise.resolve();
          },
          settled: () => Promise.resolve(),
        }),
      );
    } finally {
      for (const { close } of callers.values()) close();
      for (const server of servers.values()) await server.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  }, 60_000);
});
