import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { Environment } from '../../src/launch/environment.js';
import { personEnvironment } from '../../src/launch/openrc.js';
import { runCoe, type CoeAnswer } from '../../src/launch/run-coe.js';
import { systemEnvironment } from '../support/system-environment.js';
import { until } from '../support/until.js';

const main = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url));

/** Our command line client as a person of the simulated cloud. */
export class Coe {
  readonly environment: Record<string, string>;

  constructor({ cloud }: Pick<Environment, 'cloud'>, person = 'demo') {
    if (!cloud) throw new Error('tests run on the simulated cloud');
    this.environment = { ...systemEnvironment(), ...personEnvironment(cloud, person) };
  }

  run(...arguments_: string[]): Promise<CoeAnswer> {
    return this.runWith({}, ...arguments_);
  }

  runWith(environment: Record<string, string>, ...arguments_: string[]): Promise<CoeAnswer> {
    return runCoe(arguments_, { ...this.environment, ...environment });
  }

  /** stdout of a run that must succeed. */
  async ok(...arguments_: string[]): Promise<string> {
    const { status, stdout, stderr } = await this.run(...arguments_);
    if (status !== 0) throw new Error(`coe ${arguments_.join(' ')} ended with ${status}: ${stderr}`);
    return stdout;
  }

  async json<T>(...arguments_: string[]): Promise<T> {
    return JSON.parse(await this.ok(...arguments_, '-f', 'json')) as T;
  }

  /** A run that goes on while the test does something. */
  start(...arguments_: string[]): RunningCoe {
    return new RunningCoe(spawn(process.execPath, [main, ...arguments_], { env: this.environment, stdio: ['ignore', 'pipe', 'inherit'] }));
  }
}

class RunningCoe {
  stdout = '';
  /** Exit status. */
  readonly ended: Promise<number | null>;

  constructor(private readonly child: ChildProcessByStdio<null, Readable, null>) {
    child.stdout.on('data', (text: Buffer) => (this.stdout += text.toString()));
    this.ended = (once(child, 'close') as Promise<[number | null]>).then(([status]) => status);
  }

  untilItSays(words: string): Promise<void> {
    return until(() => this.stdout.includes(words), { deadlineMs: 30_000, what: `“${words}” from coe` });
  }

  interrupt(): void {
    this.child.kill('SIGINT');
  }
}
