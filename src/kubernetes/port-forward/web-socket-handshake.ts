import { createHash, randomBytes } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** Channels marked by a leading byte, raw bytes in them. Every kubelet of 1.20 and later speaks it for port-forward. */
export const channelProtocol = 'v4.channel.k8s.io';

/** RFC 6455, section 1.3. */
const acceptSuffix = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

export const drawKey = (): string => randomBytes(16).toString('base64');

export const handshakeHeaders = (key: string): Record<string, string> => ({
  'sec-websocket-version': '13',
  'sec-websocket-key': key,
  'sec-websocket-protocol': channelProtocol,
});

/** Why the answer to the handshake is none, or undefined when all is well. */
export function handshakeProblem(key: string, headers: IncomingHttpHeaders): string | undefined {
  const expected = createHash('sha1').update(`${key}${acceptSuffix}`).digest('base64');
  if (headers['sec-websocket-accept'] !== expected) return 'the answer to the web socket handshake does not belong to it';
  const protocol = headers['sec-websocket-protocol'];
  return protocol === channelProtocol ? undefined : `the API server chose the protocol ${protocol ?? 'none'}, not ${channelProtocol}`;
}
