import type { NodePhase } from '../../domain/node-phase.js';
import type { GroupMember } from '../../driver-contract/index.js';

/** A node row as membership needs it. */
export interface MemberNode {
  readonly nodeGroupId: string;
  readonly memberIndex: number;
  readonly name: string;
  readonly phase: NodePhase;
  readonly serverId: string | null;
}

export interface MembershipStack {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly statusReason: string;
}

export type MembershipAction =
  | { readonly kind: 'send'; readonly because: string }
  | { readonly kind: 'wait'; readonly for: string }
  | { readonly kind: 'published' };

/** Who belongs to a group: every node until its removal begins, so that nobody is shown a server that is about to go. */
export function membersOf(nodes: readonly MemberNode[], groupId: string): GroupMember[] {
  return nodes
    .filter((node) => node.nodeGroupId === groupId && node.phase !== 'deleting' && node.phase !== 'gone')
    .map(({ memberIndex: index, name: nodeName, serverId }) => ({ index, nodeName, serverId }))
    .sort((one, other) => one.index - other.index);
}

/**
 * What is to be done so that a group's stack shows these members. `published` is what the stack was told last; a stack that
 * was never told shows none. An update that failed is sent again.
 */
export function planMembership(
  wanted: readonly GroupMember[],
  published: { readonly stackId: string; readonly members: readonly GroupMember[] } | null,
  stack: MembershipStack | undefined,
): MembershipAction {
  if (!stack || stack.status.startsWith('DELETE_')) return { kind: 'wait', for: "the node group's stack, which is not there" };
  // One update after the other: Heat would break the first one off, and calls that a failure.
  if (stack.status.endsWith('_IN_PROGRESS')) return { kind: 'wait', for: `stack ${stack.name} to show its members` };
  if (stack.status === 'CREATE_FAILED') return { kind: 'wait', for: `stack ${stack.name}, whose creation failed: ${stack.statusReason}` };
  if (stack.status.endsWith('_FAILED')) return { kind: 'send', because: `the last update failed: ${stack.statusReason}` };
  const shown = published?.stackId === stack.id ? published.members : [];
  return isSame(wanted, shown) ? { kind: 'published' } : { kind: 'send', because: `${wanted.length} members instead of ${shown.length}, or other servers` };
}

function isSame(wanted: readonly GroupMember[], shown: readonly GroupMember[]): boolean {
  return (
    wanted.length === shown.length &&
    wanted.every(({ index, nodeName, serverId }, position) => {
      const other = shown[position];
      return other?.index === index && other.nodeName === nodeName && other.serverId === serverId;
    })
  );
}
