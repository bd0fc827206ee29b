import { randomBytes } from 'node:crypto';
import { hasOption, optionValue, parseOptions, UsageError, type CommandLine } from '../command-options.js';
import type { StandInAnswer, StandInCall } from '../stand-ins/stand-in-server.js';
import { ApiUnreachableError } from './cluster-api.js';
import { ensureObject, expectSuccess, tokenSecret } from './cluster-objects.js';
import { KubeadmError, parseKubeadmDocuments, type KubeadmDocument } from './documents.js';
import { imageVersion, nodeNameOf, type GuestContext } from './guest-context.js';
import { apiOf, runInit, runInitPhase, type InitJob } from './init.js';
import { runJoin } from './join.js';
import { readKubeconfig } from './kubeconfig-files.js';
import { checkNodeName } from './preflight.js';
import { resetNode } from './reset.js';
import { durationMs } from './schema.js';
import { initSettings, joinSettings } from './settings.js';

const options = {
  config: 'value', 'skip-phases': 'value', 'ignore-preflight-errors': 'value', v: 'value', o: 'value', output: 'value', f: 'flag', force: 'flag', kubeconfig: 'value', ttl: 'value', description: 'value', groups: 'value',
  usages: 'value', 'cri-socket': 'value', 'cleanup-tmp-dir': 'flag', 'skip-token-print': 'flag', 'node-name': 'value', 'dry-run': 'flag',
} as const;

type Subcommand = (words: string[], line: CommandLine, call: StandInCall, guest: GuestContext, print: (line: string) => void) => Promise<void> | void;

const subcommands: Record<string, Subcommand> = {
  version: (_words, line, _call, guest, print) => {
    const { text } = imageVersion(guest);
    print(optionValue(line, 'o', 'output') === 'short' ? text : `kubeadm version: &version.Info{GitVersion:"${text}"}`);
  },
  config: (words, line, call, guest, print) => {
    if (words[0] !== 'validate') throw new KubeadmError(`unknown command "${words[0] ?? ''}" for "kubeadm config"`);
    readDocuments(line, call, guest);
    print('ok');
  },
  init: async (words, line, call, guest, print) => {
    const documents = readDocuments(line, call, guest);
    const settings = initSettings(documents, imageVersion(guest).text);
    const nodeName = nodeNameOf(guest, optionValue(line, 'node-name') ?? settings.node.name);
    checkNodeName(nodeName);
    const job: InitJob = { guest, settings, nodeName, documents, print, ignoredErrors: [...settings.node.ignorePreflightErrors, ...listOf(line, 'ignore-preflight-errors')] };
    if (words[0] === 'phase') await runInitPhase(job, words[1] ?? '', words[2]);
    else await runInit(job, [...settings.skipPhases, ...listOf(line, 'skip-phases')]);
  },
  join: async (words, line, call, guest, print) => {
    if (words.length > 0) throw new KubeadmError('kubeadm join takes its endpoint from --config here');
    const documents = readDocuments(line, call, guest);
    const settings = joinSettings(documents);
    const ignoredErrors = [...settings.node.ignorePreflightErrors, ...listOf(line, 'ignore-preflight-errors')];
    await runJoin({ guest, settings, documents, nodeName: nodeNameOf(guest, optionValue(line, 'node-name') ?? settings.node.name), ignoredErrors, print });
  },
  reset: async (_words, line, _call, guest, print) => {
    if (!hasOption(line, 'f', 'force')) throw new KubeadmError('aborted reset operation: Run this command with --force to proceed without confirmation');
    await resetNode(guest);
    print('[reset] Deleted contents of stateful directories');
  },
  token,
};

