import type { EntityManager } from 'typeorm';
import type { ClusterNode } from '../../database/node.entity.js';
import { secretNames } from '../../domain/secret-names.js';
import type { BootstrapToken } from '../../driver-contract/index.js';
import type { ClusterContext } from '../cluster-context.js';

/** The kubeadm tokens of those of the nodes that still have one; they end with the operation's time. */
export async function bootstrapTokensOf(
  context: ClusterContext,
  manager: EntityManager,
  nodes: readonly ClusterNode[],
): Promise<BootstrapToken[]> {
  const { cluster, runtime, operation, now } = context;
  const names = nodes.map((node) => secretNames.bootstrapToken(node.id));
  const tokens = await runtime.secrets.findAll(manager, cluster.id, names);
  const expiresAt = operation.deadlineAt ?? new Date(now.getTime() + runtime.config.CREATE_TIMEOUT_MINUTES * 60_000);
  return nodes.flatMap((node) => {
    const token = tokens.get(secretNames.bootstrapToken(node.id));
    return token === undefined ? [] : [{ token, description: `node ${node.name}`, expiresAt: expiresAt.toISOString() }];
  });
}
