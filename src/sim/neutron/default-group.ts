import { newUuid } from '../ids.js';
import { newRecordFields, type NetworkStore, type SecurityGroup, type SecurityGroupRule } from './network-store.js';
import type { Networking } from './networking.js';

/** Every project has a group `default` from the first time that anybody looks; its members may talk to each other. */
export function ensureDefaultGroup({ store }: Networking, projectId: string): SecurityGroup {
  const known = store.securityGroups.find((group) => group.project_id === projectId && group.name === 'default');
  if (known) return known;
  const group = store.securityGroups.put({ id: newUuid(), ...newRecordFields(projectId, 1), name: 'default', description: 'Default security group', stateful: true });
  for (const ethertype of ['IPv4', 'IPv6'] as const) {
    store.securityGroupRules.put(newRule(store, group, { direction: 'egress', ethertype }));
    store.securityGroupRules.put(newRule(store, group, { direction: 'ingress', ethertype, remote_group_id: group.id }));
  }
  return group;
}

/** A rule with nothing restricted but what is given. Not stored yet. */
export function newRule(store: NetworkStore, group: SecurityGroup, wanted: Partial<SecurityGroupRule>): SecurityGroupRule {
  const { project_id, tags, created_at, updated_at, revision_number } = newRecordFields(group.project_id, 0);
  return {
    id: newUuid(),
    project_id,
    tags,
    created_at,
    updated_at,
    revision_number,
    description: null,
    security_group_id: group.id,
    direction: 'ingress',
    ethertype: 'IPv4',
    protocol: null,
    port_range_min: null,
    port_range_max: null,
    remote_ip_prefix: null,
    remote_group_id: null,
    standard_attr_id: store.securityGroupRules.values().length + 1,
    ...wanted,
  };
}
