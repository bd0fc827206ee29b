import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

/** RFC 6455, section 1.3. */
const acceptSuffix = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const opcodes = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;
/** What golang.org/x/net/websocket takes. */
const payloadLimitBytes = 32 * 1024 * 1024;

export interface WebSocketHandlers {
  onMessage(message: Buffer): void;
  onClose(): void;
}

/** The first offered protocol that is supported; '' when none is offered; undefined when none fits. */
export function negotiate(request: IncomingMessage, supported: readonly string[]): string | undefined {
  const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim()).filter((name) => name !== '');
  return offered.length === 0 ? '' : offered.find((name) => supported.includes(name));
}

export const isWebSocketRequest = ({ headers }: IncomingMessage): boolean =>
  headers.upgrade?.toLowerCase() === 'websocket' && /(^|,\s*)upgrade(\s*,|$)/i.test(headers.connection ?? '');

/** The server's side of a web socket: unmasked frames out, masked frames in. */
export class ServerWebSocket {
  private rest: Buffer = Buffer.alloc(0);
  private parts: Buffer[] = [];
  private isClosed = false;

  constructor(
    private readonly socket: Duplex,
    private readonly handlers: WebSocketHandlers,
  ) {}

  accept(request: IncomingMessage, protocol: string, head: Buffer): void {
    const key = request.headers['sec-websocket-key'] ?? '';
    const digest = createHash('sha1').update(`${key}${acceptSuffix}`).digest('base64');
    const lines = ['HTTP/1.1 101 Switching Protocols', 'Upgrade: websocket', 'Connection: Upgrade', `Sec-WebSocket-Accept: ${digest}`, ...(protocol === '' ? [] : [`Sec-WebSocket-Protocol: ${protocol}`])];
    this.socket.write(`${lines.join('\r\n')}\r\n\r\n`);
    this.socket.on('data', (chunk: Buffer) => this.receive(chunk));
    this.socket.on('error', () => this.ended());
    this.socket.on('close', () => this.ended());
    this.socket.on('end', () => this.close());
    if (head.length > 0) this.receive(head);
  }

  /** False when the reader is slow: wait for `drained`. */
  send(message: Buffer): boolean {
    return this.isClosed || this.frame(opcodes.binary, message);
  }

  drained(then: () => void): void {
    this.socket.once('drain', then);
  }

  pause(): void {
    this.socket.pause();
  }

  resume(): void {
    this.socket.resume();
  }

  close(): void {
    if (this.isClosed) return;
    this.frame(opcodes.close, Buffer.from([0x03, 0xe8]));
    this.socket.end();
    this.ended();
  }

  private ended(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.handlers.onClose();
  }

  private frame(opcode: number, payload: Buffer): boolean {
    const { length } = payload;
    const header = length < 126 ? Buffer.from([0x80 | opcode, length]) : length < 0x1_0000 ? Buffer.alloc(4) : Buffer.alloc(10);
    header[0] = 0x80 | opcode;
    if (header.length === 4) {
      header[1] = 126;
      header.writeUInt16BE(length, 2);
    } else if (header.length === 10) {
      header[1] = 127;
      header.writeBigUInt64BE(BigInt(length), 2);
    }
    return this.socket.write(Buffer.concat([header, payload]));
  }

  private receive(chunk: Buffer): void {
    this.rest = Buffer.concat([this.rest, chunk]);
    while (!this.isClosed && this.takeFrame());
  }

  private takeFrame(): boolean {
    const { rest } = this;
    const [first, second] = rest;
    if (first === undefined || second === undefined) return false;
    const short = second & 0x7f;
    const maskAt = short === 126 ? 4 : short === 127 ? 10 : 2;
    if (rest.length < maskAt + 4) return false;
    const length = short === 126 ? rest.readUInt16BE(2) : short === 127 ? Number(rest.readBigUInt64BE(2)) : short;
    if ((second & 0x80) === 0 || length > payloadLimitBytes) {
      this.socket.destroy();
      return false;
    }
    const start = maskAt + 4;
    if (rest.length < start + length) return false;
    const payload = Buffer.from(rest.subarray(start, start + length));
    for (let index = 0; index < length; index += 1) payload[index] = (payload[index] ?? 0) ^ (rest[maskAt + (index % 4)] ?? 0);
    this.rest = rest.subarray(start + length);
    this.take(first & 0x0f, (first & 0x80) !== 0, payload);
    return true;
  }

  private take(opcode: number, isFinal: boolean, payload: Buffer): void {
    if (opcode === opcodes.close) this.close();
    else if (opcode === opcodes.ping) this.frame(opcodes.pong, payload);
    else if (opcode !== opcodes.pong) {
      this.parts.push(payload);
      if (!isFinal) return;
      const message = Buffer.concat(this.parts);
      this.parts = [];
      this.handlers.onMessage(message);
    }
  }
}