/** `kubeadm` of a simulated machine: fails with `error: …` for whatever the real one refuses. */
export async function kubeadm(call: StandInCall, guest: GuestContext): Promise<StandInAnswer> {
  const stdout: string[] = [];
  const print = (line: string): void => void stdout.push(`${line}\n`);
  try {
    const line = parseOptions(call.args, options);
    const [name = '', ...words] = line.operands;
    const run = subcommands[name];
    if (!run) throw new KubeadmError(`unknown command "${name}" for "kubeadm"`);
    if (hasOption(line, 'dry-run')) throw new KubeadmError('--dry-run is not simulated');
    await run(words, line, call, guest, print);
    return { code: 0, stdout: stdout.join('') };
  } catch (error) {
    if (error instanceof KubeadmError || error instanceof ApiUnreachableError || error instanceof UsageError)
      return { code: error instanceof KubeadmError ? error.exitCode : 1, stdout: stdout.join(''), stderr: `error: ${error.message}\nTo see the stack trace of this error execute with --v=5 or higher\n` };
    throw error;
  }
}

const listOf = (line: CommandLine, name: string): string[] => (line.options.get(name) ?? []).flatMap((value) => String(value).split(','));

function readDocuments(line: CommandLine, call: StandInCall, guest: GuestContext): KubeadmDocument[] {
  const path = optionValue(line, 'config');
  if (path === undefined) throw new KubeadmError('nothing is known of this node without --config');
  const { minor } = imageVersion(guest);
  if (path === '-' || path === '/dev/stdin') return parseKubeadmDocuments(call.input, 'standard input', minor);
  const guestPath = guest.root.guestPath(path, call.workingDirectory);
  if (!guest.root.exists(guestPath)) throw new KubeadmError(`unable to read config from "${path}": open ${path}: no such file or directory`);
  return parseKubeadmDocuments(guest.root.read(guestPath), guestPath, minor);
}

const randomToken = (): string => {
  const characters = 'abcdefghijklmnopqrstuvwxyz0123456789';
  const text = [...randomBytes(22)].map((byte) => characters.charAt(byte % characters.length)).join('');
  return `${text.slice(0, 6)}.${text.slice(6)}`;
};

async function token(words: string[], line: CommandLine, call: StandInCall, guest: GuestContext, print: (line: string) => void): Promise<void> {
  const [verb = 'list', given] = words;
  if (verb === 'generate') {
    print(randomToken());
    return;
  }
  const path = guest.root.guestPath(optionValue(line, 'kubeconfig') ?? (call.environment.KUBECONFIG === '' ? '/etc/kubernetes/admin.conf' : call.environment.KUBECONFIG), call.workingDirectory);
  if (!guest.root.exists(path)) throw new KubeadmError(`failed to load admin kubeconfig: open ${path}: no such file or directory`);
  const api = apiOf(guest, readKubeconfig(guest.root, path));
  const secrets = '/api/v1/namespaces/kube-system/secrets';
  switch (verb) {
    case 'create': {
      const text = given ?? randomToken();
      if (!/^[a-z0-9]{6}\.[a-z0-9]{16}$/u.test(text)) throw new KubeadmError(`the bootstrap token "${text}" was not of the form "[a-z0-9]{6}.[a-z0-9]{16}"`);
      const ttl = optionValue(line, 'ttl') ?? '24h';
      const groups = listOf(line, 'groups');
      const usages = listOf(line, 'usages');
      await ensureObject(api, secrets, tokenSecret({ token: text, description: optionValue(line, 'description') ?? '', ttlMs: ttl === '0' ? 0 : durationMs(ttl), usages: usages.length > 0 ? usages : ['signing', 'authentication'], groups: groups.length > 0 ? groups : ['system:bootstrappers:kubeadm:default-node-token'] }));
      print(text);
      return;
    }
    case 'delete':
      expectSuccess(await api.call('DELETE', `${secrets}/bootstrap-token-${(given ?? '').split('.')[0] ?? ''}`), `delete bootstrap token ${given ?? ''}`);
      return;
    case 'list': {
      const answer = await api.get<{ items?: { type?: string; data?: Record<string, string> }[] }>(secrets);
      expectSuccess(answer, 'list bootstrap tokens');
      const decode = (value: string | undefined): string => Buffer.from(value ?? '', 'base64').toString('utf8');
      for (const { type, data } of answer.body.items ?? []) if (type === 'bootstrap.kubernetes.io/token') print(`${decode(data?.['token-id'])}.${decode(data?.['token-secret'])} ${decode(data?.expiration)}`);
      return;
    }
    default:
      throw new KubeadmError(`unknown command "${verb}" for "kubeadm token"`);
  }
}
