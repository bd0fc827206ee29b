import { hasFailed } from '../stacks/observe-stacks.js';
import type { StackLevel } from '../stacks/stack-level.js';

export interface ClearingNode {
  readonly id: string;
  readonly stackName: string;
  readonly phase: string;
  readonly role: string;
}
export interface ClearingStack {
  readonly name: string;
  readonly level: StackLevel | undefined;
  readonly status: string;
}
export interface Clearing {
  /** Nodes to give up, with their stacks. */
  readonly nodeIds: readonly string[];
  readonly stackNames: readonly string[];
  /** The control plane starts afresh: its slots after their nodes are gone. */
  readonly resetSlots: boolean;
}

/**
 * What a retry of create takes away before it goes on: failed nodes, failed stacks, and stacks that are still being made
 * although the attempt that asked for them is over: a Heat whose engine died in the middle never goes on with them. When
 * a control-plane node failed, all nodes and slots start afresh: the first one's etcd volume may hold half a cluster, a
 * later one's half a member, and a cluster that was never complete holds nothing of anybody's.
 */
export function planClearing(nodes: readonly ClearingNode[], stacks: readonly ClearingStack[], initialised: boolean): Clearing {
  const present = nodes.filter((node) => node.phase !== 'gone');
  const unmade = new Set(stacks.filter((stack) => hasFailed(stack) || stack.status === 'CREATE_IN_PROGRESS').map((stack) => stack.name));
  const isFailed = (node: ClearingNode): boolean => node.phase === 'failed' || unmade.has(node.stackName);
  const controlPlaneFailed = present.some((node) => node.role === 'control-plane' && isFailed(node));
  const unborn = present.length > 0 && (controlPlaneFailed || !initialised);
  const givenUp = unborn ? present : present.filter(isFailed);
  const nodeStacks = new Set(givenUp.map((node) => node.stackName));
  const doomed = stacks.filter(
    (stack) =>
      nodeStacks.has(stack.name) || (unborn && stack.level === 'slot') || (unmade.has(stack.name) && stack.level !== 'node'),
  );
  return { nodeIds: givenUp.map((node) => node.id), stackNames: doomed.map((stack) => stack.name), resetSlots: unborn };
}
