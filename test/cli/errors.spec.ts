import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { stringify } from 'yaml';
import { startLifecycleEnvironment, type LifecycleEnvironment } from '../support/lifecycle-environment.js';
import { Coe } from './coe.js';

describe('coe, when something is wrong', () => {
  let world: LifecycleEnvironment;
  let coe: Coe;
  let folder: string;
  beforeAll(async () => {
    world = await startLifecycleEnvironment({ processes: 'all' });
    coe = new Coe(world.environment);
    folder = mkdtempSync(join(tmpdir(), 'jeroboam-coe-errors-'));
    await world.createTemplate('k8s');
  }, 120_000);
  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    await world.stop();
  }, 60_000);

  const create = ['cluster', 'create', 'x', '--cluster-template', 'k8s'];
  it.each([
    { given: ['cluster', 'list', '--colour'], says: "unknown option '--colour'" },
    { given: ['cluster', 'create', 'x'], says: "required option '--cluster-template <template>' not specified" },
    { given: ['cluster', 'show'], says: "missing required argument 'cluster'" },
    { given: [...create, '--node-count', 'two'], says: 'expected a whole number from 0 on' },
    { given: ['cluster', 'list', '-f', 'xml'], says: 'Allowed choices are table, json, yaml, value, csv' },
    { given: ['cluster', 'list', '--sort-dir', 'up'], says: 'Allowed choices are asc, desc' },
    { given: ['clusters'], says: "unknown command 'clusters'" },
  ])('ends with 2 for wrong usage: $given', async ({ given, says }) => {
    const { status, stdout, stderr } = await coe.run(...given);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain(says);
  });

  it.each([
    { given: ['cluster', 'show', 'nothere'], says: /nothere.*\(HTTP 404\) \(Request-ID: req-/ },
    { given: ['cluster', 'list', '-c', 'nothere'], says: /no column nothere/ },
    { given: [...create, '--flavor', 'nothere'], says: /nothere.*\(HTTP 4\d\d\)/ },
    { given: [...create, '--labels', 'nonsense'], says: /KEY=VALUE/ },
    { given: [...create, '--floating-ip-enabled', '--floating-ip-disabled'], says: /--floating-ip-disabled is one flag too many/ },
    { given: [...create, '--master-count', '3', '--master-lb-disabled'], says: /--master-lb-disabled/ },
    { given: ['cluster', 'config', 'nothere'], says: /HTTP 404/ },
    { given: ['ca', 'sign', 'nothere', '/no/such/file'], says: /no such file/ },
    { given: ['--os-cloud', 'nothere', 'cluster', 'list'], says: /nothere/ },
    { given: ['--endpoint', 'http://127.0.0.1:1', '--timeout-seconds', '2', 'cluster', 'list'], says: /container-infra did not answer/ },
  ])('ends with 1 and the reason: $given', async ({ given, says }) => {
    const { status, stdout, stderr } = await coe.run(...given);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(says);
    expect(stderr).not.toMatch(/^ +at /m);
    expect(await world.demo.get('/v1/clusters')).toEqual({ clusters: [] });
  }, 60_000);

  it('says which variable is missing, and when the password is wrong', async () => {
    expect(await coe.runWith({ OS_AUTH_URL: '' }, 'cluster', 'list')).toEqual({ status: 1, stdout: '', stderr: 'Cannot log in to OpenStack: OS_AUTH_URL is missing.\n' });
    const refused = await coe.runWith({ OS_PASSWORD: 'wrong' }, 'cluster', 'list');
    expect(refused.status).toBe(1);
    expect(refused.stderr).toContain('keystone answered 401');
  });

  it('logs in from clouds.yaml, whatever the environment says', async () => {
    const { OS_AUTH_URL, OS_PASSWORD, OS_REGION_NAME } = coe.environment;
    const auth = { auth_url: OS_AUTH_URL, username: 'demo', project_name: 'demo', user_domain_name: 'Default', project_domain_name: 'Default' };
    writeFileSync(join(folder, 'clouds.yaml'), stringify({ clouds: { mine: { auth, region_name: OS_REGION_NAME } } }));
    writeFileSync(join(folder, 'secure.yaml'), stringify({ clouds: { mine: { auth: { password: OS_PASSWORD } } } }));
    const environment = { OS_CLIENT_CONFIG_FILE: join(folder, 'clouds.yaml'), OS_PASSWORD: 'wrong' };
    expect(await coe.runWith(environment, '--os-cloud', 'mine', 'cluster', 'template', 'list', '-f', 'value', '-c', 'name')).toEqual({ status: 0, stdout: 'k8s\n', stderr: '' });
  });

  it('ends with 1 when what it waits for fails, says what to do, and the retry succeeds', async () => {
    await world.admin('POST', '/faults', { service: 'orchestration', method: 'POST', path: '/stacks$', action: { status: 403, body: { error: { message: 'Policy says no', type: 'Forbidden' }, code: 403, title: 'Forbidden', explanation: 'Policy says no' } } });
    const failed = await coe.run('cluster', 'create', 'red', '--cluster-template', 'k8s', '--node-count', '0', '--wait');
    expect(failed.status).toBe(1);
    expect(failed.stderr).toMatch(/cluster-create failed: .*Policy says no/);
    const operation = /To retry: coe operation retry (\S+)\n/.exec(failed.stderr)?.[1] ?? '';
    const watched = await coe.run('watch', 'red');
    expect({ status: watched.status, tells: watched.stderr.includes(`coe operation retry ${operation}`) }).toEqual({ status: 1, tells: true });

    expect(await coe.run('operation', 'retry', operation, '--wait')).toMatchObject({ status: 0, stdout: `Request to retry operation ${operation} accepted.\n` });
    expect(await coe.ok('cluster', 'show', 'red', '-f', 'value', '-c', 'status')).toBe('CREATE_COMPLETE\n');
    expect((await coe.run('operation', 'retry', operation)).stderr).toMatch(/\(HTTP 409\)/);
  }, 120_000);

  it('leaves a cluster alone whose watcher goes away', async () => {
    await world.admin('POST', '/faults', { service: 'orchestration', method: 'DELETE', action: { hold: 'before' } });
    const { uuid } = await coe.json<{ uuid: string }>('cluster', 'show', 'red');
    await coe.ok('cluster', 'delete', 'red');
    const watching = coe.start('watch', 'red');
    await watching.untilItSays('DELETE_IN_PROGRESS');
    watching.interrupt();
    expect(await watching.ended).toBe(130);
    await world.admin('DELETE', '/faults');
    expect((await world.settledStatus(uuid)).status).toBe('DELETE_COMPLETE');
    expect(await world.leftovers()).toEqual([]);
  }, 120_000);
});
