import { Command, Option } from 'commander';
import { addCertificateCommands } from './commands/certificate.commands.js';
import { addClusterCommands } from './commands/cluster.commands.js';
import { addCompletionCommand } from './commands/completion.command.js';
import { addConfigCommand } from './commands/config.commands.js';
import { addNodeCommands } from './commands/node.commands.js';
import { addNodeGroupCommands } from './commands/nodegroup.commands.js';
import { addOperationCommands } from './commands/operation.commands.js';
import { addTemplateCommands } from './commands/template.commands.js';
import { addWatchCommand } from './commands/watch.command.js';
import { integer } from './number-argument.js';

/** The whole command tree of `coe`. */
export function buildProgram(environment: Readonly<Record<string, string | undefined>>): Command {
  const program = new Command('coe')
    .description('Container clusters on OpenStack. Logs in like the openstack client: OS_* variables, or clouds.yaml with --os-cloud.')
    .exitOverride()
    .showHelpAfterError('(add --help for the options)')
    .option('--os-cloud <name>', 'cloud of clouds.yaml')
    .option('--os-cacert <file>', 'CA of the cloud, PEM')
    .option('--insecure', 'accept any certificate')
    .option('--endpoint <url>', "Jeroboam's URL instead of the catalogue's")
    .addOption(
      new Option('--os-container-infra-api-version <version>', 'microversion, 1.1 to 1.14; 1 means the newest')
        .default(environment['OS_CONTAINER_INFRA_API_VERSION'] ?? '1')
        .argParser(String),
    )
    .option('--timeout-seconds <n>', 'longest time of one call', integer(1), 600);
  // Not options a person sets: how commands see the environment without reading it themselves.
  program.setOptionValue('environment', environment);
  program.setOptionValue('shell', environment['SHELL'] ?? '');
  const cluster = addClusterCommands(program);
  addTemplateCommands(cluster);
  addConfigCommand(cluster);
  addNodeCommands(program);
  addNodeGroupCommands(program);
  addOperationCommands(program);
  addCertificateCommands(program);
  addWatchCommand(program);
  addCompletionCommand(program);
  return program;
}
