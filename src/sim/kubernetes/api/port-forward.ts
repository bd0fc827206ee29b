import { STATUS_CODES, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { authenticate } from '../auth/authentication.js';
import { forbidden, isAllowed } from '../auth/authorization.js';
import { impersonated } from '../auth/impersonation.js';
import { isPodFinished, type Pod } from '../objects/workloads.js';
import type { ApiContext } from './api-context.js';
import { requestInfoOf } from './request-info.js';
import { StatusError, badRequest, notFound } from './status-error.js';
import { isWebSocketRequest, negotiate, ServerWebSocket } from './web-socket.js';

/** The kubelet's; base64 is for old browsers, and SPDY for kubectl: neither is served here. */
const protocols = ['v4.channel.k8s.io'];

/**
 * A request to leave HTTP. Only a web socket to `pods/…/portforward` may: everything else gets the answer that the API server and,
 * behind it, the kubelet give. Each port has a channel for data and one for errors, and both begin with the port's number.
 */
export function handleUpgrade(context: ApiContext, request: IncomingMessage, socket: Duplex, head: Buffer): void {
  socket.on('error', () => socket.destroy());
  try {
    forwardPorts(context, request, socket, head);
  } catch (error) {
    if (error instanceof StatusError) refuse(socket, error.code, 'application/json', JSON.stringify(error.status));
    else {
      context.log('Kubernetes API upgrade failed', { url: request.url, error: String(error) });
      socket.destroy();
    }
  }
}

function forwardPorts(context: ApiContext, request: IncomingMessage, socket: Duplex, head: Buffer): void {
  const info = requestInfoOf(request.method ?? 'GET', request.url ?? '/');
  const user = impersonated(context.store, authenticate(context.store, context.serviceAccountPublicKey, request), request);
  if (!isAllowed(context.store, user, info)) throw forbidden(user, info);
  if (!context.hasQuorum()) throw new StatusError(500, undefined, 'etcdserver: request timed out');
  if (info.plural !== 'pods' || info.subresource !== 'portforward' || info.name === undefined) {
    refuse(socket, 404, 'text/plain; charset=utf-8', '404 page not found\n');
    return;
  }
  const pod = context.store.get<Pod>('pods', info.namespace, info.name);
  if (!pod) throw notFound({ group: '', plural: 'pods' }, info.name);
  if (!pod.spec.nodeName) throw badRequest(`pod ${info.name} does not have a host assigned`);
  if (!isWebSocketRequest(request)) throw badRequest('Upgrade request required');
  const ports = portsOf(info.query);
  if (typeof ports === 'string') {
    refuse(socket, 400, 'text/plain; charset=utf-8', `${ports}\n`);
    return;
  }
  if (!context.isNodeReachable(pod.spec.nodeName)) throw new StatusError(500, undefined, `error dialing backend: dial tcp ${pod.status.hostIP ?? pod.spec.nodeName}:10250: connect: connection refused`);
  const protocol = negotiate(request, protocols);
  if (protocol === undefined) {
    refuse(socket, 403, 'text/plain; charset=utf-8', '');
    return;
  }
  openTunnel(context, pod, ports, request, socket, head, protocol);
}

function openTunnel(context: ApiContext, pod: Pod, ports: number[], request: IncomingMessage, socket: Duplex, head: Buffer, protocol: string): void {
  const targets: (Socket | undefined)[] = [];
  const tunnel = new ServerWebSocket(socket, {
    onMessage: (message) => {
      const [channel = 255] = message;
      // Nobody reads what is sent on an error channel.
      const target = channel % 2 === 0 ? targets[channel / 2] : undefined;
      if (!target || message.length < 2 || target.write(message.subarray(1))) return;
      tunnel.pause();
      target.once('drain', () => tunnel.resume());
    },
    onClose: () => {
      for (const target of targets) target?.destroy();
    },
  });
  tunnel.accept(request, protocol, head);
  let open = ports.length;
  const ended = (): void => {
    open -= 1;
    if (open === 0) tunnel.close();
  };
  for (const [index, port] of ports.entries()) {
    const header = Buffer.alloc(2);
    header.writeUInt16LE(port);
    tunnel.send(Buffer.concat([Buffer.of(2 * index), header]));
    tunnel.send(Buffer.concat([Buffer.of(2 * index + 1), header]));
    const fail = (why: string): void => {
      const text = `error forwarding port ${port} to pod ${pod.metadata.uid}, uid : ${why}`;
      tunnel.send(Buffer.concat([Buffer.of(2 * index + 1), Buffer.from(text)]));
    };
    const target = isPodFinished(pod) || pod.status.phase === 'Pending' ? 'not running' : context.dialPod(pod, port);
    if (target === undefined || target === 'not running') {
      fail(target === undefined ? `failed to connect to localhost:${port} inside namespace: dial tcp4 127.0.0.1:${port}: connect: connection refused` : `sandbox container of pod ${pod.metadata.name} is not running`);
      ended();
      continue;
    }
    targets[index] = target;
    target.on('data', (chunk: Buffer) => {
      if (tunnel.send(Buffer.concat([Buffer.of(2 * index), chunk]))) return;
      target.pause();
      tunnel.drained(() => target.resume());
    });
    target.on('error', (error: Error) => fail(error.message));
    target.on('close', ended);
  }
}

/** `ports` as the API server takes them, repeated or with commas; the sentence that refuses them otherwise. */
function portsOf(query: URLSearchParams): number[] | string {
  const texts = query.getAll('ports').flatMap((text) => text.split(','));
  if (texts.length === 0) return 'query parameter "port" is required';
  const wrong = texts.find((text) => !/^\d+$/.test(text) || Number(text) < 1 || Number(text) > 65_535);
  return wrong === undefined ? texts.map(Number) : `unable to parse "${wrong}" as a port: invalid syntax`;
}

function refuse(socket: Duplex, status: number, contentType: string, body: string): void {
  const lines = [`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`, `Content-Type: ${contentType}`, `Content-Length: ${Buffer.byteLength(body)}`, 'Connection: close'];
  socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`);
}
