import { describe, expect, it } from '@jest/globals';
import { parseAllDocuments } from 'yaml';
import type { BootMode, ClusterSpec, NodeRole, NodeSpec, PayloadFile } from '../../src/driver-contract/index.js';
import { bootMaterial, clusterSpec, driver, group, nodeSpec } from '../../test/k8s-ubuntu/cluster-fixture.js';

const render = (role: NodeRole, mode: BootMode, changes: { spec?: Partial<ClusterSpec>; node?: Partial<NodeSpec> } = {}): readonly PayloadFile[] =>
  driver.renderPayload(clusterSpec(changes.spec), nodeSpec(role, mode, changes.node), bootMaterial);
const contentOf = (files: readonly PayloadFile[], path: string): string | undefined => files.find((file) => file.path === path)?.content;
const documents = (files: readonly PayloadFile[]): Record<string, Record<string, unknown>> =>
  Object.fromEntries(
    parseAllDocuments(contentOf(files, '/etc/jeroboam/kubeadm.yaml') ?? '', { version: '1.1' }).map((document) => {
      const content = document.toJS() as Record<string, unknown>;
      return [String(content['kind']), content];
    }),
  );

describe('the payload', () => {
  it('gives a control-plane node the authorities where kubeadm looks for them', () => {
    const files = render('control-plane', 'init');
    const pki = '/etc/kubernetes/pki';
    expect(Object.fromEntries(files.filter(({ path }) => path.startsWith(pki)).map(({ path, mode, content }) => [path.slice(pki.length + 1), `${mode} ${content}`]))).toEqual({
      'ca.crt': '0644 certificate of ca\n',
      'ca.key': '0600 key of ca\n',
      'etcd/ca.crt': '0644 certificate of etcd\n',
      'etcd/ca.key': '0600 key of etcd\n',
      'front-proxy-ca.crt': '0644 certificate of front-proxy\n',
      'front-proxy-ca.key': '0600 key of front-proxy\n',
      'sa.key': '0600 private sa\n',
      'sa.pub': '0644 public sa\n',
    });
  });

  it('gives a worker no key of the cluster', () => {
    const text = JSON.stringify(render('worker', 'join'));
    for (const secret of ['key of', 'private sa']) expect(text).not.toContain(secret);
    expect(Object.keys(documents(render('worker', 'join')))).toEqual(['JoinConfiguration']);
  });

  it.each([['control-plane', 'init'], ['control-plane', 'join'], ['control-plane', 'resume'], ['worker', 'join']] as const)('ends with the boot mode (%s, %s)', (role, mode) => {
    expect(render(role, mode).at(-1)).toEqual({ path: '/etc/jeroboam/boot-mode', mode: '0644', content: `${mode}\n` });
  });

  it("sets containerd's proxy and insecure registry", () => {
    const files = render('worker', 'join', { spec: { httpsProxy: 'http://proxy.test:3128', insecureRegistry: 'registry.test:5000' } });
    expect(contentOf(files, '/etc/jeroboam/proxy.env')).toContain("HTTPS_PROXY='http://proxy.test:3128'");
    expect(contentOf(files, '/etc/containerd/certs.d/registry.test:5000/hosts.toml')).toContain('skip_verify = true');
  });

  it.each(['../../etc/shadow', 'a b', 'x"\n[y]', 'http://registry.test'])('refuses the insecure registry "%s", which would become a path', (insecureRegistry) => {
    expect(() => render('worker', 'join', { spec: { insecureRegistry } })).toThrow(/is no registry/);
  });
});

