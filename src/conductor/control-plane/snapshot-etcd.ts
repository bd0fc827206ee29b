import { createWriteStream } from 'node:fs';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { EtcdError } from '../../kubernetes/etcd/etcd-error.js';
import type { ClusterContext } from '../cluster-context.js';
import { done, type StepResult } from '../operation/operation.js';
import { ClusterEtcd } from './etcd-access.js';
import { snapshotsToDrop, type KeptSnapshot } from './snapshots-to-drop.js';

const suffix = '.db';

/**
 * Saves what is in the cluster's etcd before it is changed: once for each attempt of the operation, in a folder of the cluster
 * below ETCD_SNAPSHOT_DIR, the newest ETCD_SNAPSHOTS_KEPT of them. As etcd's own tools read it; it holds the cluster's secrets.
 */
export async function snapshotEtcd(context: ClusterContext): Promise<StepResult> {
  const { cluster, operation, runtime } = context;
  const base = runtime.config.ETCD_SNAPSHOT_DIR;
  if (base === undefined) {
    await context.write((manager) => context.say(manager, 'No snapshot of etcd was saved', 'no folder for them is configured (ETCD_SNAPSHOT_DIR)'));
    return done;
  }
  const folder = join(base, cluster.id);
  const file = `${operation.id}-${operation.attempt}${suffix}`;
  const kept = await listSnapshots(folder);
  if (kept.some(({ name }) => name === file)) return done;
  const etcd = await ClusterEtcd.open(context);
  try {
    const nodes = context.presentNodes.filter(({ role, phase }) => role === 'control-plane' && phase === 'ready');
    const view = await etcd.look(nodes);
    const source = view?.members.find(({ id, isLearner }) => !isLearner && view.healthOf.get(id)?.isHealthy === true);
    if (!source) return context.waiting('a healthy member of etcd to save a snapshot of');
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const partial = join(folder, `${file}.partial`);
    const { sizeBytes, sha256 } = await (await etcd.on(source.name)).saveSnapshot(createWriteStream(partial, { mode: 0o600 }), { signal: context.signal });
    context.assertHeld();
    await rename(partial, join(folder, file));
    await context.write((manager) => context.say(manager, `A snapshot of etcd was saved as ${join(folder, file)}`, `${sizeBytes} bytes of member ${source.name}, SHA-256 ${sha256}`));
  } catch (error) {
    if (error instanceof EtcdError && error.retryable) return context.waiting(`a snapshot of etcd: ${error.message}`);
    throw error;
  } finally {
    await etcd.close();
  }
  for (const name of snapshotsToDrop(await listSnapshots(folder), runtime.config.ETCD_SNAPSHOTS_KEPT)) await rm(join(folder, name), { force: true });
  return done;
}

async function listSnapshots(folder: string): Promise<KeptSnapshot[]> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const names = await readdir(folder);
  return Promise.all(names.map(async (name) => ({ name, savedAt: (await stat(join(folder, name))).mtime, isWhole: name.endsWith(suffix) })));
}
