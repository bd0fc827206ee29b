import { readFileSync } from 'node:fs';
import { Option, type Command } from 'commander';
import { segment, type Schemas } from '../coe-client.js';
import { withClient } from '../run-command.js';

const typeOption = (): Option =>
  new Option('--type <type>', 'which of the three CAs').choices(['kubernetes', 'etcd', 'front-proxy']).default('kubernetes');

/** `coe ca …` */
export function addCertificateCommands(program: Command): void {
  const ca = program.command('ca').description("clusters' certificate authorities");

  ca.command('show')
    .description("print a CA's certificate")
    .argument('<cluster>', 'name or id')
    .addOption(typeOption())
    .action((cluster: string, options: { type: string }, command: Command) =>
      withClient(command, async ({ client, print }) => {
        const { pem } = await client.get<Schemas['Certificate']>(`/certificates/${segment(cluster)}`, { ca_cert_type: options.type });
        print(withNewline(pem));
      }),
    );

  ca.command('sign')
    .description('sign a certificate request and print the certificate')
    .argument('<cluster>', 'name or id')
    .argument('<csr-file>', 'PEM file with the request')
    .addOption(typeOption())
    .action((cluster: string, file: string, options: { type: string }, command: Command) =>
      withClient(command, async ({ client, print }) => {
        const csr = readFileSync(file, 'utf8');
        const { uuid } = await client.get<Schemas['Cluster']>(`/clusters/${segment(cluster)}`);
        const { pem } = await client.post<Schemas['SignedCertificate']>('/certificates', { cluster_uuid: uuid, csr, ca_cert_type: options.type });
        print(withNewline(pem));
      }),
    );
}

const withNewline = (text: string): string => (text.endsWith('\n') ? text : `${text}\n`);
