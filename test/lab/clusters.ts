import { setTimeout as pause } from 'node:timers/promises';
import type { CloudSession } from '../support/cloud-session.js';
import { imageName } from './prepare-cloud.js';
import { keypairName } from './tenant.js';

export interface ClusterNode {
  readonly name: string;
  readonly role: string;
  readonly phase: string;
  readonly server_id: string;
  readonly address: string;
  readonly floating_address: string | null;
}

export interface OperationView {
  readonly uuid: string;
  readonly kind: string;
  readonly state: string;
  readonly failure: string | null;
}

export interface ClusterView {
  readonly status: string;
  readonly status_reason: string | null;
  readonly api_address: string | null;
}

/** Real services on two shared processors: a create of three nodes took a minute and a half when this was written. */
const settleWithinMs = 12 * 60_000;

/** Answers while a service that the API needs is away, as in the jobs that end one on purpose. */
const awayStatuses = new Set([500, 502, 503, 504]);

/** Clusters as a person sees them: by the API that the catalogue names, with that person's token. */
export class Clusters {
  constructor(private readonly session: CloudSession) {}

  async createTemplate(name: string, overrides: Record<string, unknown> = {}): Promise<string> {
    const body = {
      ...{ name, coe: 'kubernetes', image_id: imageName, external_network_id: 'public' },
      ...{ flavor_id: 'm1.small', master_flavor_id: 'm1.small', keypair_id: keypairName },
      ...overrides,
    };
    return (await this.must<{ uuid: string }>('POST', '/clustertemplates', body)).uuid;
  }

  async deleteTemplate(id: string): Promise<void> {
    await this.must('DELETE', `/clustertemplates/${id}`);
  }

  /** Answers the id as soon as the API has accepted it. */
  async create(name: string, template: string, overrides: Record<string, unknown> = {}): Promise<string> {
    return (await this.must<{ uuid: string }>('POST', '/clusters', { name, cluster_template_id: template, node_count: 1, ...overrides })).uuid;
  }

  show(id: string): Promise<ClusterView> {
    return this.must<ClusterView>('GET', `/clusters/${id}`);
  }

  async nodes(id: string): Promise<ClusterNode[]> {
    return (await this.must<{ nodes: ClusterNode[] }>('GET', `/clusters/${id}/nodes`)).nodes;
  }

  /** Waits for CREATE_COMPLETE; any other end is an error with the reason that the API gives. */
  async created(id: string): Promise<ClusterView> {
    const view = await this.settled(id);
    if (view?.status !== 'CREATE_COMPLETE') throw new Error(`the cluster ended as ${view?.status ?? 'deleted'}: ${view?.status_reason ?? 'no reason given'}`);
    return view;
  }

  /** The newest operation of a cluster. */
  async newestOperation(id: string): Promise<OperationView> {
    const { operations } = await this.must<{ operations: OperationView[] }>('GET', `/clusters/${id}/operations`);
    const newest = operations.at(-1);
    if (!newest) throw new Error(`cluster ${id} has no operation`);
    return newest;
  }

  /** Asks for another try of the newest operation, which must have failed. */
  async retry(id: string): Promise<void> {
    await this.must('POST', `/operations/${(await this.newestOperation(id)).uuid}/actions/retry`, {});
  }

  /** Asks for the end of a cluster and waits until the API does not know it any more. */
  async delete(id: string): Promise<void> {
    await this.must('DELETE', `/clusters/${id}`);
    const view = await this.settled(id);
    if (view) throw new Error(`the cluster was not deleted, it ended as ${view.status}: ${view.status_reason ?? 'no reason given'}`);
  }

  /** The cluster once its status ends in COMPLETE or FAILED; undefined when the API does not know it (any more). */
  async settled(id: string): Promise<ClusterView | undefined> {
    const giveUpAt = Date.now() + settleWithinMs;
    for (;;) {
      const answer = await this.session.call('container-infra', 'GET', `/clusters/${id}`, undefined, newest);
      if (answer.status === 404) return undefined;
      const view = answer.body as ClusterView;
      if (answer.status >= 300 && !awayStatuses.has(answer.status)) throw new Error(`cluster ${id} cannot be shown: ${answer.status} ${JSON.stringify(answer.body)}`);
      if (answer.status === 200 && /_(COMPLETE|FAILED)$/.test(view.status)) return view;
      if (Date.now() > giveUpAt) throw new Error(`cluster ${id} is still ${view.status} (${answer.status}) after ${settleWithinMs / 60_000} minutes: ${view.status_reason ?? 'no reason given'}`);
      await pause(500);
    }
  }

  private must<T>(method: string, path: string, body?: unknown): Promise<T> {
    return this.session.must<T>('container-infra', method, path, body, newest);
  }
}

const newest = { 'OpenStack-API-Version': 'container-infra latest' };
