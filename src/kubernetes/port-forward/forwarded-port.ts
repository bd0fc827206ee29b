import { randomBytes } from 'node:crypto';
import { Duplex } from 'node:stream';
import { failureReason } from '../../domain/failure-reason.js';
import { PortForwardError, type PodPort } from './port-forward-error.js';
import { encodeClientFrame, FrameError, opcodes, ServerFrameReader, type Frame } from './web-socket-frames.js';

/** Each message starts with the number of its channel; a port has two of them. */
const dataChannel = 0;
const errorChannel = 1;

/** On both channels the first thing sent is the port, 16 bits, little endian. */
const portHeaderLength = 2;

/** Kubelets send what a read of 32 KiB gave; the error channel carries sentences. */
const frameLimitBytes = 1024 * 1024;
const errorTextLimit = 2_000;

/** What we put into one message. */
const messageBytesMax = 64 * 1024;

const normalClosure = Buffer.from([0x03, 0xe8]); // 1000

/**
 * One port of a pod as a stream of bytes over the web socket of a port-forward (protocol `v4.channel.k8s.io`: kubelet's
 * pkg/kubelet/cri/streaming/portforward/websocket.go, in staging/src/k8s.io/kubelet since 1.31). Reading slowly slows the
 * sender. There is no half-close: ending the stream ends the tunnel. It is destroyed with a PortForwardError when the pod's
 * port refuses or the tunnel breaks.
 */
export class ForwardedPort extends Duplex {
  private readonly frames = new ServerFrameReader(frameLimitBytes);
  private readonly headersMissing = [portHeaderLength, portHeaderLength];
  private message: Buffer[] = [];
  private errorText = '';
  private hasEnded = false;
  private closeSent = false;

  constructor(
    private readonly socket: Duplex,
    private readonly clusterId: string,
    private readonly target: PodPort,
  ) {
    super({ allowHalfOpen: false });
    socket.on('data', (chunk: Buffer) => this.receive(chunk));
    socket.on('error', (error) => this.destroy(this.failure(failureReason(error), error)));
    socket.on('close', () => this.finish('the connection to the API server was cut'));
    socket.on('end', () => this.finish('the API server ended the connection'));
  }

  override _read(): void {
    this.socket.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    for (let start = 0; start < chunk.length; start += messageBytesMax) {
      const part = chunk.subarray(start, start + messageBytesMax);
      const isLast = start + messageBytesMax >= chunk.length;
      this.send(opcodes.binary, Buffer.concat([Buffer.of(dataChannel), part]), isLast ? done : undefined);
    }
    if (chunk.length === 0) done();
  }

  override _final(done: (error?: Error | null) => void): void {
    this.sendClose();
    this.socket.end();
    done();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.sendClose();
    this.socket.destroy();
    done(error);
  }

  private send(opcode: number, payload: Buffer, done?: (error?: Error | null) => void): void {
    if (this.socket.destroyed || this.socket.writableEnded) done?.(this.failure('the tunnel is closed'));
    else this.socket.write(encodeClientFrame(opcode, payload, randomBytes(4)), (error) => done?.(error ? this.failure(failureReason(error), error) : null));
  }

  private sendClose(): void {
    if (this.closeSent) return;
    this.closeSent = true;
    this.send(opcodes.close, normalClosure);
  }

  private receive(chunk: Buffer): void {
    try {
      for (const frame of this.frames.push(chunk)) this.receiveFrame(frame);
    } catch (error) {
      if (!(error instanceof FrameError)) throw error;
      this.destroy(this.failure(`the API server broke the web socket's protocol with ${error.message}`, error));
    }
  }

  private receiveFrame({ opcode, payload, isFinal }: Frame): void {
    switch (opcode) {
      case opcodes.ping:
        this.send(opcodes.pong, payload);
        return;
      case opcodes.pong:
        return;
      case opcodes.close:
        this.finish(null);
        return;
      case opcodes.text:
      case opcodes.binary:
      case opcodes.continuation:
        this.message.push(payload);
        if (this.message.reduce((sum, part) => sum + part.length, 0) > frameLimitBytes) throw new FrameError(`a message of more than ${frameLimitBytes} bytes`);
        if (!isFinal) return;
        this.receiveMessage(Buffer.concat(this.message));
        this.message = [];
        return;
      default:
        throw new FrameError(`a frame of unknown kind ${opcode}`);
    }
  }

  private receiveMessage(message: Buffer): void {
    const [channel] = message;
    // An empty message means nothing; channels of other ports were not asked for.
    if (channel !== dataChannel && channel !== errorChannel) return;
    const missing = this.headersMissing[channel] ?? 0;
    const content = message.subarray(1 + missing);
    this.headersMissing[channel] = Math.max(0, missing - (message.length - 1));
    if (content.length === 0 || this.hasEnded) return;
    if (channel === errorChannel) this.errorText = (this.errorText + content.toString('utf8')).slice(0, errorTextLimit);
    else if (!this.push(content)) this.socket.pause();
  }

  /** `cut` says how it ended when it was not by a closing message. */
  private finish(cut: string | null): void {
    if (this.hasEnded) return;
    this.hasEnded = true;
    if (this.errorText !== '') this.destroy(this.failure(this.errorText.replace(/\s+/g, ' ').trim()));
    else if (cut !== null && !this.closeSent) this.destroy(this.failure(cut));
    else this.push(null);
  }

  private failure(detail: string, cause?: unknown): PortForwardError {
    return new PortForwardError(this.clusterId, this.target, detail, { cause });
  }
}
