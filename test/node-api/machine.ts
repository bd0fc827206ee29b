import { createHash, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { Agent, request } from 'undici';

export interface NodeAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  readonly code: string | undefined;
}

/** A machine as node-api sees it: a P-256 key, and calls signed with it. */
export class Machine {
  readonly key: KeyObject;
  readonly publicKey: string;
  private readonly agent: Agent;

  constructor(
    private readonly url: string,
    caPem: string,
    private readonly nodeId: string,
    curve: 'P-256' | 'P-384' = 'P-256',
  ) {
    const pair = generateKeyPairSync('ec', { namedCurve: curve });
    this.key = pair.privateKey;
    this.publicKey = pair.publicKey.export({ format: 'der', type: 'spki' }).toString('base64');
    this.agent = new Agent({ connect: { ca: caPem } });
  }

  signature(text: string): string {
    return sign('sha256', Buffer.from(text), this.key).toString('base64');
  }

  claim(token: string, changes: Readonly<Record<string, unknown>> = {}): Promise<NodeAnswer> {
    const signature = this.signature(`jeroboam-claim\n${this.nodeId}\n${token}`);
    return this.send('POST', '/v1/bootstrap/claim', JSON.stringify({ node_id: this.nodeId, token, public_key: this.publicKey, signature, ...changes }), {});
  }

  payload(): Promise<NodeAnswer> {
    return this.signed('GET', '/v1/bootstrap/payload', '');
  }

  progress(phase: string, status: string, message = ''): Promise<NodeAnswer> {
    return this.signed('POST', '/v1/bootstrap/progress', JSON.stringify({ phase, status, message }));
  }

  signed(method: 'GET' | 'POST', path: string, body: string, { signedBody = body, timestamp = Math.floor(Date.now() / 1000) } = {}): Promise<NodeAnswer> {
    const digest = createHash('sha256').update(signedBody).digest('hex');
    return this.send(method, path, body, {
      'x-jeroboam-node': this.nodeId,
      'x-jeroboam-timestamp': String(timestamp),
      'x-jeroboam-signature': this.signature(`${method}\n${path}\n${timestamp}\n${digest}`),
    });
  }

  async send(method: 'GET' | 'POST', path: string, body: string, headers: Readonly<Record<string, string>>): Promise<NodeAnswer> {
    const response = await request(`${this.url}${path}`, {
      method,
      dispatcher: this.agent,
      headers: { ...headers, ...(body === '' ? {} : { 'content-type': 'application/json' }) },
      ...(body === '' ? {} : { body }),
    });
    const text = await response.body.text();
    return { status: response.statusCode, headers: response.headers, text, code: codeOf(text) };
  }

  close(): Promise<void> {
    return this.agent.close();
  }
}

function codeOf(text: string): string | undefined {
  return /"code":"([a-z-]+)"/.exec(text)?.[1];
}
