import { hasFailed } from '../stacks/observe-stacks.js';
import type { StackLevel } from '../stacks/stack-level.js';

export interface ClearingNode {
  readonly id: string;
  readonly stackName: string;
  /** Stacks of its group and its slot: what it cannot be without. */
  readonly standsOn: readonly string[];
  readonly phase: string;
  readonly role: string;
}
export interface ClearingStack {
  readonly name: string;
  readonly level: StackLevel | undefined;
  /** Null: it was asked for, and Heat does not know it (any more). */
  readonly status: string | null;
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
 * although the attempt that asked for them is over: a Heat whose engine died in the middle never goes on with them. What
 * stands on a stack that failed or was deleted by somebody goes with it. When a control-plane node failed, all nodes and
 * slots start afresh: the first one's etcd volume may hold half a cluster, a later one's half a member, and a cluster that
 * was never complete holds nothing of anybody's.
 */
export function planClearing(nodes: readonly ClearingNode[], stacks: readonly ClearingStack[], initialised: boolean): Clearing {
  const present = nodes.filter((node) => node.phase !== 'gone');
  const unmade = stacks.filter(isUnmade);
  const unmadeNames = new Set(unmade.map(({ name }) => name));
  const baseIsUnmade = unmade.some(({ level }) => level === 'infra');
  const isFailed = (node: ClearingNode): boolean => node.phase === 'failed' || [node.stackName, ...node.standsOn].some((name) => unmadeNames.has(name));
  const controlPlaneFailed = present.some((node) => node.role === 'control-plane' && isFailed(node));
  const unborn = baseIsUnmade || (present.length > 0 && (controlPlaneFailed || !initialised));
  const givenUp = unborn ? present : present.filter(isFailed);
  const nodeStacks = new Set(givenUp.map((node) => node.stackName));
  const doomed = stacks.filter(
    ({ name, level, status }) =>
      status !== null && (baseIsUnmade || nodeStacks.has(name) || (unborn && level === 'slot') || (unmadeNames.has(name) && level !== 'node')),
  );
  return { nodeIds: givenUp.map((node) => node.id), stackNames: doomed.map((stack) => stack.name), resetSlots: unborn };
}

function isUnmade({ status }: ClearingStack): boolean {
  return status === null || hasFailed({ status }) || status === 'CREATE_IN_PROGRESS' || status.startsWith('DELETE_');
}

/** Who needs something goes before it: a slot's port and volume cannot go while a server holds them, nor a network with ports. */
const order: readonly (readonly (StackLevel | undefined)[])[] = [['node'], ['slot', 'group', undefined], ['infra']];

/** Those of the doomed stacks whose turn it is now. */
export function nextToClear(stacks: readonly Pick<ClearingStack, 'name' | 'level'>[]): string[] {
  const levels = order.find((each) => stacks.some(({ level }) => each.includes(level))) ?? [];
  return stacks.filter(({ level }) => levels.includes(level)).map(({ name }) => name);
}
