import { createHash, createPrivateKey, createPublicKey } from 'node:crypto';
import { seedUuid } from '../ids.js';
import { userId } from '../keystone/seed-identity.js';
import type { SeedRegister } from '../seed-register.js';
import type { ComputeStore } from './compute-store.js';
import { newKeypair } from './keypairs.routes.js';

const flavors = [
  { name: 'm1.tiny', vcpus: 1, ram: 512, disk: 1 },
  { name: 'm1.small', vcpus: 2, ram: 2048, disk: 20 },
  { name: 'm1.medium', vcpus: 2, ram: 4096, disk: 40 },
  { name: 'm1.large', vcpus: 4, ram: 8192, disk: 80 },
];
const keypairs = [
  { user: 'demo', name: 'demo' },
  { user: 'admin', name: 'demo' },
  { user: 'other', name: 'other' },
];
/** Enough for anti-affinity among the members of a large control plane. */
const hostCount = 8;

export function seedCompute(store: ComputeStore, seeds: SeedRegister): void {
  for (const { name, vcpus, ram, disk } of flavors) seeds.ensure(store.flavors, { id: seedUuid('flavor', name), name, vcpus, ram, disk });
  for (const { user, name } of keypairs) seeds.ensure(store.keypairs, newKeypair({ store }, userId(user), name, publicKeyOf(name)));
  for (let number = 1; number <= hostCount; number += 1) {
    const host = `compute-${number}`;
    seeds.ensure(store.services, { id: seedUuid('compute-service', host), number, host, status: 'enabled', disabled_reason: null, forced_down: false });
  }
}

/** PKCS #8 wrapping of the 32 bytes of an ed25519 private key (RFC 8410). */
const pkcs8Head = Buffer.from('302e020100300506032b657004220420', 'hex');

/** A real ed25519 key in OpenSSH's form, the same in every instance; nobody needs its private half. */
function publicKeyOf(name: string): string {
  const secret = createHash('sha256').update(`keypair/${name}`).digest();
  const key = createPublicKey(createPrivateKey({ key: Buffer.concat([pkcs8Head, secret]), format: 'der', type: 'pkcs8' }));
  const raw = key.export({ format: 'der', type: 'spki' }).subarray(-32);
  const field = (bytes: Buffer): Buffer => Buffer.concat([Buffer.from([0, 0, 0, bytes.length]), bytes]);
  return `ssh-ed25519 ${Buffer.concat([field(Buffer.from('ssh-ed25519')), field(raw)]).toString('base64')} ${name}@simulated\n`;
}
