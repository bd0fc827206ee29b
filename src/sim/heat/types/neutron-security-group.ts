import { pythonStr } from '../../python-repr.js';
import { isObject, listAt, type JsonObject } from '../../json.js';
import { member, members, idOf } from '../cloud/cloud.js';
import { findNetworkThing } from '../cloud/find.js';
import { allowed, custom, range } from '../schema/constraint.js';
import { integer, list, map, required, string, updatable } from '../schema/property-schema.js';
import { ignoreMissing, nameOf, neutronObject, pick } from './neutron-object.js';
import type { ResourceCall, ResourceType } from './resource-type.js';

const portNumber = integer({ constraints: [range(0, 65_535)] });
const direction = string({ default: 'ingress', constraints: [allowed('ingress', 'egress')] });
const ethertype = string({ default: 'IPv4', constraints: [allowed('IPv4', 'IPv6')] });
const cidr = string({ constraints: [custom('net_cidr')] });
const rulePlain = ['direction', 'ethertype', 'port_range_min', 'port_range_max', 'protocol', 'remote_ip_prefix', 'description'];

const shared = neutronObject({
  key: 'security_group',
  path: 'security-groups',
  puts: ['name', 'description'],
  body: (call) => Promise.resolve({ name: nameOf(call), description: call.properties['description'] ?? '' }),
});

export const securityGroup: ResourceType = {
  name: 'OS::Neutron::SecurityGroup',
  properties: {
    name: string(updatable),
    description: string(updatable),
    rules: list({
      default: [],
      ...updatable,
      items: map({
        keys: {
          direction,
          ethertype,
          port_range_min: portNumber,
          port_range_max: portNumber,
          protocol: string(),
          remote_mode: string({ default: 'remote_ip_prefix', constraints: [allowed('remote_ip_prefix', 'remote_group_id')] }),
          remote_group_id: string({ constraints: [custom('neutron.security_group')] }),
          remote_ip_prefix: cidr,
        },
      }),
    }),
  },
  attributes: [],
  ...shared,
  async complete(call, id) {
    const rules = (listAt(call.properties, 'rules') ?? []).filter(isObject).map((rule) => ruleBody(rule, id));
    const existing = await rulesOf(call, id);
    // Egress rules of one's own replace Neutron's two that allow everything.
    if (rules.some((rule) => rule['direction'] === 'egress')) {
      for (const rule of existing.filter(allowsAllEgress)) await ignoreMissing(call.cloud.network('DELETE', `/security-group-rules/${idOf(rule)}`));
    }
    for (const rule of rules) {
      if (!existing.some((other) => isSameRule(rule, other))) await call.cloud.network('POST', '/security-group-rules', { security_group_rule: rule });
    }
  },
};

const protocols = ['ah', 'dccp', 'egp', 'esp', 'gre', 'icmp', 'icmpv6', 'igmp', 'ipv6-encap', 'ipv6-frag', 'ipv6-icmp', 'ipv6-nonxt'];
const moreProtocols = ['ipv6-opts', 'ipv6-route', 'ospf', 'pgm', 'rsvp', 'sctp', 'tcp', 'udp', 'udplite', 'vrrp'];
const protocolNumbers = Array.from({ length: 256 }, (_, number) => number);

const sharedRule = neutronObject({ key: 'security_group_rule', path: 'security-group-rules', body: soleRuleBody });

export const securityGroupRule: ResourceType = {
  name: 'OS::Neutron::SecurityGroupRule',
  properties: {
    security_group: string({ ...required, constraints: [custom('neutron.security_group')] }),
    direction,
    ethertype,
    port_range_min: portNumber,
    port_range_max: portNumber,
    protocol: string({ default: 'tcp', constraints: [allowed(...protocolNumbers, ...protocols, ...moreProtocols)] }),
    remote_group: string({ constraints: [custom('neutron.security_group')] }),
    remote_ip_prefix: cidr,
    description: string(),
  },
  attributes: [],
  ...sharedRule,
  // It has no name, but Neutron holds no two equal rules: the same rule that nobody owns is ours.
  async findLost(call) {
    const wanted = await soleRuleBody(call);
    const found = members(await call.cloud.network('GET', `/security-group-rules?security_group_id=${String(wanted['security_group_id'])}`), 'security_group_rules');
    const equal = found.find((rule) => isSameRule(wanted, rule) && !call.isOwned(idOf(rule)));
    return equal && idOf(equal);
  },
};

/** `remote_group_id` as the mode without a group means the group itself. */
function ruleBody(rule: JsonObject, groupId: string): JsonObject {
  return {
    security_group_id: groupId,
    ...pick(rule, rulePlain),
    ...(rule['remote_mode'] === 'remote_group_id' ? { remote_group_id: rule['remote_group_id'] ?? groupId } : {}),
  };
}

async function soleRuleBody({ cloud, properties }: ResourceCall): Promise<JsonObject> {
  return {
    security_group_id: await findNetworkThing(cloud, 'security_group', String(properties['security_group'])),
    ...pick(properties, rulePlain),
    ...(properties['remote_group'] === undefined
      ? {}
      : { remote_group_id: await findNetworkThing(cloud, 'security_group', pythonStr(properties['remote_group'])) }),
  };
}

const isSameRule = (wanted: JsonObject, rule: JsonObject): boolean => Object.entries(wanted).every(([key, value]) => rule[key] === value);

const allowsAllEgress = (rule: JsonObject): boolean =>
  rule['direction'] === 'egress' && ['protocol', 'remote_ip_prefix', 'remote_group_id'].every((key) => (rule[key] ?? null) === null);

async function rulesOf(call: ResourceCall, groupId: string): Promise<JsonObject[]> {
  const group = member(await call.cloud.network('GET', `/security-groups/${groupId}`), 'security_group');
  return (listAt(group, 'security_group_rules') ?? []).filter(isObject);
}
