import { fieldsOf, listOf, valueAt, textOf, type Fields } from '../objects/kube-object.js';
import type { NodeAnswer, NodeClient } from './node-client.js';
import { nodeDocument, nodeLabels, nodeStatus, type NodeDescription } from './node-document.js';

export interface KubeletOptions {
  nodeName: string;
  /** Read anew for every report: floating addresses and the network come and go. */
  describe(): NodeDescription;
  client: NodeClient;
  /** What the machine runs from its manifests folder; each gets a mirror pod in the API. */
  staticPods(): Fields[];
  nodeGraceSeconds(): number;
  log(message: string, fields: Record<string, unknown>): void;
}

/** Kubernetes renews a lease every 10 s of a grace of 40 s. */
const renewalsPerGrace = 4;
const retryMs = 1_000;

/** One node's kubelet: keeps its Node and its lease, over HTTPS, until it is stopped. */
export class Kubelet {
  private isStopped = false;
  private isPaused = false;
  private timer: NodeJS.Timeout | undefined;
  private conditions: Fields[] | undefined;
  private reporting: Promise<void> = Promise.resolve();
  private isRegistered = false;

  constructor(private readonly options: KubeletOptions) {}

  get nodeName(): string {
    return this.options.nodeName;
  }

  /** Creates the Node, or brings an existing one up to date. @throws Error with the server's message when it refuses. */
  async register(): Promise<void> {
    const description = this.options.describe();
    const created = await this.call('POST', '/api/v1/nodes', nodeDocument(description), [201, 409]);
    if (created.status === 409) await this.takeUp(description);
    this.isRegistered = true;
    await this.reportStatus();
    await this.renewLease();
    await this.mirrorPods();
  }

  /** Manifests came into its folder. */
  manifestsChanged(): void {
    if (!this.isRegistered || this.isStopped || this.isPaused) return;
    this.reporting = this.reporting.then(() => this.mirrorPods()).catch((error: unknown) => this.complain(error));
  }

  /** From now on heartbeats go out; a server that is away is tried again. */
  keepAlive(): void {
    clearTimeout(this.timer);
    const isNews = this.isPaused || !this.isRegistered;
    this.isPaused = false;
    this.schedule(isNews ? 0 : this.renewalMs());
    if (this.isRegistered) this.refresh();
  }

  /** Something that the status shows has changed. */
  refresh(): void {
    if (!this.isRegistered || this.isStopped || this.isPaused) return;
    this.reporting = this.reporting.then(() => this.reportStatus()).catch((error: unknown) => this.complain(error));
  }

  /** Falls silent without dying; `keepAlive` wakes it. */
  pause(): void {
    clearTimeout(this.timer);
    this.isPaused = true;
  }

  stop(): void {
    this.isStopped = true;
    clearTimeout(this.timer);
    this.options.client.close();
  }

  private renewalMs(): number {
    return (this.options.nodeGraceSeconds() * 1000) / renewalsPerGrace;
  }

  private schedule(ms: number): void {
    if (this.isStopped || this.isPaused) return;
    this.timer = setTimeout(() => void this.beat(), ms);
    this.timer.unref();
  }

  private async beat(): Promise<void> {
    try {
      if (this.isRegistered) await this.renewLease();
      else await this.register();
      this.schedule(this.renewalMs());
    } catch (error) {
      this.complain(error);
      this.schedule(Math.min(retryMs, this.renewalMs()));
    }
  }

  private complain(error: unknown): void {
    if (!this.isStopped) this.options.log('Kubelet cannot reach its API server', { node: this.nodeName, error: error instanceof Error ? error.message : String(error) });
  }

  private async takeUp(description: NodeDescription): Promise<void> {
    const patch = { metadata: { labels: nodeLabels(description) }, spec: { providerID: description.providerId } };
    await this.call('PATCH', this.path(), patch, [200], 'application/strategic-merge-patch+json');
    const node = await this.call('GET', this.path(), undefined, [200]);
    this.conditions = listOf(valueAt(node.body, 'status', 'conditions'));
  }

  private async reportStatus(): Promise<void> {
    const status = nodeStatus(this.options.describe(), this.conditions);
    // Addresses merge by type: without the directive one that is gone would stay.
    const patch = { status: { ...status, addresses: [...listOf(status['addresses']), { $patch: 'replace' }] } };
    // Not found: somebody deleted the Node below a living kubelet. A real one registers again only when it is restarted.
    await this.call('PATCH', `${this.path()}/status`, patch, [200, 404], 'application/strategic-merge-patch+json');
    this.conditions = listOf(status['conditions']);
  }

  private async renewLease(): Promise<void> {
    const path = '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases';
    const lease = {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name: this.nodeName, namespace: 'kube-node-lease' },
      spec: { holderIdentity: this.nodeName, leaseDurationSeconds: Math.ceil(this.options.nodeGraceSeconds()), renewTime: new Date().toISOString().replace('Z', '000Z') },
    };
    const renewed = await this.call('PUT', `${path}/${this.nodeName}`, lease, [200, 404]);
    if (renewed.status === 404) await this.call('POST', path, lease, [201, 409]);
  }

  private async mirrorPods(): Promise<void> {
    for (const pod of this.options.staticPods()) await this.ensureMirrorPod(pod);
  }

  /** A mirror pod of another release than the manifest's is replaced. */
  private async ensureMirrorPod(pod: Fields): Promise<void> {
    const path = '/api/v1/namespaces/kube-system/pods';
    const name = textOf(valueAt(pod, 'metadata', 'name')) ?? '';
    const uid = textOf(valueAt((await this.call('GET', this.path(), undefined, [200])).body, 'metadata', 'uid'));
    const ownerReferences = [{ apiVersion: 'v1', kind: 'Node', name: this.nodeName, uid, controller: true }];
    const mirror = { ...pod, metadata: { ...fieldsOf(pod['metadata']), ownerReferences } };
    const known = await this.call('GET', `${path}/${name}`, undefined, [200, 404]);
    const imageOf = (object: Fields): unknown => listOf(valueAt(object, 'spec', 'containers'))[0]?.['image'];
    if (known.status === 200 && imageOf(known.body) === imageOf(pod)) return;
    if (known.status === 200) await this.call('DELETE', `${path}/${name}?gracePeriodSeconds=0`, undefined, [200, 404]);
    await this.call('POST', path, mirror, [201, 409]);
  }

  private path(): string {
    return `/api/v1/nodes/${this.nodeName}`;
  }

  private async call(method: string, path: string, body: object | undefined, accepted: number[], contentType?: string): Promise<NodeAnswer> {
    const answer = await this.options.client.call(method, path, body, contentType);
    if (!accepted.includes(answer.status)) throw new Error(`${method} ${path}: ${answer.status} ${textOf(answer.body['message']) ?? ''}`);
    return answer;
  }
}
