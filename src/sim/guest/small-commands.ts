import type { ScratchRoot } from './scratch-root.js';
import type { StandInAnswer, StandInCall } from './stand-ins/stand-in-server.js';
import { hasOption, optionValue, parseOptions } from './command-options.js';

export interface SmallCommandContext {
  root: ScratchRoot;
  log: (line: string) => void;
  /** Swap files and kernel settings live as long as the machine is on. */
  kernel: Map<string, string>;
  powerOff: () => void;
  reboot: () => void;
}

type SmallCommand = (call: StandInCall, context: SmallCommandContext) => StandInAnswer;

const accept: SmallCommand = () => ({ code: 0 });
const notSimulated: SmallCommand = ({ command }) => ({ code: 1, stderr: `${command}: this machine is simulated and has no ${command}\n` });
const noPackages: SmallCommand = ({ command }) => ({ code: 100, stderr: `${command}: no package source: images carry all that a node needs\n` });

/** Commands with little behind them. Whatever could reach the host's kernel, packages or other processes must be among them. */
export const smallCommands: Record<string, SmallCommand> = {
  hostname: hostName,
  hostnamectl,
  // Ownership does not exist on a scratch root: everything belongs to whoever runs the simulator.
  chown: accept,
  chgrp: accept,
  swapoff: accept,
  modprobe: accept,
  udevadm: accept,
  sync: accept,
  timedatectl: accept,
  sysctl,
  crictl,
  ctr: accept,
  'resize2fs': accept,
  logger: (call, { log }) => {
    log(call.args.filter((word) => !word.startsWith('-')).join(' '));
    return { code: 0 };
  },
  journalctl: accept,
  'apt-get': noPackages,
  apt: noPackages,
  dpkg: noPackages,
  snap: noPackages,
  reboot: (_call, { reboot }) => {
    reboot();
    return { code: 0 };
  },
  poweroff: (_call, { powerOff }) => {
    powerOff();
    return { code: 0 };
  },
  shutdown: (call, { powerOff, reboot }) => {
    if (call.args.some((word) => word === '-r' || word === '--reboot')) reboot();
    else powerOff();
    return { code: 0 };
  },
  ...Object.fromEntries(
    ['halt', 'init', 'pkill', 'killall', 'systemd-run', 'service', 'ip', 'ifconfig', 'iptables', 'nft', 'losetup', 'swapon', 'mkswap', 'fdisk', 'sfdisk', 'parted', 'wipefs', 'docker', 'kubectl', 'useradd', 'usermod', 'passwd', 'chpasswd', 'crontab', 'chroot', 'nsenter', 'ufw'].map(
      (command) => [command, notSimulated],
    ),
  ),
};

function hostName(call: StandInCall, { root }: SmallCommandContext): StandInAnswer {
  const line = parseOptions(call.args, { s: 'flag', f: 'flag', fqdn: 'flag', short: 'flag', F: 'value', file: 'value', I: 'flag' });
  const file = optionValue(line, 'F', 'file');
  const name = file === undefined ? line.operands[0] : root.read(root.guestPath(file, call.workingDirectory)).trim();
  if (name === undefined) return { code: 0, stdout: `${hasOption(line, 's', 'short') ? readHostName(root).split('.')[0] ?? '' : readHostName(root)}\n` };
  return setHostName(root, name);
}

function hostnamectl(call: StandInCall, { root }: SmallCommandContext): StandInAnswer {
  const line = parseOptions(call.args, { static: 'flag', transient: 'flag', pretty: 'flag' });
  const [verb, name] = line.operands;
  if ((verb === 'set-hostname' || verb === 'hostname') && name !== undefined) return setHostName(root, name);
  if (verb === undefined || verb === 'status' || verb === 'hostname') return { code: 0, stdout: line.options.size > 0 || verb === 'hostname' ? `${readHostName(root)}\n` : ` Static hostname: ${readHostName(root)}\n` };
  return { code: 1, stderr: `Unknown command verb ${verb}.\n` };
}

export const readHostName = (root: ScratchRoot): string => root.readIfPresent('/etc/hostname')?.trim() ?? 'localhost';

/** Linux allows 64 bytes; a label is letters, digits and inner dashes. */
function setHostName(root: ScratchRoot, name: string): StandInAnswer {
  if (name.length > 64 || !/^[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?$/u.test(name)) return { code: 1, stderr: `hostname: name is invalid: ${name}\n` };
  root.write('/etc/hostname', `${name}\n`);
  return { code: 0 };
}

function sysctl(call: StandInCall, { kernel }: SmallCommandContext): StandInAnswer {
  const line = parseOptions(call.args, { w: 'flag', write: 'flag', n: 'flag', values: 'flag', q: 'flag', quiet: 'flag', e: 'flag', p: 'flag', load: 'flag', system: 'flag' });
  if (hasOption(line, 'p', 'load', 'system')) return { code: 0 };
  const unknown: string[] = [];
  const stdout = line.operands.flatMap((operand) => {
    const [name = '', value] = operand.split('=');
    if (value !== undefined) kernel.set(name, value);
    const current = kernel.get(name);
    if (current === undefined) unknown.push(name);
    return current === undefined || hasOption(line, 'q', 'quiet') ? [] : [hasOption(line, 'n', 'values') ? `${current}\n` : `${name} = ${current}\n`];
  });
  const stderr = unknown.map((name) => `sysctl: cannot stat /proc/sys/${name.replaceAll('.', '/')}: No such file or directory\n`).join('');
  return { code: unknown.length === 0 ? 0 : 255, stdout: stdout.join(''), stderr };
}

function crictl(call: StandInCall): StandInAnswer {
  const verb = call.args.find((word) => !word.startsWith('-') && !word.includes('/'));
  switch (verb) {
    case 'info':
      return { code: 0, stdout: '{"status":{"conditions":[{"type":"RuntimeReady","status":true},{"type":"NetworkReady","status":true}]}}\n' };
    case 'version':
      return { code: 0, stdout: 'RuntimeName:  containerd\nRuntimeApiVersion:  v1\n' };
    case 'ps':
    case 'pods':
    case 'images':
      return { code: 0 };
    default:
      return { code: 1, stderr: `crictl: ${verb ?? 'no verb'} is not simulated\n` };
  }
}
