import { createServer, type Server } from 'node:net';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** 127.101.0.0 – 127.199.255.0; 127.100.0.0/16 belongs to real clouds set up on this machine for comparison. */
const secondByteFirst = 101;
const secondByteLast = 199;
/** Whoever listens on <range>.254 at this port owns the range; the kernel lets go of it when the process dies. */
const lockPort = 47_000;

export interface RangeLease {
  /** e.g. `127.101.7` */
  prefix: string;
  release(): Promise<void>;
}

/**
 * The /24 that this data directory used before, or a free one drawn at random and remembered there.
 * Throws when the remembered one stays taken (another simulator runs on this data directory).
 */
export async function leaseRange(dataDir: string): Promise<RangeLease> {
  mkdirSync(dataDir, { recursive: true });
  const file = join(dataDir, 'range');
  if (existsSync(file)) return leaseAgain(readFileSync(file, 'utf8').trim());
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const prefix = `127.${randomInt(secondByteFirst, secondByteLast + 1)}.${randomInt(0, 256)}`;
    const lock = await tryLock(prefix);
    if (!lock) continue;
    writeFileSync(file, `${prefix}\n`);
    return lease(prefix, lock);
  }
  throw new Error('no free range between 127.101.0.0 and 127.199.255.0 after 200 tries');
}

/** A killed predecessor may need a moment to disappear. */
async function leaseAgain(prefix: string): Promise<RangeLease> {
  const deadline = Date.now() + 5_000;
  for (;;) {
    const lock = await tryLock(prefix);
    if (lock) return lease(prefix, lock);
    if (Date.now() > deadline) throw new Error(`range ${prefix}.0/24 of this data directory is in use: is another simulator running on it?`);
    await delay(100);
  }
}

const lease = (prefix: string, lock: Server): RangeLease => ({
  prefix,
  release: () => new Promise((resolve) => lock.close(() => resolve())),
});

function tryLock(prefix: string): Promise<Server | undefined> {
  const server = createServer((socket) => socket.destroy());
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => (error.code === 'EADDRINUSE' ? resolve(undefined) : reject(error)));
    server.listen(lockPort, `${prefix}.254`, () => resolve(server));
  });
}
