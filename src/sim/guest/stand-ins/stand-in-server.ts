import { randomBytes } from 'node:crypto';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** A command as a stand-in hands it over. */
export interface StandInCall {
  command: string;
  args: string[];
  /** As the host names it. */
  workingDirectory: string;
  /** What came on standard input; read only when an argument asks for it (`-`, `/dev/stdin`). */
  input: string;
  environment: { KUBECONFIG: string; HTTPS_PROXY: string; NO_PROXY: string };
  /** Aborted when the command's process has gone away. */
  signal: AbortSignal;
}

/** `code` -1 lets the stand-in run the host's own command. */
export interface StandInAnswer {
  code: number;
  stdout?: string;
  stderr?: string;
}

export type StandInHandler = (call: StandInCall) => Promise<StandInAnswer>;

/** A call without arguments and NULs is a few kilobytes; more is a mistake. */
const CALL_BYTES_MAX = 1024 * 1024;
const FIXED_FIELDS = 8;

/** Where the stand-ins of all machines connect to; a key in each machine's folder says which one speaks. */
export class StandInServer {
  private readonly handlers = new Map<string, StandInHandler>();
  private readonly sockets = new Map<Socket, string | undefined>();
  private readonly server: Server;
  private address: AddressInfo | undefined;
  readonly listening: Promise<void>;

  constructor(private readonly host: string) {
    this.server = createServer((socket) => this.serve(socket));
    this.listening = new Promise((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen({ host, port: 0 }, () => {
        this.address = this.server.address() as AddressInfo;
        resolve();
      });
    });
  }

  /** Opens a machine's channel; returns the line for its `channel` file. */
  open(handler: StandInHandler): { key: string; channel: string } {
    if (!this.address) throw new Error('the stand-in server does not listen yet');
    const key = randomBytes(16).toString('hex');
    this.handlers.set(key, handler);
    return { key, channel: `${this.host} ${this.address.port} ${key}\n` };
  }

  /** Commands that still run on this channel see their connection break. */
  closeChannel(key: string): void {
    this.handlers.delete(key);
    for (const [socket, owner] of this.sockets) if (owner === key) socket.destroy();
  }

  close(): Promise<void> {
    for (const socket of this.sockets.keys()) socket.destroy();
    return new Promise((resolve) => {
      this.server.close(() => {
        resolve();
      });
    });
  }

  private serve(socket: Socket): void {
    const gone = new AbortController();
    let received = '';
    this.sockets.set(socket, undefined);
    socket.setEncoding('utf8');
    // A killed script breaks its connection: that is the power switch at work, not an error.
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      this.sockets.delete(socket);
      gone.abort();
    });
    const onData = (chunk: string): void => {
      received += chunk;
      if (received.length > CALL_BYTES_MAX) socket.destroy();
      const fields = completeFields(received);
      if (!fields) return;
      socket.off('data', onData);
      socket.resume();
      void this.answer(socket, fields, gone.signal);
    };
    socket.on('data', onData);
  }

  private async answer(socket: Socket, fields: string[], signal: AbortSignal): Promise<void> {
    const [key = '', command = '', workingDirectory = '', input = '', KUBECONFIG = '', HTTPS_PROXY = '', NO_PROXY = '', , ...args] = fields;
    const handler = this.handlers.get(key);
    this.sockets.set(socket, key);
    if (!handler) {
      socket.destroy();
      return;
    }
    let answer: StandInAnswer;
    try {
      answer = await handler({ command, args, workingDirectory, input, environment: { KUBECONFIG, HTTPS_PROXY, NO_PROXY }, signal });
    } catch (error) {
      answer = { code: 70, stderr: `${command}: simulator error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n` };
    }
    const stdout = answer.stdout ?? '';
    const stderr = answer.stderr ?? '';
    socket.end(`${answer.code} ${Buffer.byteLength(stdout)} ${Buffer.byteLength(stderr)}\n${stdout}${stderr}`);
  }
}

/** The fields of a call once all have come: eight fixed ones, the last of which counts the arguments. */
function completeFields(received: string): string[] | undefined {
  const fields = received.split('\0');
  fields.pop();
  const count = Number(fields[FIXED_FIELDS - 1]);
  return fields.length >= FIXED_FIELDS && fields.length === FIXED_FIELDS + count ? fields : undefined;
}
