import type { KeyObject } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { z } from 'zod';
import { endOfBoot, findActiveOperation, findNode, noteOfNode, type BootingNode } from './booting-node.js';
import type { NodeApiRuntime } from './node-api-runtime.js';
import { NodeApiError } from './node-api-error.js';
import { claimText, isSignedBy, isToken, keyText, readNodeKey } from './node-signature.js';

export const claimSchema = z.strictObject({
  node_id: z.guid(),
  token: z.string().min(1).max(200),
  public_key: z.base64().max(1000),
  signature: z.base64().max(1000),
});
export type Claim = z.infer<typeof claimSchema>;

/**
 * Binds a node to the key of the machine that calls first. The same key may ask again until the boot ends; another one
 * fails the node, because then somebody else has its token.
 */
export async function claimNode(runtime: NodeApiRuntime, claim: Claim): Promise<{ node_id: string }> {
  const key = readNodeKey(claim.public_key);
  if (!key) throw new NodeApiError('bad-request', 'public_key is no P-256 key (base64 of DER, SubjectPublicKeyInfo).');
  const node = await findNode(runtime.dataSource.manager, claim.node_id);
  if (!node || !isToken(claim.token, node.claim_token_hash) || !isSignedBy(key, claimText(claim.node_id, claim.token), claim.signature)) {
    throw new NodeApiError('not-authenticated', 'Unknown node, wrong token or bad signature.');
  }
  const outcome = await runtime.dataSource.transaction((manager) => bind(manager, node, key));
  if (outcome !== 'known') await wakeFor(runtime, node.cluster_id);
  if (outcome === 'refused') {
    runtime.log.warn({ message: 'A second machine claims a node', nodeId: node.id, clusterId: node.cluster_id });
    throw new NodeApiError('claimed-by-another', 'This node was claimed with another key.');
  }
  return { node_id: node.id };
}

/** Compare-and-set: of two machines at once exactly one binds. */
async function bind(manager: EntityManager, { id }: BootingNode, key: KeyObject): Promise<'bound' | 'known' | 'refused'> {
  const [, affected]: [unknown[], number] = await manager.query(
    `UPDATE nodes SET claim_key = $2, claimed_at = clock_timestamp(), updated_at = now()
     WHERE id = $1 AND claim_key IS NULL AND phase IN ('planned', 'building', 'booting') AND (boot_deadline IS NULL OR boot_deadline > clock_timestamp())`,
    [id, keyText(key)],
  );
  const node = await findNode(manager, id);
  if (!node) throw new NodeApiError('boot-ended', 'The boot of this node is over: it is gone.');
  if (affected === 1) {
    await noteOfNode(manager, node, { type: 'node', message: `Node ${node.name} was claimed by its machine`, because: null });
    return 'bound';
  }
  const isSameKey = node.claim_key === keyText(key);
  const end = endOfBoot(node);
  if (node.claim_key !== null && !isSameKey) {
    await recordIncident(manager, node);
    return 'refused';
  }
  if (end !== undefined) throw new NodeApiError('boot-ended', `The boot of this node is over: ${end}.`);
  return 'known';
}

async function recordIncident(manager: EntityManager, node: BootingNode): Promise<void> {
  const because = 'its claim token came with two different keys, so somebody besides its machine has it';
  await noteOfNode(manager, node, { type: 'incident', message: `A second machine tried to claim node ${node.name}`, because });
  await manager.query(
    `UPDATE nodes SET phase = 'failed', phase_reason = $2, updated_at = now() WHERE id = $1 AND phase IN ('planned', 'building', 'booting')`,
    [node.id, because],
  );
}

/** Best effort: the sweep finds the operation, if the queue cannot take the job. */
export async function wakeFor(runtime: NodeApiRuntime, clusterId: string): Promise<void> {
  const operationId = await findActiveOperation(runtime.dataSource.manager, clusterId);
  if (operationId !== undefined) await runtime.queue.wake(operationId);
}
