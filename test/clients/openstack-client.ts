import { execFile } from 'node:child_process';
import type { Environment } from '../../src/launch/environment.js';
import { personEnvironment } from '../../src/launch/openrc.js';
import { systemEnvironment } from '../support/system-environment.js';

export interface ClientAnswer {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The real `openstack coe …` (python-openstackclient with python-magnumclient) as a person of the simulated cloud. */
export class OpenStackClient {
  private readonly environment: Record<string, string>;

  constructor({ cloud }: Pick<Environment, 'cloud'>, person = 'demo') {
    if (!cloud) throw new Error('tests run on the simulated cloud');
    // Its warnings about its own libraries are not what is tested.
    this.environment = { ...systemEnvironment(), SHELL: '/bin/bash', ...personEnvironment(cloud, person), PYTHONWARNINGS: 'ignore' };
  }

  coe(...arguments_: string[]): Promise<ClientAnswer> {
    return new Promise((resolve) => {
      execFile('openstack', ['coe', ...arguments_], { env: this.environment, timeout: 60_000 }, (error, stdout, stderr) => {
        resolve({ status: typeof error?.code === 'number' ? error.code : error ? -1 : 0, stdout, stderr });
      });
    });
  }

  /** stdout of a call that must succeed. */
  async ok(...arguments_: string[]): Promise<string> {
    const { status, stdout, stderr } = await this.coe(...arguments_);
    if (status !== 0) throw new Error(`openstack coe ${arguments_.join(' ')} ended with ${status}: ${stderr}`);
    return stdout;
  }

  /** What it prints as JSON; commands that also confirm do so in a line before. */
  async json<T>(...arguments_: string[]): Promise<T> {
    const text = await this.ok(...arguments_, '-f', 'json');
    return JSON.parse(text.slice(text.search(/^[[{]/m))) as T;
  }
}
