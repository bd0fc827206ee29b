import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Coe } from '../cli/coe.js';
import { installedKubectls, kubectl } from '../sim/kubernetes/real-kubectl.js';
import { startLifecycleEnvironment, type LifecycleEnvironment } from '../support/lifecycle-environment.js';
import { describeWith } from '../support/required-program.js';
import { OpenStackClient } from './openstack-client.js';

/** The oldest evicts by policy/v1beta1 only, the newest ones no longer know that version. .ci/fetch-kubectl brings both. */
const wanted = [
  { name: 'kubectl 1.20', program: installedKubectls().find(({ minor }) => minor > 0 && minor < 22)?.path },
  { name: 'kubectl 1.32 or newer', program: installedKubectls().find(({ minor }) => minor >= 32)?.path },
];

describe('real kubectl on a cluster of ours', () => {
  let world: LifecycleEnvironment;
  let folder: string;
  beforeAll(async () => {
    world = await startLifecycleEnvironment({ processes: 'all' });
    folder = mkdtempSync(join(tmpdir(), 'jeroboam-kubectl-'));
    const id = await world.createCluster('blue', await world.createTemplate('k8s'), { node_count: 2 });
    expect(await world.settledStatus(id)).toEqual({ status: 'CREATE_COMPLETE', reason: null });
  }, 180_000);
  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    await world.stop();
  }, 60_000);

  const kubeconfig = (): string => join(folder, 'config');

  describe('with the kubeconfig of coe cluster config', () => {
    beforeAll(() => new Coe(world.environment).ok('cluster', 'config', 'blue', '--dir', folder, '--force'));
    operateWithEach(kubeconfig);
  });

  describeWith(['openstack'], 'with the kubeconfig of openstack coe cluster config', () => {
    beforeAll(() => new OpenStackClient(world.environment).ok('cluster', 'config', 'blue', '--dir', folder, '--force'));
    operateWithEach(kubeconfig);
  });

  it('belongs to nobody but the project', async () => {
    const { status, stderr } = await new Coe(world.environment, 'other').run('cluster', 'config', 'blue', '--dir', folder, '--force');
    expect(status).toBe(1);
    expect(stderr).toMatch(/HTTP 40[34]/);
  });
});

function operateWithEach(kubeconfig: () => string): void {
  for (const { name, program } of wanted) {
    // In CI a missing program is a failure: a skip would hide the gap.
    if (program !== undefined) describe(`and ${name}`, () => operate(program, kubeconfig));
    else (process.env['CI'] ? it : it.skip)(`needs ${name}: run .ci/fetch-kubectl and set TEST_KUBECTL to what it prints`, () => expect(program).toBeDefined());
  }
}

/** Each run has a deployment of its own. */
let deployments = 0;

/** What an operator does on a node's maintenance day. */
function operate(program: string, kubeconfig: () => string): void {
  const run = async (...arguments_: string[]): Promise<string> => {
    const { code, output, errors } = await kubectl(program, kubeconfig(), arguments_);
    if (code !== 0) throw new Error(`kubectl ${arguments_.join(' ')}: ${errors}`);
    return output;
  };
  const rows = async (...arguments_: string[]): Promise<string[][]> => (await run(...arguments_)).trimEnd().split('\n').map((line) => line.split(/\s{2,}/));
  const worker = async (): Promise<string> => {
    const name = (await rows('get', 'nodes')).flatMap(([node]) => (node?.includes('default-worker') === true ? [node] : []))[0];
    if (name === undefined) throw new Error('no worker');
    return name;
  };
  const statusOf = async (node: string): Promise<string | undefined> => (await rows('get', 'nodes', node))[1]?.[1];

  it('sees three Ready nodes and the system pods running', async () => {
    const [header, ...nodes] = await rows('get', 'nodes', '-o', 'wide');
    expect(header?.slice(0, 7)).toEqual(['NAME', 'STATUS', 'ROLES', 'AGE', 'VERSION', 'INTERNAL-IP', 'EXTERNAL-IP']);
    expect(nodes.map(([, status, , , version]) => [status, version])).toEqual(Array(3).fill(['Ready', 'v1.32.4']));
    // Of the system alone: what the run before left in namespace default may still be going.
    const pods = (await rows('get', 'pods', '-A')).filter(([namespace]) => namespace?.startsWith('kube-') === true);
    expect(new Set(pods.map(([, , , status]) => status))).toEqual(new Set(['Running']));
    const names = pods.map(([, name]) => name ?? '');
    for (const part of ['etcd-', 'kube-apiserver-', 'kube-proxy-', 'coredns-', 'kube-flannel-']) expect(names.some((name) => name.startsWith(part))).toBe(true);
  }, 60_000);

  it('cordons a worker, drains it of its pods, and uncordons it', async () => {
    const node = await worker();
    await run('cordon', node);
    expect(await statusOf(node)).toBe('Ready,SchedulingDisabled');
    await run('uncordon', node);
    const web = `web-${++deployments}`;
    await run('create', 'deployment', web, '--image=web:1', '--replicas=4');
    try {
      await run('wait', '--for=condition=Available', `deployment/${web}`, '--timeout=30s');
      await run('drain', node, '--ignore-daemonsets', '--timeout=60s');
      expect(await statusOf(node)).toBe('Ready,SchedulingDisabled');
      await run('wait', '--for=condition=Available', `deployment/${web}`, '--timeout=30s');
      const places = (await run('get', 'pods', '-l', `app=${web}`, '-o', 'jsonpath={.items[*].spec.nodeName}')).split(' ');
      expect(places).not.toContain(node);
      await run('uncordon', node);
      expect(await statusOf(node)).toBe('Ready');
    } finally {
      await run('delete', 'deployment', web, '--timeout=60s');
    }
  }, 180_000);
}
