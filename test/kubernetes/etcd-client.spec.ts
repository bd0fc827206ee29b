import { spawnSync } from 'node:child_process';
import { createWriteStream, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createCa, issueClientCertificate } from '../../src/kubernetes/certificates/certificate-authority.js';
import type { EtcdClient } from '../../src/kubernetes/etcd/etcd-client.js';
import {
  EtcdLearnerNotReadyError,
  EtcdMemberNotFoundError,
  EtcdNoLeaderError,
  EtcdNotLeaderError,
  EtcdRefusedError,
  EtcdUnhealthyError,
  EtcdUnreachableError,
} from '../../src/kubernetes/etcd/etcd-error.js';
import { describeWith } from '../support/required-program.js';
import { until } from '../support/until.js';
import { RealEtcd, type Member } from './etcd/real-etcd.js';

/** Debian's etcd, with the TLS of a kubeadm cluster, without a tunnel. One story in order: each test goes on where the last ended. */
describeWith(['etcd', 'etcdctl'], 'the client of etcd', () => {
  let etcd: RealEtcd;
  let members: Member[];
  const at = (index: number): Member => members[index] as Member;
  const client = (index: number): EtcdClient => etcd.clientOf(at(index));
  const etcdctl = (endpoint: Member, ...words: string[]): string => {
    const tls = ['ca.crt', 'client.crt', 'client.key'].map((file) => join(etcd.folder, file));
    const run = spawnSync('etcdctl', [`--endpoints=https://${endpoint.address}:${endpoint.clientPort}`, `--cacert=${tls[0] ?? ''}`, `--cert=${tls[1] ?? ''}`, `--key=${tls[2] ?? ''}`, ...words], {
      encoding: 'utf8',
      env: { ...process.env, ETCDCTL_API: '3' },
    });
    if (run.status !== 0) throw new Error(`etcdctl ${words.join(' ')}: ${run.stderr}`);
    return run.stdout;
  };
  const idOf = async (name: string, from = 0): Promise<string> => {
    const found = (await client(from).listMembers()).members.find((member) => member.name === name);
    if (!found) throw new Error(`no member ${name}`);
    return found.id;
  };
  /** Hexadecimal, as etcdctl prints it. */
  const hex = (id: string): string => BigInt(id).toString(16);

  beforeAll(async () => {
    etcd = await RealEtcd.create();
    members = await etcd.bootstrap(['one', 'two', 'three']);
  }, 60_000);
  afterAll(() => etcd.close());

  it('lists members with their whole ids', async () => {
    const { members: listed } = await client(0).listMembers();
    const printed = etcdctl(at(0), 'member', 'list');
    expect(listed.map(({ name }) => name).sort()).toEqual(['one', 'three', 'two']);
    for (const { id, name, isLearner, peerUrls } of listed) {
      expect(printed).toContain(`${hex(id)}, started, ${name}, ${peerUrls[0] ?? ''}`);
      expect(isLearner).toBe(false);
    }
  });

  it('tells how a member is', async () => {
    const statuses = await Promise.all([0, 1, 2].map((index) => client(index).status()));
    expect(new Set(statuses.map(({ leaderId }) => leaderId)).size).toBe(1);
    expect(statuses[0]).toMatchObject({ memberId: await idOf('one'), version: expect.stringMatching(/^3\.\d+\.\d+$/), isLearner: false, errors: [] });
    expect(BigInt(statuses[0]?.raftIndex ?? 0)).toBeGreaterThan(0n);
    expect(statuses[0]?.dbSizeBytes).toBeGreaterThan(10_000);
    expect(await client(0).isHealthy()).toBe(true);
    expect(await client(0).listAlarms()).toEqual([]);
  });

  it('trusts nobody but the etcd CA, and is trusted with its certificate only', async () => {
    const now = new Date();
    const foreign = await createCa('etcd-ca', { now });
    const stranger = await issueClientCertificate(foreign, { commonName: 'jeroboam', days: 2, now });
    await expect(etcd.clientOf(at(0), { caPem: foreign.certificatePem }).status()).rejects.toThrow(/self.signed certificate|unable to verify/);
    await expect(etcd.clientOf(at(0), { client: stranger }).status()).rejects.toThrow(EtcdUnreachableError);
    await expect(etcd.clientOf(at(0), { serverName: 'somebody-else' }).status()).rejects.toThrow(/altnames/);
  });

  it('moves the lead, from the leader only', async () => {
    const { leaderId } = await client(0).status();
    const names = ['one', 'two', 'three'];
    const ids = await Promise.all(names.map((name) => idOf(name)));
    const leader = ids.findIndex((id) => id === leaderId);
    const next = (leader + 1) % 3;
    await expect(client(next).moveLeader(ids[next] ?? '')).rejects.toThrow(EtcdNotLeaderError);
    await expect(client(leader).moveLeader('1')).rejects.toThrow(EtcdRefusedError);
    await client(leader).moveLeader(ids[next] ?? '');
    expect((await client(leader).status()).leaderId).toBe(ids[next]);
  });

  it('adds a learner, which votes after it has caught up', async () => {
    const four = await etcd.plan('four');
    const learner = await onceSettled(() => client(0).addLearner(four.peerUrl));
    expect(learner).toMatchObject({ name: '', isLearner: true, peerUrls: [four.peerUrl] });
    await expect(client(0).addLearner(four.peerUrl)).rejects.toThrow(/use it, or remove it first/);
    await expect(client(0).addLearner('https://127.0.0.99:1')).rejects.toThrow(/Promote or remove the learner/);
    await expect(client(0).promoteLearner(learner.id)).rejects.toThrow(EtcdLearnerNotReadyError);
    await expect(client(0).promoteLearner('12345')).rejects.toThrow(EtcdMemberNotFoundError);
    members.push(four);
    etcd.start(four, { state: 'existing', of: members });
    await until(() => client(0).promoteLearner(learner.id).then(() => true, (error: unknown) => {
      if (error instanceof EtcdLearnerNotReadyError || error instanceof EtcdUnreachableError) return false;
      throw error;
    }), { what: 'the learner to be promoted' });
    expect((await client(0).listMembers()).members.find(({ id }) => id === learner.id)).toMatchObject({ name: 'four', isLearner: false });
    await expect(client(0).promoteLearner(learner.id)).rejects.toThrow(EtcdRefusedError);
  });

  it('changes the address of a member', async () => {
    const id = await idOf('four');
    await client(0).updatePeerUrls(id, ['https://127.0.0.98:2380']);
    expect((await client(0).listMembers()).members.find((member) => member.id === id)?.peerUrls).toEqual(['https://127.0.0.98:2380']);
    await client(0).updatePeerUrls(id, [at(3).peerUrl]);
    await client(0).updatePeerUrls(id, [at(3).peerUrl]);
    await expect(client(0).updatePeerUrls('12345', [at(3).peerUrl])).rejects.toThrow(EtcdMemberNotFoundError);
  });

  it('removes a member for good', async () => {
    const id = await idOf('four');
    const left = await onceSettled(() => client(0).removeMember(id));
    expect(left.members.map(({ name }) => name).sort()).toEqual(['one', 'three', 'two']);
    await expect(client(0).removeMember(id)).rejects.toThrow(EtcdMemberNotFoundError);
    await until(() => etcd.hasExited(at(3)), { what: 'the removed member to end' });
    await expect(client(3).status()).rejects.toThrow(EtcdUnreachableError);
  });

  it('saves a snapshot that etcdctl restores, with what was written', async () => {
    const value = 'x'.repeat(100_000);
    for (let index = 0; index < 20; index += 1) etcdctl(at(0), 'put', `/registry/${index}`, value);
    const file = join(etcd.folder, 'snapshot.db');
    const snapshot = await client(1).saveSnapshot(createWriteStream(file));
    expect(readFileSync(file)).toHaveLength(snapshot.sizeBytes);
    expect(snapshot.sizeBytes).toBeGreaterThan(2_000_000);
    const restored = join(etcd.folder, 'restored');
    const lone = await etcd.plan('lone');
    etcdctl(at(0), 'snapshot', 'restore', file, `--data-dir=${restored}`, '--name=lone', `--initial-cluster=lone=${lone.peerUrl}`, `--initial-advertise-peer-urls=${lone.peerUrl}`);
    etcd.start(lone, { state: 'existing', of: [lone], dataDir: restored });
    await etcd.untilHealthy(lone);
    expect(etcdctl(lone, 'get', '/registry/7', '--print-value-only').trim()).toBe(value);
    await etcd.stop(lone);
    rmSync(restored, { recursive: true });
  }, 60_000);

  it('ends a snapshot that is larger than allowed, or that nobody takes', async () => {
    const nowhere = (): Writable => new Writable({ write: (_chunk, _encoding, done) => done() });
    await expect(client(0).saveSnapshot(nowhere(), { sizeLimitBytes: 10_000 })).rejects.toThrow(/larger than 10000 bytes/);
    const full = new Writable({ write: (_chunk, _encoding, done) => done(new Error('no space left on device')) });
    await expect(client(0).saveSnapshot(full)).rejects.toThrow(/no space left on device/);
    const reason = new Error('the lease is lost');
    await expect(client(0).saveSnapshot(nowhere(), { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    await expect(client(0).saveSnapshot(new Writable({ write: () => undefined }), { timeoutMs: 300 })).rejects.toThrow(/within 0.3 s/);
  });

  it('finds the same member again in a data folder that another name takes over', async () => {
    const id = await idOf('three');
    await etcd.stop(at(2));
    etcd.start(at(2), { state: 'existing', of: members.slice(0, 3), name: 'three-again' });
    await etcd.untilHealthy(at(2));
    await until(async () => (await client(0).listMembers()).members.some(({ name }) => name === 'three-again'), { what: 'the new name to be known' });
    expect(await idOf('three-again')).toBe(id);
    expect((await client(2).status()).memberId).toBe(id);
  }, 60_000);

  it('says what to do when members are away', async () => {
    await etcd.stop(at(2));
    const { leaderId } = await client(0).status();
    const gone = await idOf('three-again', 1);
    if (leaderId === gone) await until(async () => (await client(0).status()).leaderId !== gone, { what: 'a new leader' });
    await expect(client(0).addLearner('https://127.0.0.99:2380')).rejects.toThrow(EtcdUnhealthyError);
    await etcd.stop(at(1));
    await until(async () => (await client(0).status()).leaderId === null, { what: 'the last member to see that it is alone' });
    expect((await client(0).status()).errors).toEqual(['etcdserver: no leader']);
    expect(await client(0).isHealthy()).toBe(false);
    await expect(client(0).moveLeader(gone)).rejects.toThrow(EtcdNotLeaderError);
    await expect(client(0).removeMember(gone, { timeoutMs: 1_000 })).rejects.toThrow(EtcdNoLeaderError);
    await expect(client(1).status()).rejects.toThrow(/ECONNREFUSED/);
  }, 60_000);
});

/** etcd changes no members until all of them have been connected for five seconds. */
async function onceSettled<Result>(run: () => Promise<Result>): Promise<Result> {
  let result: Result | undefined;
  await until(async () => {
    try {
      result = await run();
      return true;
    } catch (error) {
      if (error instanceof EtcdUnhealthyError) return false;
      throw error;
    }
  }, { what: 'the change of members to be accepted' });
  return result as Result;
}
