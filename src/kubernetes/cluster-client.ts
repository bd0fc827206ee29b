import { addAbortSignal, type Duplex } from 'node:stream';
import { z } from 'zod';
import type { BootstrapToken, ComponentImage, KubernetesManifest } from '../driver-contract/index.js';
import { bootstrapTokenNamespace, bootstrapTokenSecret, bootstrapTokenSecretName } from './bootstrap-token.js';
import type { ClusterAccess } from './cluster-access.js';
import type { ClusterClientOptions } from './cluster-client-options.js';
import { ClusterKindMissingError, ClusterRefusedError } from './cluster-error.js';
import { nodeListSchema, type ClusterNode } from './cluster-node.js';
import { nodeMetadataPatch, taintedNodeSchema, type NodeMetadataChange } from './node-metadata.js';
import { evictionBody, readEvictionAnswer, type EvictionOutcome } from './drain/eviction.js';
import { disruptionBudgetListSchema, type DisruptionBudget } from './drain/disruption-budget.js';
import { closedByUsAnnotation, drainedNodeSchema, outOfServiceTaint, taintObject, type DrainedNode } from './drain/node-state.js';
import { podListSchema, type Pod } from './drain/pod.js';
import { volumeAttachmentListSchema, volumeClaimSchema, type VolumeAttachment, type VolumeClaim } from './drain/volume-attachment.js';
import { placedPodListSchema, type PlacedPod } from './placed-pod.js';
import { readPodFrame, type PodWatch } from './pod-watch.js';
import { ForwardedPort } from './port-forward/forwarded-port.js';
import type { PodPort } from './port-forward/port-forward-error.js';
import { drawKey, handshakeHeaders, handshakeProblem } from './port-forward/web-socket-handshake.js';
import { ClusterTransport, type ClusterCallOptions, type ClusterRequest } from './cluster-transport.js';

/** Owner of the fields that we apply. */
const fieldManager = 'jeroboam';

/** Objects in a page of a list. */
const pageSize = 500;

/** Evictions under one budget wait for each other in the server: ten took two seconds on an idle one (milliseconds). */
const evictionTimeoutMs = 60_000;

interface ServedKind {
  readonly plural: string;
  readonly namespaced: boolean;
}

const uidListSchema = z.object({
  metadata: z.object({ continue: z.string().optional() }).default({}),
  items: z.array(z.object({ metadata: z.object({ uid: z.string() }) }).transform(({ metadata }) => metadata.uid)),
});

const listVersionSchema = z.object({ metadata: z.object({ resourceVersion: z.string() }) }).transform(({ metadata }) => metadata);

const resourceListSchema = z.object({ resources: z.array(z.object({ name: z.string(), kind: z.string(), namespaced: z.boolean() })) });

/** The API of one cluster, as far as its life is managed through it. Nothing is tried again here: callers look again anyway. */
export class ClusterClient {
  private readonly transport: ClusterTransport;
  /** By API version and kind; kinds do not change what they are while a cluster lives. */
  private readonly kinds = new Map<string, ServedKind>();

  constructor(
    private readonly access: ClusterAccess,
    options: ClusterClientOptions,
  ) {
    this.transport = new ClusterTransport(access, options);
  }

  /** Whether the API server calls itself ready. ClusterUnreachableError when nobody answers, ClusterRefusedError when we are not let in. */
  async isReady(options?: ClusterCallOptions): Promise<boolean> {
    const call: ClusterRequest = { method: 'GET', path: '/readyz' };
    const answer = await this.transport.send(call, options);
    if (answer.status < 500) this.transport.accept(call, answer);
    return answer.status === 200;
  }

  /** The API server's version, for example `v1.32.4`. */
  async getVersion(options?: ClusterCallOptions): Promise<string> {
    return (await this.transport.json({ method: 'GET', path: '/version' }, z.object({ gitVersion: z.string() }), options)).gitVersion;
  }

