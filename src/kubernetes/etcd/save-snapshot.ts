import { createHash } from 'node:crypto';
import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { withDeadline } from '../../domain/deadline.js';
import { failureReason } from '../../domain/failure-reason.js';
import { snapshotLineSchema } from './etcd-answers.js';
import { EtcdError, EtcdSnapshotError } from './etcd-error.js';
import type { EtcdCallOptions, EtcdTransport } from './etcd-transport.js';

export interface EtcdSnapshot {
  /** Of what was written: the database and the digest behind it. */
  readonly sizeBytes: number;
  /** Of the database alone, in hexadecimal: what etcd itself put behind it. */
  readonly sha256: string;
}

export interface SnapshotOptions extends EtcdCallOptions {
  /** The other side is a tenant's machine. Without it 8 GiB, the largest database that etcd's documentation allows. */
  readonly sizeLimitBytes?: number;
}

const defaultTimeoutMs = 10 * 60_000;
const defaultSizeLimitBytes = 8 * 1024 ** 3;
const digestLength = 32;

/** Pages of the database are multiples of this; `etcdctl` tells by it whether a file carries a digest. */
const databaseBlockBytes = 512;

/** etcd sends 32 KiB (3.4, 3.5) or 64 KiB (3.6) of the database a line, in base64. */
const lineLimitBytes = 4 * 1024 * 1024;

const call = { name: 'snapshot', path: '/v3/maintenance/snapshot', body: {}, isRead: true };

/** See EtcdClient.saveSnapshot. No faster than the writable takes it. */
export async function saveSnapshot(transport: EtcdTransport, to: Writable, options: SnapshotOptions): Promise<EtcdSnapshot> {
  const { signal, timeoutMs = defaultTimeoutMs, sizeLimitBytes = defaultSizeLimitBytes } = options;
  const broken = (detail: string, cause?: unknown): EtcdSnapshotError => new EtcdSnapshotError({ endpoint: transport.endpoint, call: call.name, detail }, { cause });
  const tail = new DigestTail();
  try {
    await withDeadline(timeoutMs, signal, async (deadline) => {
      const lines = linesOf(await transport.open(call, deadline));
      const written = pipeline(async function* () {
        for await (const line of lines) {
          const chunk = blobOf(line, transport);
          tail.update(chunk);
          if (tail.sizeBytes > sizeLimitBytes) throw new Error(`it is larger than ${sizeLimitBytes} bytes`);
          yield chunk;
        }
        const problem = tail.problem();
        // Before the writable is told that all is well.
        if (problem !== undefined) throw new Error(problem);
      }, to, { signal: deadline });
      await written.catch((error: unknown) => {
        // The pipeline calls every abort the same.
        deadline.throwIfAborted();
        throw error;
      });
    });
  } catch (error) {
    to.destroy();
    signal?.throwIfAborted();
    throw error instanceof EtcdError ? error : broken(failureReason(error), error);
  }
  return { sizeBytes: tail.sizeBytes, sha256: tail.sha256() };
}

/** Digests all but the last 32 bytes, which are etcd's own digest of what went before. */
class DigestTail {
  sizeBytes = 0;
  private readonly hash = createHash('sha256');
  private tail: Buffer = Buffer.alloc(0);
  private digest: string | undefined;

  update(chunk: Buffer): void {
    this.sizeBytes += chunk.length;
    const joined = Buffer.concat([this.tail, chunk]);
    const cut = Math.max(0, joined.length - digestLength);
    this.hash.update(joined.subarray(0, cut));
    this.tail = joined.subarray(cut);
  }

  problem(): string | undefined {
    if (this.sizeBytes <= digestLength || this.sizeBytes % databaseBlockBytes !== digestLength) return `its ${this.sizeBytes} bytes are no database with a digest behind it`;
    return this.sha256() === this.tail.toString('hex') ? undefined : 'its digest does not belong to it';
  }

  sha256(): string {
    return (this.digest ??= this.hash.digest('hex'));
  }
}

function blobOf(line: string, transport: EtcdTransport): Buffer {
  const parsed = snapshotLineSchema.parse(JSON.parse(line));
  if ('result' in parsed) return Buffer.from(parsed.result.blob, 'base64');
  const { message, grpc_code: grpcCode, code = grpcCode } = parsed.error;
  throw transport.refusal(call, 500, JSON.stringify({ message, code }));
}

async function* linesOf(body: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let parts: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    let start = 0;
    for (let end = chunk.indexOf(0x0a); end >= 0; end = chunk.indexOf(0x0a, start)) {
      const line = Buffer.concat([...parts, chunk.subarray(start, end)]).toString('utf8');
      start = end + 1;
      parts = [];
      size = 0;
      if (line.trim() !== '') yield line;
    }
    parts.push(chunk.subarray(start));
    size += chunk.length - start;
    if (size > lineLimitBytes) throw new Error(`a line of it is longer than ${lineLimitBytes} bytes`);
  }
  const last = Buffer.concat(parts).toString('utf8');
  if (last.trim() !== '') yield last;
}
