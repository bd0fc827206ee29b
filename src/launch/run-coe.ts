import { spawn } from 'node:child_process';
import { builtScript } from './built-script.js';

const coe = builtScript('cli/main.js');

export interface CoeAnswer {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs our command line client as a person would. `show`: what it prints goes to this terminal. */
export function runCoe(arguments_: readonly string[], environment: Readonly<Record<string, string>>, show = false): Promise<CoeAnswer> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [coe, ...arguments_], { env: { ...environment }, stdio: ['ignore', show ? 'inherit' : 'pipe', show ? 'inherit' : 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout?.on('data', (text: Buffer) => (stdout += text.toString()));
    child.stderr?.on('data', (text: Buffer) => (stderr += text.toString()));
    child.once('error', reject);
    child.once('close', (code) => resolve({ status: code ?? 1, stdout, stderr }));
  });
}

/** The same, and a failure is an error with what the client said. */
export async function mustRunCoe(arguments_: readonly string[], environment: Readonly<Record<string, string>>, show = false): Promise<string> {
  const { status, stdout, stderr } = await runCoe(arguments_, environment, show);
  if (status !== 0) throw new Error(`coe ${arguments_.join(' ')} failed (exit status ${status}): ${stderr || stdout}`);
  return stdout;
}
