import { LimitExceededError } from '../../domain/insufficient-quota.error.js';
import type { ClusterSpec, GroupSpec } from '../../driver-contract/index.js';
import type { CloudQuotas } from '../cloud-quotas/project-quotas.js';

/** What a person should hear although the request was accepted. */
export interface Warning {
  readonly message: string;
  readonly because: string;
}

/**
 * Nova limits how many servers one server group may have. A group of nodes beyond that goes without when its policy is
 * soft; a hard policy cannot be kept, so LimitExceededError. `counts`: nodes by group id.
 */
export function fitServerGroups(
  spec: ClusterSpec,
  counts: ReadonlyMap<string, number>,
  { serverGroupMembersMax }: Pick<CloudQuotas, 'serverGroupMembersMax'>,
): { readonly spec: ClusterSpec; readonly warnings: readonly Warning[] } {
  const warnings: Warning[] = [];
  const groups = spec.groups.map((group): GroupSpec => {
    const count = counts.get(group.groupId) ?? 0;
    const policy = policyOf(spec, group);
    if (policy === 'none' || serverGroupMembersMax < 0 || count <= serverGroupMembersMax) return group;
    const limit = `a server group may have ${serverGroupMembersMax} members (Nova's quota server_group_members), and group ${group.name} has ${count} nodes`;
    if (policy === 'affinity' || policy === 'anti-affinity') {
      throw new LimitExceededError(
        `Label server_group_policies: ${policy} cannot be kept: ${limit}. Raise it with: openstack quota set --server-group-members ${count} ${spec.projectId}; or use soft-${policy}, or fewer nodes.`,
      );
    }
    warnings.push({ message: `Group ${group.name} goes without a server group: Nova places its nodes as it likes`, because: limit });
    return { ...group, serverGroupPolicy: 'none' };
  });
  return { spec: { ...spec, groups }, warnings };
}

/** The same for a group that has its server group already, which no node of it can go without. Throws LimitExceededError. */
export function checkServerGroup(spec: ClusterSpec, groupId: string, count: number, membersMax: number): void {
  const group = spec.groups.find((candidate) => candidate.groupId === groupId);
  if (!group || policyOf(spec, group) === 'none' || membersMax < 0 || count <= membersMax) return;
  throw new LimitExceededError(
    `The nodes of group ${group.name} are in a server group, which may have ${membersMax} members (Nova's quota server_group_members), and ${count} are wanted. ` +
      `Raise it with: openstack quota set --server-group-members ${count} ${spec.projectId}; or ask for fewer nodes.`,
  );
}

const policyOf = (spec: ClusterSpec, group: GroupSpec): string =>
  group.serverGroupPolicy ?? group.labels?.['server_group_policies'] ?? spec.labels['server_group_policies'] ?? 'none';

/** Cinder limits the size of each single volume, too. Throws LimitExceededError. */
export function checkVolumeSizes(spec: ClusterSpec, { perVolumeGibMax }: Pick<CloudQuotas, 'perVolumeGibMax'>): void {
  if (perVolumeGibMax < 0) return;
  const volumes = [
    ['Label etcd_volume_size', spec.etcdVolumeSizeGib] as const,
    ...spec.groups.flatMap((group) => [['Label boot_volume_size', group.bootVolumeSizeGib] as const, ['Field docker_volume_size', group.dockerVolumeSizeGib] as const]),
  ];
  for (const [what, sizeGib] of volumes) {
    if (sizeGib > perVolumeGibMax) {
      throw new LimitExceededError(
        `${what}: a volume of your project may have ${perVolumeGibMax} GiB, and ${sizeGib} are wanted. Raise it with: openstack quota set --per-volume-gigabytes ${sizeGib} ${spec.projectId}.`,
      );
    }
  }
}
