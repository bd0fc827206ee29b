import type { DataSource } from 'typeorm';
import { findNode, type BootingNode } from './booting-node.js';
import { NodeApiError } from './node-api-error.js';
import { callText, isSignedBy, readNodeKey } from './node-signature.js';

export interface SignedCall {
  readonly method: string;
  readonly path: string;
  readonly body: Buffer;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

export const nodeHeader = 'x-jeroboam-node';

/** The node that signed a call with the key it claimed with. Throws NodeApiError `not-authenticated`. */
export async function authenticateNode(dataSource: DataSource, call: SignedCall, clockSkewSeconds: number, now: Date): Promise<BootingNode> {
  const nodeId = call.headers[nodeHeader];
  const timestamp = call.headers['x-jeroboam-timestamp'];
  const signature = call.headers['x-jeroboam-signature'];
  if (typeof nodeId !== 'string' || typeof timestamp !== 'string' || typeof signature !== 'string') {
    throw new NodeApiError('not-authenticated', 'The headers X-Jeroboam-Node, X-Jeroboam-Timestamp and X-Jeroboam-Signature are needed.');
  }
  if (!/^\d{1,12}$/.test(timestamp)) throw new NodeApiError('not-authenticated', 'X-Jeroboam-Timestamp must be seconds since 1970.');
  const skew = Math.abs(now.getTime() / 1000 - Number(timestamp));
  if (skew > clockSkewSeconds) throw new NodeApiError('not-authenticated', `The machine's clock differs by ${Math.round(skew)} s; at most ${clockSkewSeconds} s are accepted.`);
  const node = await findNode(dataSource.manager, nodeId);
  const key = node?.claim_key ? readNodeKey(node.claim_key) : undefined;
  const text = callText({ method: call.method, path: call.path, timestamp, body: call.body });
  if (!node || !key || !isSignedBy(key, text, signature)) {
    throw new NodeApiError('not-authenticated', 'Unknown node, a node that nobody claimed, or a bad signature.');
  }
  return node;
}
