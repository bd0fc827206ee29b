import type { KeyObject } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { ObjectWriter } from '../objects/object-writer.js';
import type { ResourceCatalogue } from '../resources/resource-catalogue.js';
import type { Pod } from '../objects/workloads.js';
import type { ObjectStore } from '../store/object-store.js';

/** What every API server of a cluster shares. */
export interface ApiContext {
  store: ObjectStore;
  writer: ObjectWriter;
  catalogue: ResourceCatalogue;
  /** e.g. v1.32.4 */
  kubernetesVersion: string;
  serviceAccountPublicKey: KeyObject;
  serviceAccountPrivateKey: KeyObject;
  /** False while etcd has no quorum: reads and writes fail then, as behind a real API server. */
  hasQuorum(): boolean;
  /** Whether the API server gets through to the kubelet of this node. */
  isNodeReachable(nodeName: string): boolean;
  /** A connection to what listens on a port of a running pod; undefined when nothing does. */
  dialPod(pod: Pod, port: number): Socket | undefined;
  /** Faults that a test asked for: may wait, answer instead, or cut the connection. */
  obstruct(request: IncomingMessage, response: ServerResponse, body: string): Promise<'answered' | 'goes-on'>;
  log(message: string, fields: Record<string, unknown>): void;
}
