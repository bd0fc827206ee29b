import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { issueClient } from './kubernetes/cluster-pki.js';
import { eventually } from './kubernetes/eventually.js';
import { installedKubectls, kubectl, writeKubeconfig, type Run } from './kubernetes/real-kubectl.js';
import { TestCluster } from './kubernetes/test-cluster.js';

/** The oldest kubectl that evicts by policy/v1beta1 only is of Debian 12; the newest ones no longer know that version. */
const wanted = [
  { name: 'kubectl 1.20 (Debian 12: kubernetes-client)', fits: (minor: number): boolean => minor > 0 && minor < 22 },
  { name: 'kubectl 1.32 or newer (Debian 13: kubernetes-client)', fits: (minor: number): boolean => minor >= 32 },
];
const installed = installedKubectls();
const isComplete = process.env['CI'] === '1';

const deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: {
    replicas: 4,
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image: 'web:1' }] } },
  },
};
const budget = { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata: { name: 'web' }, spec: { minAvailable: 4, selector: { matchLabels: { app: 'web' } } } };

describe.each(wanted)('$name', ({ name, fits }) => {
  const found = installed.find(({ minor }) => fits(minor));
  if (!found) {
    // Without the program there is nothing to test; CI installs it, so there its absence is a failure.
    (isComplete ? it : it.skip)(`is missing: put ${name} on PATH or into TEST_KUBECTL`, () => {
      expect(installed.map(({ path, minor }) => `${path} (1.${minor})`)).toContain(name);
    });
    return;
  }

  let cluster: TestCluster;
  const run = (args: string, input?: object): Promise<Run> => kubectl(found.path, join(cluster.directory, 'kubeconfig'), args.split(' '), input && JSON.stringify(input));
  const output = async (args: string, input?: object): Promise<string> => {
    const { code, output: text, errors } = await run(args, input);
    if (code !== 0) throw new Error(`kubectl ${args}: ${errors}`);
    return text;
  };
  const rows = async (args: string): Promise<string[][]> => (await output(args)).trim().split('\n').map((line) => line.split(/\s{2,}/));

  beforeAll(async () => {
    cluster = await TestCluster.start('v1.32.4');
    const { host, port } = cluster.address;
    writeKubeconfig(join(cluster.directory, 'kubeconfig'), `https://${host}:${port}`, cluster.authority.certPem, await issueClient(cluster.authority, 'kubernetes-admin', ['kubeadm:cluster-admins']));
    for (const node of ['worker-0', 'worker-1']) await cluster.joinNode(node);
    await cluster.installNetwork();
  }, 30_000);
  afterAll(() => cluster.stop());

  it('lists nodes with their wide columns', async () => {
    const [header, ...nodes] = await rows('get nodes -o wide');
    expect(header).toEqual(['NAME', 'STATUS', 'ROLES', 'AGE', 'VERSION', 'INTERNAL-IP', 'EXTERNAL-IP', 'OS-IMAGE', 'KERNEL-VERSION', 'CONTAINER-RUNTIME']);
    expect(nodes.map(([node, status, roles, , version]) => [node, status, roles, version])).toEqual([
      ['worker-0', 'Ready', '<none>', 'v1.32.4'],
      ['worker-1', 'Ready', '<none>', 'v1.32.4'],
    ]);
  });

  it('lists the pods of all namespaces', async () => {
    const [header, ...pods] = await rows('get pods -A');
    expect(header).toEqual(['NAMESPACE', 'NAME', 'READY', 'STATUS', 'RESTARTS', 'AGE']);
    expect(pods.filter(([namespace, pod]) => namespace === 'kube-system' && pod?.startsWith('kube-proxy-'))).toHaveLength(2);
  });

  it('applies a manifest, and again without a change', async () => {
    expect(await output('apply -f -', deployment)).toContain('created');
    expect(await output('apply -f -', deployment)).toContain('unchanged');
    await output('wait --for=condition=Available deployment/web --timeout=20s');
    expect(await output('apply --server-side --force-conflicts -f -', deployment)).toContain('serverside-applied');
  });

  it('creates things without a manifest', async () => {
    // Newer releases send these as protobuf.
    await output('create deployment quick --image=quick:1');
    await output('wait --for=condition=Available deployment/quick --timeout=20s');
    await output('create configmap settings --from-literal=colour=blue');
    expect(await output('get configmap settings -o jsonpath={.data.colour}')).toBe('blue');
    expect((await output('auth can-i create pods')).trim()).toBe('yes');
    expect((await run('auth can-i create pods --as=nobody')).output.trim()).toBe('no');
    await output('delete deployment quick');
  });

  it('cordons and uncordons', async () => {
    await output('cordon worker-0');
    expect((await rows('get nodes worker-0'))[1]?.[1]).toBe('Ready,SchedulingDisabled');
    await output('uncordon worker-0');
    expect((await rows('get nodes worker-0'))[1]?.[1]).toBe('Ready');
  });

  it('does not drain against a disruption budget', async () => {
    await output('apply -f -', budget);
    await eventually('all pods run and the budget knows it', async () => (await output('get pdb web -o jsonpath={.status.currentHealthy}')) === '4');
    const { code, errors } = await run('drain worker-0 --ignore-daemonsets --timeout=2s');
    expect(code).not.toBe(0);
    expect(errors).toContain('disruption budget');
    await output('uncordon worker-0');
  });

  it('drains, and the pods come up elsewhere', async () => {
    await output('delete pdb web');
    await output('drain worker-0 --ignore-daemonsets --timeout=20s');
    await output('wait --for=condition=Available deployment/web --timeout=20s');
    const nodes = (await output('get pods -l app=web -o jsonpath={.items[*].spec.nodeName}')).split(' ');
    expect(new Set(nodes)).toEqual(new Set(['worker-1']));
    const left = (await output('get pods -A --field-selector spec.nodeName=worker-0 -o jsonpath={.items[*].metadata.ownerReferences[0].kind}')).split(' ');
    expect(new Set(left)).toEqual(new Set(['DaemonSet']));
  });
});
