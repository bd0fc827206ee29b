import { describe, expect, it } from '@jest/globals';
import { encodeClientFrame, FrameError, opcodes, ServerFrameReader } from './web-socket-frames.js';

const mask = Buffer.from([0x37, 0xfa, 0x21, 0x3d]);

describe('a frame from a client', () => {
  it('is the example of RFC 6455, section 5.7', () => {
    expect(encodeClientFrame(opcodes.text, Buffer.from('Hello'), mask)).toEqual(Buffer.from([0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58]));
  });

  it.each([
    [125, 2 + 4],
    [126, 4 + 4],
    [65_535, 4 + 4],
    [65_536, 10 + 4],
  ])('of %i bytes has a head of %i', (length, head) => {
    expect(encodeClientFrame(opcodes.binary, Buffer.alloc(length), mask)).toHaveLength(head + length);
  });
});

describe('frames from a server', () => {
  const hello = Buffer.from([0x81, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f]);

  it('come whole however they were cut', () => {
    const long = Buffer.concat([Buffer.from([0x82, 0x7e, 0x01, 0x00]), Buffer.alloc(256, 7)]);
    const longer = Buffer.concat([Buffer.from([0x02, 0x7f, 0, 0, 0, 0, 0, 1, 0, 0]), Buffer.alloc(65_536, 9)]);
    const reader = new ServerFrameReader(100_000);
    const frames = [...Buffer.concat([hello, long, longer])].flatMap((byte) => reader.push(Buffer.of(byte)));
    expect(frames.map(({ isFinal, opcode, payload }) => [isFinal, opcode, payload.length])).toEqual([[true, 1, 5], [true, 2, 256], [false, 2, 65_536]]);
    expect(new ServerFrameReader(10).push(Buffer.concat([hello, hello]))).toHaveLength(2);
  });

  it.each([
    ['that is too large', Buffer.from([0x82, 0x7f, 0x7f, 0xff, 0xff, 0xff, 0, 0, 0, 0])],
    ['with a mask', Buffer.from([0x82, 0x81])],
    ['with an extension', Buffer.from([0xc2, 0x01])],
  ])('refuse one %s before it has come', (_what, start) => {
    expect(() => new ServerFrameReader(1000).push(start)).toThrow(FrameError);
  });
});