describe("kubeadm's configuration", () => {
  it('begins a cluster with everything that it is known by', () => {
    const { InitConfiguration: init, ClusterConfiguration: cluster } = documents(render('control-plane', 'init'));
    expect(init).toEqual({
      apiVersion: 'kubeadm.k8s.io/v1beta4',
      kind: 'InitConfiguration',
      bootstrapTokens: [
        {
          token: 'abcdef.0123456789abcdef',
          description: 'node demo-worker-x1y2z',
          expires: '2026-11-21T00:00:00Z',
          usages: ['signing', 'authentication'],
          groups: ['system:bootstrappers:kubeadm:default-node-token'],
        },
      ],
      nodeRegistration: {
        name: 'demo-control-plane-x1y2z',
        criSocket: 'unix:///run/containerd/containerd.sock',
        kubeletExtraArgs: [{ name: 'node-labels', value: 'magnum.openstack.org/role=master,magnum.openstack.org/nodegroup=default-master' }],
        ignorePreflightErrors: ['NumCPU', 'Mem'],
      },
      localAPIEndpoint: { advertiseAddress: '10.0.0.5', bindPort: 6443 },
    });
    expect(cluster).toMatchObject({
      clusterName: 'demo',
      kubernetesVersion: 'v1.32.4',
      controlPlaneEndpoint: '203.0.113.5:6443',
      networking: { podSubnet: '10.100.0.0/16', serviceSubnet: '10.254.0.0/16', dnsDomain: 'cluster.local' },
      apiServer: { certSANs: ['203.0.113.5', '10.0.0.5'] },
      etcd: { local: { dataDir: `/var/lib/etcd-volume/${clusterSpec().clusterId}/slot-0/etcd` } },
      encryptionAlgorithm: 'ECDSA-P256',
    });
  });

  it('resumes with the same configuration of the cluster and no new token', () => {
    const init = documents(render('control-plane', 'init'));
    const resume = documents(render('control-plane', 'resume'));
    expect(resume['ClusterConfiguration']).toEqual(init['ClusterConfiguration']);
    expect(resume['InitConfiguration']).not.toHaveProperty('bootstrapTokens');
  });

  it('joins a worker by its own token and the pinned CA', () => {
    expect(documents(render('worker', 'join'))['JoinConfiguration']).toMatchObject({
      discovery: { bootstrapToken: { token: 'abcdef.0123456789abcdef', apiServerEndpoint: '203.0.113.5:6443', caCertHashes: [`sha256:${'ab'.repeat(32)}`] } },
      nodeRegistration: { name: 'demo-worker-x1y2z' },
    });
    expect(documents(render('worker', 'join'))['JoinConfiguration']).not.toHaveProperty('controlPlane');
    expect(documents(render('control-plane', 'join'))['JoinConfiguration']).toHaveProperty('controlPlane');
  });

  it.each([
    { version: 'v1.30.9', dialect: 'kubeadm.k8s.io/v1beta3', labelsAreList: false },
    { version: 'v1.31.0', dialect: 'kubeadm.k8s.io/v1beta4', labelsAreList: true },
  ])('speaks $dialect to $version', ({ version, dialect, labelsAreList }) => {
    const spec = { kubernetesVersion: version };
    const all = [...Object.values(documents(render('control-plane', 'init', { spec }))), ...Object.values(documents(render('worker', 'join', { spec })))];
    const ours = all.filter(({ apiVersion }) => String(apiVersion).startsWith('kubeadm'));
    expect(new Set(ours.map(({ apiVersion }) => apiVersion))).toEqual(new Set([dialect]));
    for (const { nodeRegistration } of ours.filter(({ kind }) => kind !== 'ClusterConfiguration')) {
      expect(Array.isArray((nodeRegistration as { kubeletExtraArgs: unknown }).kubeletExtraArgs)).toBe(labelsAreList);
    }
  });

  it("makes the API server's certificate good for every name there is", () => {
    const spec = clusterSpec({ masterLbEnabled: true, labels: driver.resolveLabels({ api_server_cert_sans: 'api.example.org, 10.0.0.8' }).values });
    const material = { ...bootMaterial, controlPlaneEndpoint: '10.0.0.8:6443', apiServerNames: ['10.0.0.8', '203.0.113.8', '10.0.0.5', '10.0.0.6'] };
    const all = documents(driver.renderPayload(spec, nodeSpec('control-plane', 'init'), material));
    expect(all['ClusterConfiguration']).toMatchObject({
      controlPlaneEndpoint: '10.0.0.8:6443',
      apiServer: { certSANs: ['10.0.0.8', '203.0.113.8', '10.0.0.5', '10.0.0.6', 'api.example.org'] },
    });
  });

  it('joins a control-plane node through the load balancer, under its own address', () => {
    const material = { ...bootMaterial, controlPlaneEndpoint: '10.0.0.8:6443', nodeAddress: '10.0.0.6' };
    const all = documents(driver.renderPayload(clusterSpec({ masterLbEnabled: true }), nodeSpec('control-plane', 'join', { slotIndex: 1 }), material));
    expect(all['JoinConfiguration']).toMatchObject({
      discovery: { bootstrapToken: { apiServerEndpoint: '10.0.0.8:6443' } },
      controlPlane: { localAPIEndpoint: { advertiseAddress: '10.0.0.6', bindPort: 6443 } },
    });
  });

  it('keeps etcd where kubeadm puts it when the slot has no volume', () => {
    expect(documents(render('control-plane', 'init', { spec: { etcdVolumeSizeGib: 0 } }))['ClusterConfiguration']).toMatchObject({ etcd: { local: { dataDir: '/var/lib/etcd' } } });
  });

  it("takes images from the operator's registry", () => {
    const labels = { ...clusterSpec().labels, container_infra_prefix: 'registry.test/kube/' };
    expect(documents(render('control-plane', 'init', { spec: { labels } }))['ClusterConfiguration']).toMatchObject({ imageRepository: 'registry.test/kube' });
  });

  it('says what people typed, as they typed it', () => {
    const clusterName = "yes: '#' \"{}\" ü";
    expect(documents(render('control-plane', 'init', { spec: { clusterName } }))['ClusterConfiguration']).toMatchObject({ clusterName });
  });

  it('passes labels of the group on, and refuses what would become other labels', () => {
    const withLabels = (nodeLabels: Record<string, string>) => render('worker', 'join', { node: { group: group('worker', { nodeLabels, name: 'Große Gruppe!' }) } });
    const registration = documents(withLabels({ 'example.org/disk': 'ssd' }))['JoinConfiguration']?.['nodeRegistration'];
    expect(registration).toMatchObject({ kubeletExtraArgs: [{ name: 'node-labels', value: 'example.org/disk=ssd,magnum.openstack.org/role=worker,magnum.openstack.org/nodegroup=Gro-e-Gruppe' }] });
    expect(() => withLabels({ disk: 'ssd,node-role.kubernetes.io/control-plane=' })).toThrow(/is no Kubernetes label/);
  });

  it('needs a token to join and a version to speak to', () => {
    expect(() => driver.renderPayload(clusterSpec(), nodeSpec('worker', 'join'), { ...bootMaterial, bootstrapTokens: [] })).toThrow(/no bootstrap token/);
    expect(() => render('worker', 'join', { spec: { kubernetesVersion: 'latest' } })).toThrow(/no Kubernetes version/);
  });
});
