import { expect, it } from '@jest/globals';
import { clusterSpec, driver } from '../../test/k8s-ubuntu/cluster-fixture.js';

const kindsOf = (manifests: readonly { kind: string }[]): string[] => manifests.map(({ kind }) => kind);

it('comes in an order in which each object finds what it needs', () => {
  expect(kindsOf(driver.renderAddOns(clusterSpec()))).toEqual(['Namespace', 'ServiceAccount', 'ClusterRole', 'ClusterRoleBinding', 'ConfigMap', 'DaemonSet']);
});

it('tells flannel the range of pods', () => {
  const configMap = driver.renderAddOns(clusterSpec({ podCidr: '172.20.0.0/16' })).find(({ kind }) => kind === 'ConfigMap');
  const { 'net-conf.json': network, 'cni-conf.json': plugins } = configMap?.['data'] as Record<string, string>;
  expect(JSON.parse(network ?? '')).toEqual({ Network: '172.20.0.0/16', Backend: { Type: 'vxlan' } });
  expect(JSON.parse(plugins ?? '')).toMatchObject({ plugins: [{ type: 'flannel' }, { type: 'portmap' }] });
});

it.each([
  { prefix: '', images: ['ghcr.io/flannel-io/flannel-cni-plugin:v1.8.0-flannel1', 'ghcr.io/flannel-io/flannel:v0.27.4', 'ghcr.io/flannel-io/flannel:v0.27.4'] },
  { prefix: 'registry.test/kube/', images: ['registry.test/kube/flannel-cni-plugin:v1.8.0-flannel1', 'registry.test/kube/flannel:v0.27.4', 'registry.test/kube/flannel:v0.27.4'] },
])('takes images from "$prefix"', ({ prefix, images }) => {
  const labels = { ...clusterSpec().labels, container_infra_prefix: prefix };
  const text = JSON.stringify(driver.renderAddOns(clusterSpec({ labels })));
  expect([...text.matchAll(/"image":"([^"]+)"/g)].map(([, image]) => image)).toEqual(images);
});

it('runs on nodes that are not ready yet, with no more rights than it needs', () => {
  const manifests = driver.renderAddOns(clusterSpec());
  const daemonSet = manifests.find(({ kind }) => kind === 'DaemonSet') as unknown as { spec: { template: { spec: { tolerations: unknown[]; hostNetwork: boolean } } } };
  expect(daemonSet.spec.template.spec).toMatchObject({ hostNetwork: true, tolerations: [{ operator: 'Exists', effect: 'NoSchedule' }, { operator: 'Exists', effect: 'NoExecute' }] });
  const verbs = (manifests.find(({ kind }) => kind === 'ClusterRole') as unknown as { rules: { verbs: string[] }[] }).rules.flatMap((rule) => rule.verbs);
  expect(new Set(verbs)).toEqual(new Set(['get', 'list', 'watch', 'patch']));
});
