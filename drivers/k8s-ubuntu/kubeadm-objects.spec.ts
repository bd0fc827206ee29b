import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { clusterSpec, driver } from '../../test/k8s-ubuntu/cluster-fixture.js';
import { componentImages, joinObjects } from './kubeadm-objects.js';

const endpoint = { controlPlaneEndpoint: '10.0.0.5:6443', apiServerNames: ['10.0.0.5', '127.101.3.7'] };
const manifests = joinObjects(clusterSpec({ kubernetesVersion: 'v1.33.1' }), endpoint);
const textOf = (name: string, key: string): unknown => {
  const found = manifests.find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === name);
  return parse((found?.['data'] as Record<string, string> | undefined)?.[key] ?? '');
};

describe('what machines of another version read when they join', () => {
  it('is one configuration of the cluster, with every name of its API and the data folder of slot 0', () => {
    expect(textOf('kubeadm-config', 'ClusterConfiguration')).toMatchObject({
      apiVersion: 'kubeadm.k8s.io/v1beta4',
      kind: 'ClusterConfiguration',
      kubernetesVersion: 'v1.33.1',
      controlPlaneEndpoint: '10.0.0.5:6443',
      apiServer: { certSANs: ['10.0.0.5', '127.101.3.7'] },
      etcd: { local: { dataDir: expect.stringMatching(/slot-0\/etcd$/) as unknown } },
    });
  });

  it('has no node without its authority, its static pods and its DNS', () => {
    expect(textOf('kubelet-config', 'kubelet')).toMatchObject({
      authentication: { anonymous: { enabled: false }, x509: { clientCAFile: '/etc/kubernetes/pki/ca.crt' } },
      clusterDNS: ['10.254.0.10'],
      staticPodPath: '/etc/kubernetes/manifests',
    });
  });

  it('is there for those with a bootstrap token, each by a role that allows no more', () => {
    const roles = manifests.filter(({ kind }) => kind === 'Role' || kind === 'ClusterRole');
    expect(roles.flatMap((role) => (role['rules'] as { verbs: string[] }[]).flatMap(({ verbs }) => verbs))).toEqual(['get', 'get', 'get', 'get']);
  });
});

describe('the images that go with a version', () => {
  const images = (kubernetesVersion: string, prefix = ''): string[] =>
    componentImages(clusterSpec({ kubernetesVersion, labels: { ...driver.resolveLabels({}).values, container_infra_prefix: prefix } })).map(({ image }) => image);

  it.each([
    { version: 'v1.32.4', prefix: '', then: ['registry.k8s.io/kube-proxy:v1.32.4', 'registry.k8s.io/coredns/coredns:v1.11.3'] },
    { version: 'v1.33.1', prefix: '', then: ['registry.k8s.io/kube-proxy:v1.33.1', 'registry.k8s.io/coredns/coredns:v1.12.0'] },
    { version: 'v1.33.1', prefix: 'registry.test/kube/', then: ['registry.test/kube/kube-proxy:v1.33.1', 'registry.test/kube/coredns:v1.12.0'] },
    { version: 'v1.25.1', prefix: '', then: ['registry.k8s.io/kube-proxy:v1.25.1'] },
  ])('are $then for $version from "$prefix"', ({ version, prefix, then }) => {
    expect(images(version, prefix)).toEqual(then);
  });
});
