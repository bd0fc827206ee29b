import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { kubeconfig } from './kubeconfig.js';

describe('kubeconfig', () => {
  it('holds one cluster, one user and the context that joins them', () => {
    const text = kubeconfig({
      clusterName: 'yes: [no]',
      server: 'https://127.101.7.20:6443',
      caPem: 'CA\n',
      userName: 'admin',
      certificatePem: 'CERT\n',
      privateKeyPem: 'KEY\n',
    });
    expect(parse(text)).toEqual({
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'yes: [no]', cluster: { server: 'https://127.101.7.20:6443', 'certificate-authority-data': 'Q0EK' } }],
      users: [{ name: 'admin', user: { 'client-certificate-data': 'Q0VSVAo=', 'client-key-data': 'S0VZCg==' } }],
      contexts: [{ name: 'default', context: { cluster: 'yes: [no]', user: 'admin' } }],
      'current-context': 'default',
      preferences: {},
    });
  });
});
