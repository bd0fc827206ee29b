import type { NodeGroup } from '../../database/node-group.entity.js';
import { clusterTag, groupStackName, stackTag } from '../../domain/resource-names.js';
import type { GroupMember, RenderedStack, StackOutputs } from '../../driver-contract/index.js';
import { OpenStackError } from '../../openstack/cloud-error.js';
import type { ClusterContext } from '../cluster-context.js';
import { membersOf, planMembership, type MembershipAction, type MembershipStack } from './plan-membership.js';

/** `pending` says what is still missing, also when Heat refused or did not answer: nobody's cluster fails for it. */
export type Membership = { readonly kind: 'published' } | { readonly kind: 'pending'; readonly for: string };

interface GroupWork {
  readonly group: NodeGroup;
  readonly members: readonly GroupMember[];
  readonly rendered: RenderedStack;
  readonly stack: MembershipStack | undefined;
  readonly action: MembershipAction;
}

/**
 * Makes the groups' stacks show the nodes that belong to them now (tools such as the cluster autoscaler read it there). To be
 * called after every change of members, turn by turn until `published`. Nothing new comes into being that the ledger would
 * have to know: the stack exists, and what is nested in it goes with it. What was sent is written down after Heat accepted
 * it, so a crash in between sends the same again.
 */
export async function publishMembership(context: ClusterContext): Promise<Membership> {
  try {
    const works = await planAll(context);
    await sendAll(
      context,
      works.filter(({ action }) => action.kind === 'send'),
    );
    const pending = works.flatMap(({ group, action }) => (action.kind === 'published' ? [] : [`${group.name} (${textOf(action)})`]));
    return pending.length === 0 ? { kind: 'published' } : { kind: 'pending', for: `Heat to show the members of ${pending.join(', ')}` };
  } catch (error) {
    if (!(error instanceof OpenStackError)) throw error;
    const { cluster, operation, runtime } = context;
    runtime.log.warn({ message: 'Members could not be shown in Heat', clusterId: cluster.id, operationId: operation.id, err: error });
    return { kind: 'pending', for: `Heat to show the node groups' members: ${error.message}` };
  }
}

async function planAll(context: ClusterContext): Promise<GroupWork[]> {
  const { cluster, driver, groups, nodes } = context;
  if (cluster.infraOutputs === null) return [];
  const infra = cluster.infraOutputs as StackOutputs;
  const stacks = await context.stacks();
  // A group that waits to be made has no stack yet, and one that goes has none any more.
  return groups.filter(({ stackId }) => stackId !== null).flatMap((group) => {
    const members = membersOf(nodes, group.id);
    const rendered = driver.renderGroup(context.specOf(group.revision), context.groupSpec(group), infra, members);
    if (rendered.files === undefined) return [];
    const stack = stacks.get(groupStackName(cluster.id, group.id));
    return [{ group, members, rendered, stack, action: planMembership(members, group.publishedMembers, stack) }];
  });
}

async function sendAll(context: ClusterContext, works: readonly GroupWork[]): Promise<void> {
  if (works.length === 0) return;
  const outcomes = await Promise.allSettled(works.map((work) => send(context, work)));
  context.forgetStacks();
  const sent = works.filter((_, position) => outcomes[position]?.status === 'fulfilled');
  await context.write(async (manager) => {
    for (const { group, members, stack } of sent) {
      const published = JSON.stringify({ stackId: stack?.id, members });
      await manager.query(`UPDATE node_groups SET published_members = $2 WHERE id = $1`, [group.id, published]);
    }
  });
  const failure = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failure) throw failure.reason as Error;
}

async function send(context: ClusterContext, { rendered, stack }: GroupWork): Promise<void> {
  const { spec, id: clusterId } = context.cluster;
  const template = spec.templates[rendered.template];
  if (template === undefined || !stack) throw new Error(`cluster ${clusterId} has no template ${rendered.template} or no stack of it`);
  const { heat } = await context.asClusterUser();
  context.assertHeld();
  await heat.updateStack(
    stack.id,
    {
      ...{ name: stack.name, template, parameters: rendered.parameters, timeoutMinutes: context.runtime.config.MEMBERS_UPDATE_MINUTES },
      ...{ files: rendered.files ?? {}, tags: [stackTag, clusterTag(clusterId)] },
    },
    context.call,
  );
}

function textOf(action: Exclude<MembershipAction, { kind: 'published' }>): string {
  return action.kind === 'send' ? action.because : action.for;
}
