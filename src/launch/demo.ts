import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { Environment } from './environment.js';
import { personEnvironment } from './openrc.js';
import { mustRunCoe } from './run-coe.js';
import { templateArguments } from './start.js';

interface Kubeconfig {
  readonly clusters: [{ readonly cluster: { readonly server: string; readonly 'certificate-authority-data': string } }];
  readonly users: [{ readonly user: { readonly 'client-certificate-data': string; readonly 'client-key-data': string } }];
}
interface NodeList {
  readonly items: { readonly metadata: { readonly name: string }; readonly status: { readonly conditions: { readonly type: string; readonly status: string }[] } }[];
}

/** The main job once, as a person does it: template → cluster → Ready nodes through its kubeconfig → delete → nothing left. */
export async function runMainJob(environment: Environment, workFolder: string, system: Readonly<Record<string, string>>, say: (line: string) => void): Promise<void> {
  const { cloud } = environment;
  if (!cloud) throw new Error('The demo runs on the simulated cloud.');
  const person = { ...system, ...personEnvironment(cloud, 'demo') };
  const workers = 2;
  const timed = timer(say);

  await timed('template created', () => mustRunCoe(templateArguments('k8s'), person));
  await timed('cluster created', async () => {
    await mustRunCoe(['cluster', 'create', 'blue', '--cluster-template', 'k8s', '--node-count', String(workers)], person);
    await mustRunCoe(['watch', 'blue'], person, true);
  });
  await timed('nodes listed through the kubeconfig', async () => {
    await mustRunCoe(['cluster', 'config', 'blue', '--dir', workFolder, '--force'], person);
    const ready = await readyNodes(join(workFolder, 'config'));
    for (const name of ready) say(`  ${name} Ready`);
    if (ready.length !== workers + 1) throw new Error(`${ready.length} of ${workers + 1} nodes are Ready.`);
  });
  await timed('cluster deleted', () => mustRunCoe(['cluster', 'delete', 'blue', '--wait'], person, true));
  await timed('template deleted', () => mustRunCoe(['cluster', 'template', 'delete', 'k8s'], person));
  await timed('nothing left in the cloud', () => assertNothingLeft(cloud.admin_url));
}

function timer(say: (line: string) => void): (what: string, work: () => Promise<unknown>) => Promise<void> {
  return async (what, work) => {
    const started = performance.now();
    await work();
    say(`${((performance.now() - started) / 1000).toFixed(1).padStart(6)} s  ${what}`);
  };
}

/** Names of the Ready nodes, asked from the cluster's own API with the kubeconfig's certificate. */
async function readyNodes(kubeconfigFile: string): Promise<string[]> {
  const config = parse(readFileSync(kubeconfigFile, 'utf8')) as Kubeconfig;
  const [{ cluster }] = config.clusters;
  const [{ user }] = config.users;
  const decode = (data: string): Buffer => Buffer.from(data, 'base64');
  const list = JSON.parse(
    await new Promise<string>((resolve, reject) => {
      const call = request(
        `${cluster.server}/api/v1/nodes`,
        {
          ca: decode(cluster['certificate-authority-data']),
          cert: decode(user['client-certificate-data']),
          key: decode(user['client-key-data']),
          timeout: 10_000,
        },
        (answer) => {
          let text = '';
          answer.setEncoding('utf8');
          answer.on('data', (part: string) => (text += part));
          answer.on('end', () => (answer.statusCode === 200 ? resolve(text) : reject(new Error(`The cluster answered ${String(answer.statusCode)}: ${text}`))));
        },
      );
      call.on('timeout', () => call.destroy(new Error('The cluster did not answer within 10 s.')));
      call.on('error', reject);
      call.end();
    }),
  ) as NodeList;
  const isReady = (node: NodeList['items'][number]): boolean => node.status.conditions.some(({ type, status }) => type === 'Ready' && status === 'True');
  return list.items.filter(isReady).map((node) => node.metadata.name);
}

async function assertNothingLeft(adminUrl: string): Promise<void> {
  const answer = await fetch(`${adminUrl}/leftovers`);
  const leftovers = (await answer.json()) as Record<string, { name?: string; id: string }[]>;
  const found = Object.entries(leftovers).flatMap(([kind, things]) => things.map((thing) => `${kind}: ${thing.name ?? thing.id}`));
  if (found.length > 0) throw new Error(`The cloud still has ${found.join(', ')}.`);
}
