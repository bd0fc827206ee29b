import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Environment } from './environment.js';
import { personEnvironment, writeOpenrc } from './openrc.js';
import { mustRunCoe, runCoe } from './run-coe.js';

/** The demo template's and cluster's names; a second start finds them again. */
const template = 'k8s-demo';
const cluster = 'demo';

/** Seeds the simulated cloud's demo project with a template and a 1+2 cluster and shows it being made. */
export async function showDemoCluster(environment: Environment, dataFolder: string, system: Readonly<Record<string, string>>, say: (line: string) => void): Promise<void> {
  if (!environment.cloud) {
    say(`Jeroboam answers at ${environment.apiUrl}, on the cloud at ${environment.authUrl}.`);
    say(`Register it there: openstack service create --name magnum container-infra, and an endpoint with the URL ${environment.apiUrl}/v1`);
    return;
  }
  mkdirSync(dataFolder, { recursive: true });
  const openrc = join(dataFolder, 'openrc');
  writeOpenrc(openrc, environment.cloud, 'demo');
  const person = { ...system, ...personEnvironment(environment.cloud, 'demo') };
  await ensureDemoTemplate(person, say);
  await ensureDemoCluster(person, say);
  for (const line of hints(openrc, environment.apiUrl)) say(line);
}

async function ensureDemoTemplate(person: Readonly<Record<string, string>>, say: (line: string) => void): Promise<void> {
  if ((await runCoe(['cluster', 'template', 'show', template], person)).status === 0) return;
  say(`$ coe cluster template create ${template} --coe kubernetes --image ubuntu-2404-kube-v1.32.4 --external-network public …`);
  await mustRunCoe(templateArguments(template), person);
}

export function templateArguments(name: string): string[] {
  return [
    ...['cluster', 'template', 'create', name, '--coe', 'kubernetes', '--image', 'ubuntu-2404-kube-v1.32.4', '--external-network', 'public'],
    ...['--flavor', 'm1.small', '--master-flavor', 'm1.small', '--keypair', 'demo'],
  ];
}

async function ensureDemoCluster(person: Readonly<Record<string, string>>, say: (line: string) => void): Promise<void> {
  if ((await runCoe(['cluster', 'show', cluster], person)).status !== 0) {
    say(`$ coe cluster create ${cluster} --cluster-template ${template} --node-count 2`);
    await mustRunCoe(['cluster', 'create', cluster, '--cluster-template', template, '--node-count', '2'], person);
  }
  await mustRunCoe(['watch', cluster], person, true);
}

function hints(openrc: string, apiUrl: string): string[] {
  return [
    '',
    `Jeroboam answers at ${apiUrl}. In another terminal:`,
    `  . ${openrc}`,
    `  npx coe cluster list                       # or: openstack coe cluster list`,
    `  npx coe node list ${cluster}`,
    `  eval "$(npx coe cluster config ${cluster} --dir /tmp --force)" && kubectl get nodes -o wide`,
    `  npx coe cluster create blue --cluster-template ${template} --node-count 1 && npx coe watch blue`,
    'Ctrl-C ends everything; the data stay.',
  ];
}
