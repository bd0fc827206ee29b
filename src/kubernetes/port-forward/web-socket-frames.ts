/**
 * Frames of RFC 6455, as far as a client of Kubernetes needs them. Written by hand because what we have does not do it: undici's
 * WebSocket neither tells the body of a refusal nor lets a reader hold back the sender, so a slow disk under an etcd snapshot
 * would fill our memory.
 */
export const opcodes = { continuation: 0x0, text: 0x1, binary: 0x2, close: 0x8, ping: 0x9, pong: 0xa } as const;

export interface Frame {
  readonly isFinal: boolean;
  readonly opcode: number;
  readonly payload: Buffer;
}

/** The other side broke the protocol, or sent more in one frame than it may. */
export class FrameError extends Error {}

const maskBit = 0x80;
const finalBit = 0x80;
const maskLength = 4;

/** One whole message from a client, masked as the RFC demands; `mask` are four random bytes. */
export function encodeClientFrame(opcode: number, payload: Buffer, mask: Buffer): Buffer {
  const extension = payload.length < 126 ? 0 : payload.length < 0x1_0000 ? 2 : 8;
  const start = 2 + extension + maskLength;
  const frame = Buffer.allocUnsafe(start + payload.length);
  frame[0] = finalBit | opcode;
  if (extension === 0) frame[1] = maskBit | payload.length;
  else if (extension === 2) {
    frame[1] = maskBit | 126;
    frame.writeUInt16BE(payload.length, 2);
  } else {
    frame[1] = maskBit | 127;
    frame.writeBigUInt64BE(BigInt(payload.length), 2);
  }
  mask.copy(frame, start - maskLength);
  for (const [index, byte] of payload.entries()) frame[start + index] = byte ^ (mask[index % maskLength] ?? 0);
  return frame;
}

/** Cuts what a server sends into frames. */
export class ServerFrameReader {
  private rest: Buffer = Buffer.alloc(0);

  constructor(private readonly payloadLimitBytes: number) {}

  /** The frames that are whole now. Throws FrameError for what no server may send. */
  push(chunk: Buffer): Frame[] {
    this.rest = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk]);
    const frames: Frame[] = [];
    for (let frame = this.next(); frame; frame = this.next()) frames.push(frame);
    return frames;
  }

  private next(): Frame | undefined {
    const { rest } = this;
    const [first, second] = rest;
    if (first === undefined || second === undefined) return undefined;
    if ((first & 0x70) !== 0) throw new FrameError('a frame with an extension that was not asked for');
    if ((second & maskBit) !== 0) throw new FrameError('a masked frame from a server');
    const short = second & 0x7f;
    const start = short === 126 ? 4 : short === 127 ? 10 : 2;
    if (rest.length < start) return undefined;
    const length = short === 126 ? rest.readUInt16BE(2) : short === 127 ? Number(rest.readBigUInt64BE(2)) : short;
    if (length > this.payloadLimitBytes) throw new FrameError(`a frame of ${length} bytes, more than ${this.payloadLimitBytes}`);
    if (rest.length < start + length) return undefined;
    this.rest = rest.subarray(start + length);
    return { isFinal: (first & finalBit) !== 0, opcode: first & 0x0f, payload: rest.subarray(start, start + length) };
  }
}
