import type { Answer, Caller } from '../api-caller.js';
import { caller } from '../api-caller.js';
import { issueClient, makeAuthority } from '../cluster-pki.js';
import type { TestCluster } from '../test-cluster.js';
import { differences } from './compare.js';
import { recording, type Recording } from './recording.js';

export interface Outcome {
  file: string;
  differences: string[];
}

/** Sends recorded requests to a simulated cluster and keeps what differed. Names of recorded pods stand for pods of it. */
export class Replayer {
  readonly outcomes: Outcome[] = [];
  private readonly identities = new Map<string, Caller>();
  private readonly podNames = new Map<string, string>();

  private constructor(readonly cluster: TestCluster) {}

  static async of(cluster: TestCluster): Promise<Replayer> {
    const replayer = new Replayer(cluster);
    await replayer.connect();
    return replayer;
  }

  /** Anew after a restart: the API server listens elsewhere then. */
  async connect(): Promise<void> {
    const { cluster, identities } = this;
    const bare = caller(cluster.address, cluster.authority.certPem);
    const foreign = await issueClient(await makeAuthority('foreign'), 'kubernetes-admin', ['system:masters']);
    identities.set('admin', await cluster.admin());
    identities.set('nobody', await cluster.as('nobody'));
    identities.set('anonymous', bare);
    identities.set('badtoken', bare);
    identities.set('foreign', caller(cluster.address, cluster.authority.certPem, foreign));
  }

  get admin(): Caller {
    return this.as('admin');
  }

  /** From now on the recorded pod (its last five characters) is this one. */
  standsFor(recorded: string, podName: string): void {
    this.podNames.set(recorded, podName);
  }

  async replay(prefix: string, change: Partial<Pick<Recording, 'path' | 'body'>> = {}): Promise<Answer> {
    const { file, as, method, headers, response, ...rest } = recording(prefix);
    const { path, body } = { ...rest, ...change };
    const answer = await this.as(as).call(method, this.renamed(path), body === undefined ? undefined : (JSON.parse(this.renamed(JSON.stringify(body))) as unknown), headers);
    this.outcomes.push({ file, differences: differences(response, answer) });
    return answer;
  }

  /** A recording that is no request with an answer: the test says itself whether it holds. */
  note(prefix: string, found: string[]): void {
    this.outcomes.push({ file: recording(prefix).file, differences: found });
  }

  private as(identity: string): Caller {
    const found = this.identities.get(identity);
    if (!found) throw new Error(`the recordings know no identity ${identity}`);
    return found;
  }

  private renamed(text: string): string {
    return text.replace(/(g-79cb8f5855|ds)-(\w{5})\b/g, (whole, _owner: string, suffix: string) => this.podNames.get(suffix) ?? whole);
  }
}
