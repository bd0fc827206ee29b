import type { Network, NetworkAnswer } from './network.js';
import { currentProcess, type Scheduler, type WorldProcess } from './scheduler.js';
import type { PlannedCluster } from './seed-plan.js';
import { authUrl } from './simulated-services.js';
import { apiOrigin } from './world.js';

const template = {
  name: 'seeded',
  coe: 'kubernetes',
  image_id: 'ubuntu-2404-kube-v1.32.4',
  external_network_id: 'public',
  flavor_id: 'm1.small',
  master_flavor_id: 'm1.small',
};

export interface SeenCluster {
  readonly uuid: string;
  readonly status: string;
  readonly status_reason: string | null;
  readonly node_count: number;
}

/** The person whose clusters these are: asks through the API, looks, and asks again. */
export class Tenant {
  readonly process: WorldProcess = { name: 'tenant', state: 'running' };
  private token = '';
  private templateId = '';
  readonly clusters = new Map<string, { readonly planned: PlannedCluster; isDeleted: boolean }>();

  constructor(
    private readonly network: Network,
    private readonly scheduler: Scheduler,
    private readonly fail: (because: string) => void,
  ) {}

  /** Logs in (before anything goes wrong) and makes a template. */
  async arrive(): Promise<void> {
    const user = { name: 'demo', domain: { id: 'default' }, password: 'simpass' };
    const scope = { project: { name: 'demo', domain: { id: 'default' } } };
    const body = JSON.stringify({ auth: { identity: { methods: ['password'], password: { user } }, scope } });
    const url = new URL(`${authUrl}/auth/tokens`);
    const login = await this.network.exchange({ method: 'POST', origin: url.origin, path: url.pathname, headers: { 'content-type': 'application/json' }, body }, this.process);
    this.token = login.headers['x-subject-token'] ?? '';
    const made = await this.patiently('POST', '/v1/clustertemplates', template);
    this.templateId = (JSON.parse(made.body) as { uuid: string }).uuid;
  }

  /** Makes a cluster and deletes it again when that is planned. */
  live(planned: PlannedCluster): void {
    this.later(planned.createdAt, async () => {
      const uuid = await this.make(planned);
      const cluster = { planned, isDeleted: false };
      this.clusters.set(uuid, cluster);
      if (planned.deletedAt === null) return;
      await this.pause(planned.deletedAt - planned.createdAt);
      await this.remove(uuid);
      if (planned.deletedAgainAfter === null) return;
      await this.pause(planned.deletedAgainAfter);
      await this.remove(uuid);
    });
  }

  async remove(uuid: string): Promise<void> {
    const cluster = this.clusters.get(uuid);
    if (cluster) cluster.isDeleted = true;
    const answer = await this.patiently('DELETE', `/v1/clusters/${uuid}`);
    if (answer.status !== 204 && answer.status !== 404) this.fail(`DELETE of ${uuid} was answered ${answer.status}: ${answer.body}`);
  }

  /** Undefined: it is gone. */
  async look(uuid: string): Promise<SeenCluster | undefined> {
    const answer = await this.call('GET', `/v1/clusters/${uuid}`);
    if (answer.status === 404) return undefined;
    if (answer.status !== 200) throw new Error(`GET of ${uuid} was answered ${answer.status}: ${answer.body}`);
    return JSON.parse(answer.body) as SeenCluster;
  }

  /** Retries the last operation of a cluster. */
  async retry(uuid: string): Promise<void> {
    const list = await this.call('GET', `/v1/clusters/${uuid}/operations`);
    const { operations } = JSON.parse(list.body) as { operations: { uuid: string }[] };
    const last = operations.at(-1);
    if (!last) throw new Error(`cluster ${uuid} has no operation`);
    const answer = await this.call('POST', `/v1/operations/${last.uuid}/actions/retry`);
    if (answer.status !== 202) this.fail(`the retry of ${uuid} was answered ${answer.status}: ${answer.body}`);
  }

  pause(ms: number): Promise<void> {
    return new Promise((resolve) => this.scheduler.after(ms, resolve, this.process));
  }

  /** An answer of 5xx may come of a request that was accepted: then the cluster is in the list. */
  private async make({ name, nodeCount }: PlannedCluster): Promise<string> {
    for (;;) {
      const answer = await this.call('POST', '/v1/clusters', { name, cluster_template_id: this.templateId, node_count: nodeCount });
      if (answer.status === 202) return (JSON.parse(answer.body) as { uuid: string }).uuid;
      if (answer.status < 500) throw new Error(`the create of ${name} was answered ${answer.status}: ${answer.body}`);
      await this.pause(5_000);
      const list = await this.patiently('GET', '/v1/clusters');
      const found = (JSON.parse(list.body) as { clusters: { uuid: string; name: string }[] }).clusters.find((cluster) => cluster.name === name);
      if (found) return found.uuid;
    }
  }

  private later(ms: number, act: () => Promise<void>): void {
    this.scheduler.after(ms, () => currentProcess.run(this.process, () => void act()), this.process);
  }

  /** While the cloud behind the API is ill, asking again is what people do. */
  private async patiently(method: string, path: string, body?: unknown): Promise<NetworkAnswer> {
    for (;;) {
      const answer = await this.call(method, path, body);
      if (answer.status < 300 || (method === 'DELETE' && answer.status === 404)) return answer;
      if (answer.status < 500) throw new Error(`${method} ${path} was answered ${answer.status}: ${answer.body}`);
      await this.pause(5_000);
    }
  }

  private call(method: string, path: string, body?: unknown): Promise<NetworkAnswer> {
    const headers = { 'x-auth-token': this.token, 'openstack-api-version': 'container-infra latest', ...(body === undefined ? {} : { 'content-type': 'application/json' }) };
    return this.network.exchange({ method, origin: apiOrigin, path, headers, body: body === undefined ? '' : JSON.stringify(body) }, this.process);
  }
}
