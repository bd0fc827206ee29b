import { request } from 'node:https';
import { isIP } from 'node:net';
import { checkServerIdentity } from 'node:tls';
import type { AddressBook } from '../../sim-context.js';
import type { ClusterAccess } from './kubeconfig-files.js';

export interface ApiAnswer {
  status: number;
  body: Record<string, unknown>;
}

/** The API server could not be reached or was not who it should be; the message is the one that a Go client would print. */
export class ApiUnreachableError extends Error {}

/** How long one call may take. */
const CALL_MS = 10_000;
const ANSWER_BYTES_MAX = 16 * 1024 * 1024;

/** A machine's way to a Kubernetes API: addresses of the simulated networks lead to the real listeners that play them. */
export class ClusterApi {
  private readonly host: string;
  private readonly port: number;

  constructor(
    private readonly access: ClusterAccess,
    private readonly network: { addresses: AddressBook; serverId: string; ownAddress: string; hasNetwork: boolean; signal: AbortSignal },
  ) {
    const url = new URL(access.server);
    this.host = url.hostname.replace(/^\[|\]$/gu, '');
    this.port = Number(url.port === '' ? 443 : url.port);
  }

  get<Body>(path: string): Promise<{ status: number; body: Body }> {
    return this.call('GET', path) as Promise<{ status: number; body: Body }>;
  }

  call(method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: unknown, contentType = 'application/json'): Promise<ApiAnswer> {
    return new Promise((resolve, reject) => {
      const fail = (because: string): void => {
        reject(new ApiUnreachableError(`${method} "${this.access.server}${path}": ${because}`));
      };
      const target = this.dial();
      if (typeof target === 'string') {
        fail(target);
        return;
      }
      const payload = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
      const call = request(
        {
          method,
          path,
          host: target.host,
          port: target.port,
          agent: false,
          ca: this.access.caPem,
          cert: this.access.certificatePem,
          key: this.access.keyPem,
          rejectUnauthorized: this.access.caPem !== undefined,
          // The certificate must be for the name that the guest dialled, not for the listener that plays it.
          checkServerIdentity: (_host, certificate) => checkServerIdentity(this.host, certificate),
          ...(isIP(this.host) === 0 && { servername: this.host }),
          signal: AbortSignal.any([this.network.signal, AbortSignal.timeout(CALL_MS)]),
          headers: {
            host: `${this.host}:${this.port}`,
            accept: 'application/json',
            ...(payload && { 'content-type': contentType, 'content-length': payload.length }),
            ...(this.access.token !== undefined && { authorization: `Bearer ${this.access.token}` }),
          },
        },
        (response) => {
          const chunks: Buffer[] = [];
          let bytes = 0;
          response.on('data', (chunk: Buffer) => {
            bytes += chunk.length;
            if (bytes > ANSWER_BYTES_MAX) call.destroy(new Error('the answer is too large'));
            chunks.push(chunk);
          });
          response.on('error', (error) => {
            fail(error.message);
          });
          response.on('end', () => {
            resolve({ status: response.statusCode ?? 0, body: parseBody(Buffer.concat(chunks).toString('utf8')) });
          });
        },
      );
      call.on('error', (error) => {
        fail(describe(error));
      });
      call.end(payload);
    });
  }

  private dial(): { host: string; port: number } | string {
    const refused = `dial tcp ${this.host}:${this.port}: connect: connection refused`;
    const isLocal = this.host === 'localhost' || this.host === '127.0.0.1' || this.host === this.network.ownAddress;
    if (!isLocal && !this.network.hasNetwork) return `dial tcp ${this.host}:${this.port}: connect: no route to host`;
    const address = this.host === 'localhost' || this.host === '127.0.0.1' ? this.network.ownAddress : this.host;
    return this.network.addresses.resolve(address, this.port, this.network.serverId) ?? refused;
  }
}

function parseBody(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    // Health endpoints answer plain text.
    return { text };
  }
}

function describe(error: Error): string {
  const code = 'code' in error ? String(error.code) : '';
  switch (code) {
    case 'ECONNREFUSED':
      return 'connect: connection refused';
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'CERT_SIGNATURE_FAILURE':
      return 'tls: failed to verify certificate: x509: certificate signed by unknown authority';
    default:
      return error.message;
  }
}
