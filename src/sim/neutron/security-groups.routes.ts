import type { FastifyInstance } from 'fastify';
import { newUuid } from '../ids.js';
import { without } from '../json.js';
import { readAttributes, text, truth, type AttributeType } from './attributes.js';
import { ensureDefaultGroup, newRule } from './default-group.js';
import { listed } from './listing.js';
import { newRecordFields, revised, type SecurityGroup, type SecurityGroupRule } from './network-store.js';
import { callerOf, canSee, getOwn, getVisible, projectFor, takeQuota, writerOf, type Networking, type WithId } from './networking.js';
import { refuse } from './neutron-errors.js';
import { ruleFrom, ruleAttributes } from './security-group-rule.js';

const updatable: Record<string, AttributeType> = { name: 'text', description: 'text', stateful: 'boolean' };
const creatable: Record<string, AttributeType> = { ...updatable, tenant_id: 'text', project_id: 'text' };

export function securityGroupRoutes(app: FastifyInstance, networking: Networking): void {
  const { store } = networking;

  app.get('/v2.0/security-groups', (request) => {
    const caller = callerOf(networking, request);
    ensureDefaultGroup(networking, caller.projectId);
    return listed(request, 'security_groups', store.securityGroups.filter((group) => canSee(caller, group)).map((group) => groupView(networking, group, null)));
  });

  app.post('/v2.0/security-groups', (request, reply) => {
    const caller = writerOf(networking, request, 'create_security_group');
    const wanted = readAttributes(request.body, 'security_group', creatable);
    const projectId = projectFor(caller, wanted, 'create_security_group');
    ensureDefaultGroup(networking, projectId);
    if (wanted['name'] === 'default') throw refuse(409, 'SecurityGroupDefaultAlreadyExists', 'Default security group already exists.');
    takeQuota(networking, 'security_group', projectId);
    takeQuota(networking, 'security_group_rule', projectId, 2);
    const group: SecurityGroup = {
      id: newUuid(),
      ...newRecordFields(projectId, 1),
      name: text(wanted['name'], ''),
      description: text(wanted['description'], ''),
      stateful: truth(wanted['stateful'], true),
    };
    store.securityGroups.put(group);
    // Everything may go out of a new group.
    for (const ethertype of ['IPv4', 'IPv6'] as const) store.securityGroupRules.put(newRule(store, group, { direction: 'egress', ethertype }));
    reply.code(201);
    return { security_group: groupView(networking, group, false) };
  });

  app.get<WithId>('/v2.0/security-groups/:id', (request) => {
    const caller = callerOf(networking, request);
    return { security_group: groupView(networking, getVisible(store.securityGroups, 'security_group', request.params.id, caller), false) };
  });

  app.put<WithId>('/v2.0/security-groups/:id', (request) => {
    const caller = writerOf(networking, request, 'update_security_group');
    const group = getOwn(store.securityGroups, 'security_group', request.params.id, caller, 'update_security_group');
    const wanted = readAttributes(request.body, 'security_group', updatable);
    const changed = revised(group, {
      name: text(wanted['name'], group.name),
      description: text(wanted['description'], group.description),
      stateful: truth(wanted['stateful'], group.stateful),
    });
    return { security_group: groupView(networking, store.securityGroups.put(changed), null) };
  });

  app.delete<WithId>('/v2.0/security-groups/:id', (request, reply) => {
    const caller = writerOf(networking, request, 'delete_security_group');
    const group = getOwn(store.securityGroups, 'security_group', request.params.id, caller, 'delete_security_group');
    if (group.name === 'default') throw refuse(409, 'SecurityGroupCannotRemoveDefault', 'Insufficient rights for removing default security group.');
    if (store.ports.find((port) => port.security_groups.includes(group.id))) throw refuse(409, 'SecurityGroupInUse', `Security Group ${group.id} in use.`);
    const orphans = store.securityGroupRules.filter((rule) => rule.security_group_id === group.id || rule.remote_group_id === group.id);
    for (const rule of orphans) store.securityGroupRules.delete(rule.id);
    store.securityGroups.delete(group.id);
    return reply.code(204).send();
  });

  app.get('/v2.0/security-group-rules', (request) => {
    const caller = callerOf(networking, request);
    return listed(request, 'security_group_rules', store.securityGroupRules.filter((rule) => canSee(caller, rule)).map((rule) => ruleView(rule, false)));
  });

  app.post('/v2.0/security-group-rules', (request, reply) => {
    const caller = writerOf(networking, request, 'create_security_group_rule');
    const wanted = readAttributes(request.body, 'security_group_rule', ruleAttributes, ['security_group_id', 'direction']);
    const group = getOwn(store.securityGroups, 'security_group', text(wanted['security_group_id'], ''), caller, 'create_security_group_rule');
    const rule = ruleFrom(networking, caller, group, wanted);
    takeQuota(networking, 'security_group_rule', group.project_id);
    store.securityGroupRules.put(rule);
    store.securityGroups.put(revised(group, {}));
    reply.code(201);
    // The answer to a create has neither tags nor the running number.
    return { security_group_rule: without(ruleView(rule, false), 'tags', 'standard_attr_id') };
  });

  app.get<WithId>('/v2.0/security-group-rules/:id', (request) => {
    const caller = callerOf(networking, request);
    return { security_group_rule: ruleView(getVisible(store.securityGroupRules, 'security_group_rule', request.params.id, caller), false) };
  });

  app.delete<WithId>('/v2.0/security-group-rules/:id', (request, reply) => {
    const caller = writerOf(networking, request, 'delete_security_group_rule');
    store.securityGroupRules.delete(getOwn(store.securityGroupRules, 'security_group_rule', request.params.id, caller, 'delete_security_group_rule').id);
    return reply.code(204).send();
  });
}

function groupView({ store }: Networking, group: SecurityGroup, belongsToDefault: boolean | null): Record<string, unknown> {
  const rules = store.securityGroupRules.filter((rule) => rule.security_group_id === group.id);
  return { ...group, tenant_id: group.project_id, shared: false, security_group_rules: rules.map((rule) => ruleView(rule, belongsToDefault)) };
}

function ruleView(rule: SecurityGroupRule, belongsToDefault: boolean | null): Record<string, unknown> {
  return {
    ...rule,
    tenant_id: rule.project_id,
    remote_address_group_id: null,
    normalized_cidr: rule.remote_ip_prefix,
    belongs_to_default_sg: belongsToDefault,
  };
}