  listNodes(options?: ClusterCallOptions): Promise<ClusterNode[]> {
    return this.listAll('/api/v1/nodes', {}, nodeListSchema, options);
  }

  /** Pods of all namespaces that are bound to the node. */
  listPodsOf(nodeName: string, options?: ClusterCallOptions): Promise<Pod[]> {
    return this.listAll('/api/v1/pods', { fieldSelector: `spec.nodeName=${nodeName}` }, podListSchema, options);
  }

  /** Pods of all namespaces that run on some node. */
  listPlacedPods(options?: ClusterCallOptions): Promise<PlacedPod[]> {
    return this.listAll('/api/v1/pods', {}, placedPodListSchema, options);
  }

  /** Uids of all DaemonSets. */
  async listDaemonSets(options?: ClusterCallOptions): Promise<ReadonlySet<string>> {
    return new Set(await this.listAll('/apis/apps/v1/daemonsets', {}, uidListSchema, options));
  }

  /**
   * Closes the node for new pods and marks it as closed by us, or opens again what bears that mark: a node that a person has closed
   * stays so. Answers whether the node is as asked. May be repeated; throws ClusterRefusedError (404) for a node that is not there.
   */
  async setUnschedulable(nodeName: string, unschedulable: boolean, options?: ClusterCallOptions): Promise<boolean> {
    const { node } = unschedulable ? { node: undefined } : await this.findDrainedNode(nodeName, options);
    if (node?.unschedulable === true && !node.isClosedByUs) return false;
    const call: ClusterRequest = {
      method: 'PATCH',
      path: nodePath(nodeName),
      query: { fieldManager },
      contentType: 'application/merge-patch+json',
      body: { metadata: { annotations: { [closedByUsAnnotation]: unschedulable ? '' : null } }, spec: { unschedulable: unschedulable || null } },
    };
    this.transport.accept(call, await this.transport.send(call, options));
    return true;
  }

  /** Undefined when the cluster does not know the node; `serverTime` is the cluster's clock, null when it does not tell. */
  async findDrainedNode(nodeName: string, options?: ClusterCallOptions): Promise<{ readonly node: DrainedNode | undefined; readonly serverTime: Date | null }> {
    const call: ClusterRequest = { method: 'GET', path: nodePath(nodeName) };
    const answer = await this.transport.send(call, options);
    const serverTime = answer.serverTime ?? null;
    if (answer.status === 404) return { node: undefined, serverTime };
    return { node: this.transport.parse(call, this.transport.accept(call, answer), drainedNodeSchema), serverTime };
  }

  /**
   * Asks one pod to go, within its own grace and if its budget allows. Servers from 1.22 on take policy/v1 for it, those before only
   * policy/v1beta1, at the same place: each takes a body without a version for its own.
   */
  async evictPod(pod: Pod, options?: ClusterCallOptions): Promise<EvictionOutcome> {
    const call: ClusterRequest = { method: 'POST', path: `${podPath(pod)}/eviction`, body: evictionBody(pod) };
    return readEvictionAnswer(this.access.clusterId, pod, await this.transport.send(call, { timeoutMs: evictionTimeoutMs, ...options }));
  }

  /** Makes one pod go within its own grace, whatever budgets say. May be repeated; another pod of the same name is left alone. */
  async deletePod(pod: Pod, options?: ClusterCallOptions): Promise<'asked' | 'gone'> {
    const call: ClusterRequest = { method: 'DELETE', path: podPath(pod), body: { kind: 'DeleteOptions', apiVersion: 'v1', preconditions: { uid: pod.uid } } };
    const answer = await this.transport.send(call, options);
    // 409: the precondition. The pod that was meant is gone.
    if (answer.status === 404 || answer.status === 409) return 'gone';
    this.transport.accept(call, answer);
    return 'asked';
  }

