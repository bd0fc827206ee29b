import { createHash, randomBytes, randomInt, randomUUID } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { drawNodeName } from '../../domain/node-name.js';
import { secretNames } from '../../domain/secret-names.js';
import type { ClusterContext } from '../cluster-context.js';
import { groupSpecOf } from './group-spec.js';
import type { MissingNode } from './plan-missing-nodes.js';

/** How often a name is drawn anew when it was used before; the five random characters make even one repeat rare. */
const drawsMax = 20;

/** Stores new nodes with their names and their one-shot secrets; nothing is asked of the cloud yet. */
export async function drawNodes(context: ClusterContext, missing: readonly MissingNode[]): Promise<void> {
  if (missing.length === 0) return;
  await context.write(async (manager) => {
    for (const wanted of missing) {
      const { id, name } = await insertNode(context, manager, wanted);
      await context.say(manager, `Node ${name} was planned`, wanted.because, id);
    }
  });
}

async function insertNode(context: ClusterContext, manager: EntityManager, wanted: MissingNode): Promise<{ id: string; name: string }> {
  const { cluster, runtime } = context;
  const row = context.groups.find((candidate) => candidate.id === wanted.groupId);
  if (!row) throw new Error(`cluster ${cluster.id} has no group ${wanted.groupId}`);
  // A node that goes back to what was before names its revision; all others are as their group is to be.
  const revision = wanted.revision ?? row.revision;
  const group = groupSpecOf(context.specOf(revision), row.id);
  const id = randomUUID();
  const claimToken = randomBytes(32).toString('base64url');
  for (let draw = 0; draw < drawsMax; draw++) {
    const name = drawNodeName(cluster.name, group.name, randomInt);
    const inserted: unknown[] = await manager.query(
      `INSERT INTO nodes (id, cluster_id, node_group_id, slot_id, name, role, boot_mode, phase, claim_token_hash, image_id, flavor_id, revision, replaces_node_id, member_index)
       SELECT $1, $2, $3, $4, $5, $6, $7, 'planned', $8, $9, $10, $11, $12, coalesce(max(member_index) + 1, 0) FROM nodes WHERE node_group_id = $3
       ON CONFLICT (name) DO NOTHING RETURNING id`,
      [
        id,
        cluster.id,
        wanted.groupId,
        wanted.slotId,
        name,
        wanted.role,
        wanted.bootMode,
        createHash('sha256').update(claimToken).digest('hex'),
        group.imageId,
        group.flavorId,
        revision,
        wanted.replacesNodeId ?? null,
      ],
    );
    if (inserted.length === 0) continue;
    await runtime.secrets.put(manager, cluster.id, secretNames.claimToken(id), claimToken);
    if (wanted.bootMode !== 'init') await runtime.secrets.put(manager, cluster.id, secretNames.bootstrapToken(id), drawBootstrapToken());
    return { id, name };
  }
  throw new Error(`no unused node name found in ${drawsMax} draws`);
}

const tokenAlphabet = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** kubeadm's form of a token: six characters, a full stop, sixteen characters. */
function drawBootstrapToken(): string {
  const draw = (length: number): string => Array.from({ length }, () => tokenAlphabet.charAt(randomInt(tokenAlphabet.length))).join('');
  return `${draw(6)}.${draw(16)}`;
}
