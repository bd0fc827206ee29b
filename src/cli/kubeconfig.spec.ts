import { spawnSync } from 'node:child_process';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { kubeconfig } from './kubeconfig.js';

const server = 'https://127.0.0.1:6443';
const read = (text: string): Record<string, unknown> => parse(text) as Record<string, unknown>;
const base64 = (text: string): string => Buffer.from(text).toString('base64');

describe('kubeconfig', () => {
  it('holds a client certificate', () => {
    expect(read(kubeconfig('blue', server, { kind: 'certificate', caPem: 'CA', certificatePem: 'CERT', privateKeyPem: 'KEY' }))).toEqual({
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'blue', cluster: { server, 'certificate-authority-data': base64('CA') } }],
      contexts: [{ name: 'default', context: { cluster: 'blue', user: 'admin' } }],
      'current-context': 'default',
      preferences: {},
      users: [{ name: 'admin', user: { 'client-certificate-data': base64('CERT'), 'client-key-data': base64('KEY') } }],
    });
  });

  it('holds neither CA nor certificate without TLS', () => {
    expect(read(kubeconfig('blue', server, { kind: 'open' }))).toMatchObject({
      clusters: [{ name: 'blue', cluster: { server } }],
      'current-context': 'blue',
      users: [{ name: 'blue', user: {} }],
    });
  });

  describe('with Keystone', () => {
    const config = read(kubeconfig('blue', server, { kind: 'keystone', caPem: 'CA' })) as { users: [{ user: { exec: { command: string; args: string[] } } }] };
    const [{ user }] = config.users;
    const run = (environment: Record<string, string>) => spawnSync(user.exec.command, user.exec.args, { env: environment, encoding: 'utf8' });

    it('asks a shell for the token of the moment', () => {
      expect(config).toMatchObject({ 'current-context': 'openstackuser@kubernetes', users: [{ name: 'openstackuser' }] });
      expect(JSON.parse(run({ OS_TOKEN: 'abc' }).stdout)).toEqual({ apiVersion: 'client.authentication.k8s.io/v1beta1', kind: 'ExecCredential', status: { token: 'abc' } });
    });

    it('says what to do without one', () => {
      const { status, stderr } = run({});
      expect(status).toBe(1);
      expect(stderr).toContain('openstack token issue');
    });
  });
});
