import { Agent, request as httpsRequest } from 'node:https';
import { checkServerIdentity } from 'node:tls';
import type { Fields } from '../objects/kube-object.js';

export interface NodeCredentials {
  clientCertPem?: string;
  clientKeyPem?: string;
  bootstrapToken?: string;
}

export interface NodeAnswer {
  status: number;
  body: Fields;
}

const requestTimeoutMs = 10_000;

/**
 * A kubelet's HTTPS client. It speaks to the endpoint by its address on paper, through whatever really plays that
 * address, and verifies the server against the paper one.
 */
export class NodeClient {
  private readonly agent: Agent;
  private readonly host: string;
  private readonly port: number;

  constructor(
    endpoint: string,
    private readonly resolve: (host: string, port: number) => { host: string; port: number } | undefined,
    caPem: string,
    private readonly credentials: NodeCredentials,
    private readonly internalSecret: string,
  ) {
    const { hostname, port } = new URL(endpoint.includes('://') ? endpoint : `https://${endpoint}`);
    this.host = hostname;
    this.port = port === '' ? 6443 : Number(port);
    const { clientCertPem, clientKeyPem } = credentials;
    this.agent = new Agent({
      keepAlive: true,
      maxSockets: 1,
      maxCachedSessions: 0,
      ca: caPem,
      ...(clientCertPem !== undefined && { cert: clientCertPem, key: clientKeyPem }),
      checkServerIdentity: (_dialled, certificate) => checkServerIdentity(this.host, certificate),
    });
  }

  /** Any answer of the server, refusals included. @throws Error when there is none: nobody listens, wrong CA, no time. */
  async call(method: string, path: string, body?: object, contentType = 'application/json'): Promise<NodeAnswer> {
    const real = this.resolve(this.host, this.port);
    if (!real) throw new Error(`dial tcp ${this.host}:${this.port}: connect: connection refused`);
    const { bootstrapToken } = this.credentials;
    return new Promise<NodeAnswer>((resolve, reject) => {
      const request = httpsRequest(
        {
          ...{ ...real, method, path, agent: this.agent, timeout: requestTimeoutMs },
          headers: {
            'user-agent': 'kubelet/simulated',
            accept: 'application/json',
            'x-sim-internal': this.internalSecret,
            ...(body && { 'content-type': contentType }),
            ...(bootstrapToken !== undefined && { authorization: `Bearer ${bootstrapToken}` }),
          },
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', reject);
          response.on('end', () => {
            const text = Buffer.concat(chunks).toString('utf8');
            const isJson = (response.headers['content-type'] ?? '').startsWith('application/json');
            resolve({ status: response.statusCode ?? 0, body: isJson ? (JSON.parse(text) as Fields) : { message: text } });
          });
        },
      );
      request.on('timeout', () => request.destroy(new Error(`no answer from ${this.host}:${this.port} in ${requestTimeoutMs} ms`)));
      request.on('error', reject);
      request.end(body ? JSON.stringify(body) : undefined);
    });
  }

  close(): void {
    this.agent.destroy();
  }
}
