import { existsSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { CloudNotFoundError } from '../../openstack/cloud-error.js';
import { adminRequest } from '../admin-request.js';
import { segment, type CoeClient, type Schemas } from '../coe-client.js';
import { kubeconfig, type Access } from '../kubeconfig.js';
import { withClient } from '../run-command.js';

interface Options {
  readonly dir: string;
  readonly force?: boolean;
  readonly outputCerts?: boolean;
  readonly useKeystone?: boolean;
}

class FileExistsError extends Error {}

/** `coe cluster config`: writes a kubeconfig and prints the line to evaluate. */
export function addConfigCommand(cluster: Command): void {
  cluster
    .command('config')
    .description('write a kubeconfig for a cluster, and print the shell line that selects it')
    .argument('<cluster>', 'name or id')
    .option('--dir <dir>', 'existing folder to write to', '.')
    .option('--force', 'overwrite files that exist')
    .option('--output-certs', 'also write key.pem, cert.pem and ca.pem')
    .option('--use-certificate', 'a client certificate in the kubeconfig (the default)')
    .option('--use-keystone', 'the Keystone token of the moment ($OS_TOKEN) instead of a certificate')
    .addHelpText('after', '\nExample:\n  eval "$(coe cluster config blue --dir ~/.kube)" && kubectl get nodes\n')
    .action((name: string, options: Options, command: Command) =>
      withClient(command, async ({ client, print, tell }) => {
        const folder = resolve(options.dir);
        if (!existsSync(folder) || !statSync(folder).isDirectory()) throw new FileExistsError(`There is no folder ${folder}; make it first.`);
        const target = await client.get<Schemas['Cluster']>(`/clusters/${segment(name)}`);
        if (target.api_address === null) tell(`Cluster ${name} has no API address yet: the kubeconfig is of no use until it has one.`);
        const access = await accessFor(client, target, options);
        if (options.outputCerts === true) writeCertificates(folder, access, options.force === true);
        const file = join(folder, 'config');
        writeNew(file, kubeconfig(target.name, String(target.api_address), access), options.force === true);
        print(`${selectLine(file, environmentShell(command))}\n`);
      }),
    );
}

async function accessFor(client: CoeClient, target: Schemas['Cluster'], options: Options): Promise<Access> {
  if (await isTlsDisabled(client, target.cluster_template_id)) return { kind: 'open' };
  const { uuid } = target;
  const { pem: caPem } = await client.get<Schemas['Certificate']>(`/certificates/${segment(uuid)}`);
  if (options.useKeystone === true) return { kind: 'keystone', caPem };
  const { privateKeyPem, csrPem } = await adminRequest();
  const { pem } = await client.post<Schemas['SignedCertificate']>('/certificates', { cluster_uuid: uuid, csr: csrPem });
  return { kind: 'certificate', caPem, certificatePem: pem, privateKeyPem };
}

/** Only the template says it. A template that was hidden or made private since is no reason to refuse a kubeconfig. */
async function isTlsDisabled(client: CoeClient, templateId: string): Promise<boolean> {
  try {
    return (await client.get<Schemas['ClusterTemplate']>(`/clustertemplates/${segment(templateId)}`)).tls_disabled;
  } catch (error) {
    if (error instanceof CloudNotFoundError) return false;
    throw error;
  }
}

/** With --force an existing file goes even when no new one takes its place, as with OpenStack's client. */
function writeCertificates(folder: string, access: Access, force: boolean): void {
  const contents: Readonly<Record<string, string | undefined>> = {
    'key.pem': access.kind === 'certificate' ? access.privateKeyPem : undefined,
    'cert.pem': access.kind === 'certificate' ? access.certificatePem : undefined,
    'ca.pem': access.kind === 'open' ? undefined : access.caPem,
  };
  for (const [name, content] of Object.entries(contents)) {
    const file = join(folder, name);
    if (content !== undefined) writeNew(file, content.endsWith('\n') ? content : `${content}\n`, force);
    else if (existsSync(file)) {
      if (!force) throw new FileExistsError(`${file} exists; use --force to overwrite it.`);
      rmSync(file);
    }
  }
}

function writeNew(file: string, content: string, force: boolean): void {
  if (existsSync(file)) {
    if (!force) throw new FileExistsError(`${file} exists; use --force to overwrite it.`);
    rmSync(file);
  }
  writeFileSync(file, content, { mode: 0o600 });
}

function selectLine(file: string, shell: string): string {
  return shell.includes('csh') ? `setenv KUBECONFIG ${file}` : `export KUBECONFIG=${file}`;
}

const environmentShell = (command: Command): string => command.optsWithGlobals<{ shell?: string }>().shell ?? '';