  /** Volumes that are attached to the node; none where the cluster does not know such objects. */
  async listVolumeAttachments(nodeName: string, options?: ClusterCallOptions): Promise<VolumeAttachment[]> {
    const all = await noneWhenMissing(this.listAll('/apis/storage.k8s.io/v1/volumeattachments', {}, volumeAttachmentListSchema, options));
    return (all ?? []).filter((attachment) => attachment.nodeName === nodeName);
  }

  /** The claim that the PersistentVolume is bound to; null when to none, or when there is no such volume. */
  async findVolumeClaim(volumeName: string, options?: ClusterCallOptions): Promise<VolumeClaim | null> {
    const path = `/api/v1/persistentvolumes/${encodeURIComponent(volumeName)}`;
    return (await noneWhenMissing(this.transport.json({ method: 'GET', path }, volumeClaimSchema, options))) ?? null;
  }

  /** PodDisruptionBudgets of all namespaces; clusters before 1.21 serve them as policy/v1beta1. */
  async listDisruptionBudgets(options?: ClusterCallOptions): Promise<DisruptionBudget[]> {
    const list = (version: string) => noneWhenMissing(this.listAll(`/apis/policy/${version}/poddisruptionbudgets`, {}, disruptionBudgetListSchema, options));
    return (await list('v1')) ?? (await list('v1beta1')) ?? [];
  }

  /** Tells the cluster that the node's machine is off for certain, so that its pods and volumes may be had elsewhere. May be repeated. */
  async setOutOfService(nodeName: string, options?: ClusterCallOptions): Promise<void> {
    for (let triesLeft = 3; ; triesLeft -= 1) {
      const { node } = await this.findDrainedNode(nodeName, options);
      if (!node || node.taints.some(({ key }) => key === outOfServiceTaint.key)) return;
      const call: ClusterRequest = {
        method: 'PATCH',
        path: nodePath(nodeName),
        query: { fieldManager },
        contentType: 'application/merge-patch+json',
        // The list is replaced as a whole: with the version, nobody's taint of this moment is lost.
        body: { metadata: { resourceVersion: node.resourceVersion }, spec: { taints: [...node.taints.map(taintObject), outOfServiceTaint] } },
      };
      const answer = await this.transport.send(call, options);
      if (answer.status === 409 && triesLeft > 1) continue;
      this.transport.accept(call, answer);
      return;
    }
  }

  /**
   * Sets and removes labels and taints of a node and leaves all others as they are. `conflict`: somebody changed the node at
   * the same moment, look again; `gone`: there is no such node.
   */
  async changeNodeMetadata(nodeName: string, change: NodeMetadataChange, options?: ClusterCallOptions): Promise<'changed' | 'conflict' | 'gone'> {
    const read: ClusterRequest = { method: 'GET', path: nodePath(nodeName) };
    const found = await this.transport.send(read, options);
    if (found.status === 404) return 'gone';
    const body = nodeMetadataPatch(this.transport.parse(read, this.transport.accept(read, found), taintedNodeSchema), change);
    const call: ClusterRequest = { method: 'PATCH', path: nodePath(nodeName), query: { fieldManager }, contentType: 'application/merge-patch+json', body };
    const answer = await this.transport.send(call, options);
    if (answer.status === 404) return 'gone';
    if (answer.status === 409) return 'conflict';
    this.transport.accept(call, answer);
    return 'changed';
  }

  /** Takes the node out of the cluster's books: to be done when its machine is gone. May be repeated. */
  async deleteNode(nodeName: string, options?: ClusterCallOptions): Promise<void> {
    const call: ClusterRequest = { method: 'DELETE', path: nodePath(nodeName) };
    const answer = await this.transport.send(call, options);
    if (answer.status !== 404) this.transport.accept(call, answer);
  }

