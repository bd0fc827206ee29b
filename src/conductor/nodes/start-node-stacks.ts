import type { EntityManager } from 'typeorm';
import type { NodeGroup } from '../../database/node-group.entity.js';
import type { ClusterNode } from '../../database/node.entity.js';
import { nodeStackName } from '../../domain/resource-names.js';
import { secretNames } from '../../domain/secret-names.js';
import type { BootMaterial, GroupSpec, NodeSpec, StackOutputs } from '../../driver-contract/index.js';
import { caCertHash } from '../../kubernetes/certificates/certificate-authority.js';
import type { ClusterContext } from '../cluster-context.js';
import { startStacks, type WantedStack } from '../stacks/start-stacks.js';
import { bootstrapTokensOf } from './bootstrap-tokens.js';
import { openClusterKeys, type ClusterKeys } from './cluster-keys.js';
import { apiServerNames, controlPlaneEndpoint, slotAddresses } from './control-plane-endpoint.js';
import { groupSpecOf } from './group-spec.js';

/** Seals the payloads of these nodes, then asks for their stacks. Repeatable; a stack that exists is left alone. */
export async function startNodeStacks(context: ClusterContext, nodes: readonly ClusterNode[]): Promise<void> {
  if (nodes.length === 0) return;
  const { secrets, dataSource } = context.runtime;
  const keys = await openClusterKeys(context);
  const claimTokens = await secrets.findAll(
    dataSource.manager,
    context.cluster.id,
    nodes.map((node) => secretNames.claimToken(node.id)),
  );
  const wanted: WantedStack[] = [];
  await context.write(async (manager) => {
    for (const node of nodes) {
      // Without its claim token the stack exists already: the token is forgotten right after the stack was made.
      const spec = nodeSpec(context, node, claimTokens.get(secretNames.claimToken(node.id)) ?? '');
      await sealPayload(context, manager, node, spec, keys);
      wanted.push({ name: nodeStackName(context.cluster.id, node.id), rendered: context.driver.renderNode(context.specOf(node.revision), spec, stacksOf(context, node)), nodeId: node.id });
      await manager.query(`UPDATE nodes SET phase = 'building', phase_reason = NULL, updated_at = now() WHERE id = $1 AND phase = 'planned'`, [node.id]);
      if (node.bootMode === 'init') await manager.query(`UPDATE slots SET initialised = true WHERE id = $1`, [node.slotId]);
    }
  });
  await startStacks(context, wanted);
  await context.write((manager) =>
    secrets.drop(
      manager,
      context.cluster.id,
      nodes.map((node) => secretNames.claimToken(node.id)),
    ),
  );
}

function nodeSpec(context: ClusterContext, node: ClusterNode, claimToken: string): NodeSpec {
  const { config, nodeApiCaPem } = context.runtime;
  const slot = context.slots.find((candidate) => candidate.id === node.slotId);
  return {
    nodeId: node.id,
    nodeName: node.name,
    group: withMetadata(groupSpecOf(context.specOf(node.revision), node.nodeGroupId), context.groups.find(({ id }) => id === node.nodeGroupId)),
    slotIndex: slot ? slot.index : null,
    bootMode: node.bootMode,
    claimToken,
    nodeApiUrl: config.NODE_URL,
    nodeApiCaPem,
    bootDeadlineSeconds: config.NODE_BOOT_DEADLINE_SECONDS,
  };
}

/** Labels and taints change without a new revision: a new node registers with those that are wanted now. */
const withMetadata = (spec: GroupSpec, row: NodeGroup | undefined): GroupSpec =>
  row ? { ...spec, nodeLabels: row.nodeLabels ?? {}, nodeTaints: row.nodeTaints ?? [] } : spec;

function stacksOf(context: ClusterContext, node: ClusterNode): { infra: StackOutputs; group: StackOutputs; slot: StackOutputs | null } {
  const group = context.groups.find((candidate) => candidate.id === node.nodeGroupId);
  const slot = context.slots.find((candidate) => candidate.id === node.slotId);
  return {
    infra: (context.cluster.infraOutputs ?? {}) as StackOutputs,
    group: (group?.stackOutputs ?? {}) as StackOutputs,
    slot: slot ? ((slot.stackOutputs ?? {}) as StackOutputs) : null,
  };
}

async function sealPayload(context: ClusterContext, manager: EntityManager, node: ClusterNode, spec: NodeSpec, keys: ClusterKeys): Promise<void> {
  const files = context.driver.renderPayload(context.specOf(node.revision), spec, await bootMaterial(context, manager, node, keys));
  await context.runtime.secrets.put(manager, context.cluster.id, secretNames.payload(node.id), JSON.stringify(files));
}

async function bootMaterial(context: ClusterContext, manager: EntityManager, node: ClusterNode, keys: ClusterKeys): Promise<BootMaterial> {
  const { cluster, slots } = context;
  const slot = slots.find((candidate) => candidate.id === node.slotId);
  // A joining node's payload holds its own token. The first control-plane node's holds those of all nodes that are about
  // to join, so that they exist as soon as the API answers and nobody waits for a turn of ours.
  const holders = node.bootMode === 'init' ? context.presentNodes.filter((other) => other.bootMode === 'join') : [node];
  return {
    controlPlaneEndpoint: controlPlaneEndpoint(cluster.spec, slots, cluster.infraOutputs),
    apiServerNames: apiServerNames(slots, cluster.infraOutputs),
    kubernetesCa: keys.kubernetesCa,
    etcdCa: keys.etcdCa,
    frontProxyCa: keys.frontProxyCa,
    serviceAccountKey: keys.serviceAccountKey,
    caCertHash: caCertHash(keys.kubernetesCa.certificatePem),
    bootstrapTokens: await bootstrapTokensOf(context, manager, holders),
    nodeAddress: slot ? slotAddresses(slot).address : null,
  };
}
