import { execFile, execFileSync } from 'node:child_process';
import { accessSync, constants, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

export interface Kubectl {
  path: string;
  minor: number;
}

/** Every kubectl on PATH, and those that TEST_KUBECTL lists (separated like PATH): Debian has one release a suite. */
export function installedKubectls(): Kubectl[] {
  const onPath = (process.env['PATH'] ?? '').split(delimiter).map((directory) => join(directory, 'kubectl'));
  const listed = (process.env['TEST_KUBECTL'] ?? '').split(delimiter).filter((path) => path !== '');
  return [...listed, ...onPath].filter(isExecutable).map((path) => ({ path, minor: minorOf(path) }));
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    // Not there, or not a program: the caller says what is missing.
    return false;
  }
}

const minorOf = (path: string): number => Number(/GitVersion:"v1\.(\d+)\.|Client Version: v1\.(\d+)\./.exec(execFileSync(path, ['version', '--client'], { encoding: 'utf8' }))?.slice(1).join('') ?? 0);

export interface Run {
  code: number;
  output: string;
  errors: string;
}

/** Runs kubectl with a kubeconfig; `input` goes to its standard input. */
export function kubectl(path: string, kubeconfig: string, args: string[], input?: string): Promise<Run> {
  return new Promise((resolve) => {
    const child = execFile(path, args, { env: { PATH: process.env['PATH'], HOME: join(kubeconfig, '..'), KUBECONFIG: kubeconfig }, timeout: 60_000 }, (error, output, errors) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, output, errors });
    });
    child.stdin?.end(input);
  });
}

export function writeKubeconfig(file: string, server: string, caPem: string, user: { cert: string; key: string }): void {
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'sim', cluster: { server, 'certificate-authority-data': base64(caPem) } }],
    users: [{ name: 'admin', user: { 'client-certificate-data': base64(user.cert), 'client-key-data': base64(user.key) } }],
    contexts: [{ name: 'sim', context: { cluster: 'sim', user: 'admin' } }],
    'current-context': 'sim',
  };
  writeFileSync(file, JSON.stringify(config), { mode: 0o600 });
}
