import { createHash, createPublicKey, verify, type KeyObject } from 'node:crypto';
import { createServer, type Server } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { PayloadFile } from '../../src/driver-contract/index.js';

export interface Progress {
  readonly phase: string;
  readonly status: string;
  readonly message: string;
}

interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
}

const error = (code: string): object => ({ error: { code, message: `The double says "${code}".` } });

/**
 * The far end of the boot scripts: speaks the node-api protocol over real TLS for one node, and checks every signature
 * with Node's own crypto. What it refused is in `refusals`, so that a test sees a wrong signature as such.
 */
export class NodeApiDouble {
  readonly calls: string[] = [];
  readonly progress: Progress[] = [];
  readonly refusals: string[] = [];
  /** Text of the payload; undefined = there is none yet. */
  payload: string | undefined;
  private readonly planned = new Map<string, Answer[]>();
  private key: KeyObject | undefined;
  private readonly server: Server;

  constructor(
    tls: { certPem: string; keyPem: string },
    private readonly node: { nodeId: string; claimToken: string },
  ) {
    this.server = createServer({ cert: tls.certPem, key: tls.keyPem }, (request, response) => {
      this.serve(request, response).catch((cause: unknown) => {
        this.refusals.push(String(cause));
        response.destroy();
      });
    });
  }

  async start(): Promise<number> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return (this.server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** The next calls of this kind (`claim`, `payload`, `progress`) are answered so, before anything is looked at. */
  plan(call: string, ...answers: Answer[]): void {
    this.planned.set(call, [...(this.planned.get(call) ?? []), ...answers]);
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const call = (request.url ?? '').replace('/v1/bootstrap/', '');
    this.calls.push(call);
    const planned = this.planned.get(call)?.shift();
    const answer = planned ? { ...planned, body: planned.status < 400 ? {} : error('planned') } : this.answer(call, request, Buffer.concat(chunks));
    const text = typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body);
    response.writeHead(answer.status, { ...planned?.headers }).end(answer.status === 204 ? undefined : text);
  }

  private answer(call: string, request: IncomingMessage, body: Buffer): { status: number; body: object | string } {
    if (call === 'claim' && request.method === 'POST') return this.claim(JSON.parse(body.toString()) as Record<string, string>);
    if (!this.isSigned(request, body)) return this.refuse(401, `${call}: signature`);
    if (call === 'payload' && request.method === 'GET') return this.payload === undefined ? { status: 404, body: error('no-payload') } : { status: 200, body: this.payload };
    if (call === 'progress' && request.method === 'POST') {
      this.progress.push(JSON.parse(body.toString()) as Progress);
      return { status: 204, body: '' };
    }
    return this.refuse(404, `${request.method ?? ''} ${request.url ?? ''}`);
  }

  private claim(claim: Record<string, string>): { status: number; body: object } {
    const { nodeId, claimToken } = this.node;
    const key = createPublicKey({ key: Buffer.from(claim['public_key'] ?? '', 'base64'), format: 'der', type: 'spki' });
    if (key.asymmetricKeyDetails?.namedCurve !== 'prime256v1') return this.refuse(400, 'claim: curve');
    if (claim['node_id'] !== nodeId || claim['token'] !== claimToken) return this.refuse(401, 'claim: token');
    const text = `jeroboam-claim\n${nodeId}\n${claimToken}`;
    if (!verify('sha256', Buffer.from(text), key, Buffer.from(claim['signature'] ?? '', 'base64'))) return this.refuse(401, 'claim: signature');
    if (this.key && !this.key.equals(key)) return this.refuse(409, 'claim: another key');
    this.key = key;
    return { status: 200, body: { node_id: nodeId } };
  }

  private isSigned(request: IncomingMessage, body: Buffer): boolean {
    const header = (name: string): string => String(request.headers[name]);
    const timestamp = header('x-jeroboam-timestamp');
    const digest = createHash('sha256').update(body).digest('hex');
    const text = [request.method, request.url, timestamp, digest].join('\n');
    return (
      this.key !== undefined &&
      header('x-jeroboam-node') === this.node.nodeId &&
      Math.abs(Number(timestamp) - Date.now() / 1000) < 60 &&
      verify('sha256', Buffer.from(text), this.key, Buffer.from(header('x-jeroboam-signature'), 'base64'))
    );
  }

  private refuse(status: number, what: string): { status: number; body: object } {
    this.refusals.push(what);
    return { status, body: error(what) };
  }
}

/** The payload as node-api sends it: one line a file. */
export const payloadText = (files: readonly PayloadFile[]): string =>
  files.map(({ mode, path, content }) => `${mode} ${path} ${Buffer.from(content).toString('base64')}\n`).join('');
