import type { StackLevel } from '../stacks/stack-level.js';

export interface ClearingNode {
  readonly id: string;
  readonly stackName: string;
  readonly phase: string;
  readonly bootMode: string;
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
  /** The cluster is not born: its slots start afresh, after their nodes are gone. */
  readonly resetSlots: boolean;
}

/**
 * What a retry of create takes away before it goes on: failed nodes and failed stacks. When the node that was to
 * bootstrap the cluster failed, no cluster exists yet and its etcd volume may hold half of one: then all nodes and slots
 * start afresh.
 */
export function planClearing(nodes: readonly ClearingNode[], stacks: readonly ClearingStack[], initialised: boolean): Clearing {
  const present = nodes.filter((node) => node.phase !== 'gone');
  const stackFailed = new Set(stacks.filter((stack) => stack.status.endsWith('_FAILED')).map((stack) => stack.name));
  const isFailed = (node: ClearingNode): boolean => node.phase === 'failed' || stackFailed.has(node.stackName);
  const slotFailed = stacks.some((stack) => stack.level === 'slot' && stackFailed.has(stack.name));
  const unborn = slotFailed || present.some((node) => node.bootMode === 'init' && isFailed(node)) || !(initialised || present.length === 0);
  const givenUp = unborn ? present : present.filter(isFailed);
  const nodeStacks = new Set(givenUp.map((node) => node.stackName));
  const doomed = stacks.filter(
    (stack) =>
      nodeStacks.has(stack.name) || (unborn && stack.level === 'slot') || (stackFailed.has(stack.name) && stack.level !== 'node'),
  );
  return { nodeIds: givenUp.map((node) => node.id), stackNames: doomed.map((stack) => stack.name), resetSlots: unborn };
}
