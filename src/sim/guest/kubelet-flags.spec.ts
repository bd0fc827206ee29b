import { describe, expect, it } from '@jest/globals';
import { readKubeletFlags } from './kubelet-flags.js';

describe('readKubeletFlags', () => {
  it('reads labels, taints and the provider id', () => {
    const flags = readKubeletFlags(['--config=/c', '--node-labels=a=b,node.kubernetes.io/pool=x', '--register-with-taints=k=v:NoSchedule,l=:NoExecute', '--provider-id=openstack:///1']);
    expect(flags).toMatchObject({
      config: '/c',
      labels: { a: 'b', 'node.kubernetes.io/pool': 'x' },
      taints: [{ key: 'k', value: 'v', effect: 'NoSchedule' }, { key: 'l', effect: 'NoExecute' }],
      providerId: 'openstack:///1',
    });
  });

  it.each([
    { arg: '--frobnicate=1', says: '--frobnicate' },
    { arg: '--node-labels=node-role.kubernetes.io/worker=', says: 'node-role.kubernetes.io/worker' },
    { arg: '--node-labels=a=b/c', says: 'invalid value of label a' },
    { arg: '--register-with-taints=k=v:Never', says: 'k=v:Never' },
  ])('refuses $arg', ({ arg, says }) => {
    expect(() => readKubeletFlags([arg])).toThrow(says);
  });
});