  /**
   * Tells what happens to pods from now on, until the time is over, the signal comes or the server ends it: then ask anew, and take
   * it that something has changed meanwhile. Throws a ClusterError when it cannot be begun or breaks off.
   */
  async watchPods({ nodeName, signal, timeoutMs, onOpen, onPod }: PodWatch, options?: Omit<ClusterCallOptions, 'signal' | 'timeoutMs'>): Promise<void> {
    const path = '/api/v1/pods';
    const filter = { fieldSelector: nodeName === undefined ? undefined : `spec.nodeName=${nodeName}` };
    // Without a version every pod that exists would be sent first.
    const { resourceVersion } = await this.transport.json({ method: 'GET', path, query: { ...filter, limit: 1 } }, listVersionSchema, { ...options, signal });
    const query = { ...filter, watch: 1, resourceVersion, allowWatchBookmarks: 'true', timeoutSeconds: Math.ceil(timeoutMs / 1000) };
    if (signal.aborted) return;
    const ending = new AbortController();
    const stop = (): void => ending.abort();
    signal.addEventListener('abort', stop, { once: true });
    try {
      await this.transport.streamLines({ method: 'GET', path, query }, { ...options, signal: ending.signal, timeoutMs, onOpen }, (line) => {
        const event = readPodFrame(line);
        if (event === 'ended') stop();
        else if (event) onPod(event);
      });
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  /**
   * Makes an object be as the manifest says (server-side apply): creates or changes it, takes over fields that others set, and
   * leaves fields alone that the manifest does not name. May be repeated.
   */
  async applyManifest(manifest: KubernetesManifest, options?: ClusterCallOptions): Promise<void> {
    const { apiVersion, kind, metadata } = manifest;
    const { plural, namespaced } = await this.servedKind(apiVersion, kind, options);
    const namespace = namespaced ? `/namespaces/${encodeURIComponent(metadata.namespace ?? 'default')}` : '';
    const call: ClusterRequest = {
      method: 'PATCH',
      path: `${groupPath(apiVersion)}${namespace}/${plural}/${encodeURIComponent(metadata.name)}`,
      query: { fieldManager, force: 'true' },
      contentType: 'application/apply-patch+yaml', // every JSON text is YAML
      body: manifest,
    };
    this.transport.accept(call, await this.transport.send(call, options));
  }

  /** Gives a container of a workload another image and leaves all else of it alone. `missing`: there is no such workload. May be repeated. */
  async setImage({ kind, namespace, name, container, image }: ComponentImage, options?: ClusterCallOptions): Promise<'set' | 'missing'> {
    const call: ClusterRequest = {
      method: 'PATCH',
      path: `/apis/apps/v1/namespaces/${encodeURIComponent(namespace)}/${kind === 'DaemonSet' ? 'daemonsets' : 'deployments'}/${encodeURIComponent(name)}`,
      query: { fieldManager },
      // Of the three kinds of patches the one that finds an element of a list by its name.
      contentType: 'application/strategic-merge-patch+json',
      body: { spec: { template: { spec: { containers: [{ name: container, image }] } } } },
    };
    const answer = await this.transport.send(call, options);
    if (answer.status === 404) return 'missing';
    this.transport.accept(call, answer);
    return 'set';
  }

  /** All objects below a path, page by page. */
  list<Item>(
    path: string,
    schema: z.ZodType<{ readonly metadata: { readonly continue?: string | undefined }; readonly items: readonly Item[] }>,
    options?: ClusterCallOptions,
  ): Promise<Item[]> {
    return this.listAll(path, {}, schema, options);
  }

  /** Asks for an object's deletion; what depends on it follows. One that is not there is no error. */
  async deleteObject(path: string, options?: ClusterCallOptions): Promise<void> {
    const call: ClusterRequest = { method: 'DELETE', path, query: { propagationPolicy: 'Background' } };
    const answer = await this.transport.send(call, options);
    if (answer.status !== 404) this.transport.accept(call, answer);
  }

  /** Makes the cluster accept the token for joining. May be repeated. */
  ensureBootstrapToken(token: BootstrapToken, options?: ClusterCallOptions): Promise<void> {
    return this.applyManifest(bootstrapTokenSecret(token), options);
  }

  async deleteBootstrapToken(token: string, options?: ClusterCallOptions): Promise<void> {
    const path = `/api/v1/namespaces/${bootstrapTokenNamespace}/secrets/${bootstrapTokenSecretName(token)}`;
    const call: ClusterRequest = { method: 'DELETE', path };
    const answer = await this.transport.send(call, options);
    if (answer.status !== 404) this.transport.accept(call, answer);
  }

  /**
   * A stream of bytes to a port of a running pod, through the API server. The deadline is for opening it; the signal ends it at any
   * time. Throws ClusterRefusedError for a pod that is not there. A port where nobody listens is known only later: then the stream
   * fails with a PortForwardError. `close` does not end it: that is the caller's business.
   */
  async portForward(target: PodPort, options?: ClusterCallOptions): Promise<Duplex> {
    const path = `/api/v1/namespaces/${encodeURIComponent(target.namespace)}/pods/${encodeURIComponent(target.pod)}/portforward`;
    const key = drawKey();
    const handshake = { headers: handshakeHeaders(key), problemOf: handshakeProblem.bind(undefined, key) };
    const socket = await this.transport.openWebSocket({ method: 'GET', path, query: { ports: target.port } }, handshake, options);
    const stream = new ForwardedPort(socket, this.access.clusterId, target);
    return options?.signal ? addAbortSignal(options.signal, stream) : stream;
  }

  /** Lets calls in flight end, then closes the connections. */
  async close(): Promise<void> {
    await this.transport.close();
  }

  private async listAll<Item>(
    path: string,
    filter: Readonly<Record<string, string>>,
    schema: z.ZodType<{ readonly metadata: { readonly continue?: string | undefined }; readonly items: readonly Item[] }>,
    options?: ClusterCallOptions,
  ): Promise<Item[]> {
    const items: Item[] = [];
    let next: string | undefined;
    do {
      const page = await this.transport.json({ method: 'GET', path, query: { ...filter, limit: pageSize, continue: next } }, schema, options);
      items.push(...page.items);
      next = page.metadata.continue === '' ? undefined : page.metadata.continue;
    } while (next !== undefined);
    return items;
  }

  private async servedKind(apiVersion: string, kind: string, options?: ClusterCallOptions): Promise<ServedKind> {
    const known = this.kinds.get(`${apiVersion} ${kind}`);
    if (known) return known;
    for (const resource of await this.servedResources(apiVersion, options)) {
      // Names with a slash are parts of objects, such as pods/status.
      if (!resource.name.includes('/')) this.kinds.set(`${apiVersion} ${resource.kind}`, { plural: resource.name, namespaced: resource.namespaced });
    }
    const found = this.kinds.get(`${apiVersion} ${kind}`);
    if (found) return found;
    const detail = `no objects of kind ${kind} in ${apiVersion}`;
    throw new ClusterKindMissingError({ clusterId: this.access.clusterId, call: `GET ${groupPath(apiVersion)}`, status: 404, reason: 'NotFound', detail });
  }

  /** None when the cluster does not serve the group at all. */
  private async servedResources(apiVersion: string, options?: ClusterCallOptions): Promise<z.output<typeof resourceListSchema>['resources']> {
    return (await noneWhenMissing(this.transport.json({ method: 'GET', path: groupPath(apiVersion) }, resourceListSchema, options)))?.resources ?? [];
  }
}

/** The core group has no name and lives elsewhere. */
const groupPath = (apiVersion: string): string => (apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`);

const nodePath = (nodeName: string): string => `/api/v1/nodes/${encodeURIComponent(nodeName)}`;

const podPath = ({ namespace, name }: Pod): string => `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(name)}`;

/** Undefined when the cluster does not know what was asked for. */
async function noneWhenMissing<Value>(asked: Promise<Value>): Promise<Value | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof ClusterRefusedError && error.status === 404) return undefined;
    throw error;
  }
}
