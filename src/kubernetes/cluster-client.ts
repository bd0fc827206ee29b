import { addAbortSignal, type Duplex } from 'node:stream';
import { z } from 'zod';
import type { BootstrapToken, KubernetesManifest } from '../driver-contract/index.js';
import { bootstrapTokenNamespace, bootstrapTokenSecret, bootstrapTokenSecretName } from './bootstrap-token.js';
import type { ClusterAccess } from './cluster-access.js';
import type { ClusterClientOptions } from './cluster-client-options.js';
import { ClusterKindMissingError, ClusterRefusedError } from './cluster-error.js';
import { nodeListSchema, type ClusterNode } from './cluster-node.js';
import { ForwardedPort } from './port-forward/forwarded-port.js';
import type { PodPort } from './port-forward/port-forward-error.js';
import { drawKey, handshakeHeaders, handshakeProblem } from './port-forward/web-socket-handshake.js';
import { ClusterTransport, type ClusterCallOptions, type ClusterRequest } from './cluster-transport.js';

/** Owner of the fields that we apply. */
const fieldManager = 'jeroboam';

/** Nodes in a page of a list. */
const pageSize = 500;

interface ServedKind {
  readonly plural: string;
  readonly namespaced: boolean;
}

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

  async listNodes(options?: ClusterCallOptions): Promise<ClusterNode[]> {
    const nodes: ClusterNode[] = [];
    let next: string | undefined;
    do {
      const query = { limit: pageSize, continue: next };
      const page = await this.transport.json({ method: 'GET', path: '/api/v1/nodes', query }, nodeListSchema, options);
      nodes.push(...page.items);
      next = page.metadata.continue === '' ? undefined : page.metadata.continue;
    } while (next !== undefined);
    return nodes;
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
    try {
      return (await this.transport.json({ method: 'GET', path: groupPath(apiVersion) }, resourceListSchema, options)).resources;
    } catch (error) {
      if (error instanceof ClusterRefusedError && error.status === 404) return [];
      throw error;
    }
  }
}

/** The core group has no name and lives elsewhere. */
const groupPath = (apiVersion: string): string => (apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`);
