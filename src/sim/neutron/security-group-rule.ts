import type { ProjectToken } from '../http/authentication.js';
import type { JsonObject } from '../json.js';
import { pythonRepr, pythonStr } from '../python-repr.js';
import { addressNumber, parseCidr } from './addresses.js';
import type { AttributeType } from './attributes.js';
import { newRule } from './default-group.js';
import type { SecurityGroup, SecurityGroupRule } from './network-store.js';
import { getVisible, type Networking } from './networking.js';
import { badRequest, refuse } from './neutron-errors.js';

export const ruleAttributes: Record<string, AttributeType> = {
  security_group_id: 'text',
  direction: 'text',
  ethertype: 'text?',
  protocol: 'any',
  port_range_min: 'number?',
  port_range_max: 'number?',
  remote_ip_prefix: 'text?',
  remote_group_id: 'text?',
  remote_address_group_id: 'text?',
  description: 'text?',
  tenant_id: 'text',
  project_id: 'text',
};

const protocols = [
  ...['ah', 'dccp', 'egp', 'esp', 'gre', 'hopopt', 'icmp', 'igmp', 'ip', 'ipip', 'ipv6-encap', 'ipv6-frag', 'ipv6-icmp', 'icmpv6', 'ipv6-nonxt', 'ipv6-opts'],
  ...['ipv6-route', 'ospf', 'pgm', 'rsvp', 'sctp', 'tcp', 'udp', 'udplite', 'vrrp'],
];
const withPorts = ['tcp', 'udp', 'sctp', 'dccp', 'udplite', '6', '17', '33', '132', '136'];

/** The rule that the body asks for; throws 400 for a contradiction, 404 for an unknown remote group, 409 when there is such a rule. Not stored yet. */
export function ruleFrom(networking: Networking, caller: ProjectToken, group: SecurityGroup, wanted: JsonObject): SecurityGroupRule {
  const protocol = protocolOf(wanted['protocol']);
  const [min, max] = [numberOrNull(wanted['port_range_min']), numberOrNull(wanted['port_range_max'])];
  refuseWrongRange(protocol, min, max);
  const remoteGroup = typeof wanted['remote_group_id'] === 'string' ? wanted['remote_group_id'] : null;
  const prefix = prefixOf(wanted['remote_ip_prefix']);
  if (remoteGroup !== null && prefix !== null) throw refuse(400, 'SecurityGroupMultipleRemoteEntities', 'Only remote_ip_prefix or remote_group_id may be provided.');
  if (remoteGroup !== null) getVisible(networking.store.securityGroups, 'security_group', remoteGroup, caller);
  const rule = newRule(networking.store, group, {
    direction: directionOf(wanted['direction']),
    ethertype: ethertypeOf(wanted['ethertype']),
    protocol,
    port_range_min: min,
    port_range_max: max,
    remote_ip_prefix: prefix,
    remote_group_id: remoteGroup,
    description: typeof wanted['description'] === 'string' ? wanted['description'] : '',
  });
  const same = networking.store.securityGroupRules.find((other) => other.security_group_id === group.id && describes(other) === describes(rule));
  if (same) throw refuse(409, 'SecurityGroupRuleExists', `Security group rule already exists. Rule id is ${same.id}.`);
  return rule;
}

const describes = (rule: SecurityGroupRule): string =>
  [rule.direction, rule.ethertype, rule.protocol, rule.port_range_min, rule.port_range_max, rule.remote_ip_prefix, rule.remote_group_id].join('|');

const numberOrNull = (value: unknown): number | null => (value === undefined || value === null ? null : Number(value));

function protocolOf(value: unknown): string | null {
  if (value === undefined || value === null || value === 'any' || value === '') return null;
  const name = pythonStr(value).toLowerCase();
  if (protocols.includes(name) || (/^\d+$/.test(name) && Number(name) <= 255)) return name;
  const known = ['any', ...protocols].map(pythonRepr).join(', ');
  const message = `Security group rule protocol ${name} not supported. Only protocol values (None, ${known}) and integer representations [0 to 255] are supported.`;
  throw refuse(400, 'SecurityGroupRuleInvalidProtocol', message);
}

function refuseWrongRange(protocol: string | null, min: number | null, max: number | null): void {
  if (min === null && max === null) return;
  if (protocol === null) throw refuse(400, 'SecurityGroupProtocolRequiredWithPorts', 'Must also specify protocol if port range is given.');
  if (protocol.includes('icmp') || protocol === '1') {
    if (min === null && max !== null) throw refuse(400, 'SecurityGroupMissingIcmpType', `ICMP code (port-range-max) ${max} is provided but ICMP type (port-range-min) is missing.`);
    return;
  }
  if (!withPorts.includes(protocol)) throw refuse(400, 'SecurityGroupInvalidProtocolForPort', `Invalid protocol ${protocol} for port range, only supported for TCP, UDP, UDPLITE, SCTP and DCCP.`);
  if (min === null || max === null || min > max) throw refuse(400, 'SecurityGroupInvalidPortRange', 'For TCP/UDP protocols, port_range_min must be <= port_range_max');
  if (min < 1 || max > 65_535) throw refuse(400, 'SecurityGroupInvalidPortValue', `Invalid value for port ${min < 1 ? min : max}`);
}

function prefixOf(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  if (addressNumber(value) !== undefined) return `${value}/32`;
  const cidr = parseCidr(value);
  if (!cidr && !value.includes(':')) throw badRequest(`Invalid input for remote_ip_prefix. Reason: '${value}' is not a valid IP subnet.`);
  return cidr?.text ?? value;
}

function directionOf(value: unknown): SecurityGroupRule['direction'] {
  if (value === 'ingress' || value === 'egress') return value;
  throw badRequest(`Invalid input for direction. Reason: '${pythonStr(value)}' is not in ['ingress', 'egress'].`);
}

function ethertypeOf(value: unknown): SecurityGroupRule['ethertype'] {
  if (value === undefined || value === null) return 'IPv4';
  const name = pythonStr(value).toLowerCase();
  if (name === 'ipv4' || name === 'ipv6') return name === 'ipv4' ? 'IPv4' : 'IPv6';
  throw refuse(400, 'SecurityGroupRuleInvalidEtherType', `Security group rule for ethertype '${pythonStr(value)}' not supported. Allowed values are ['IPv4', 'IPv6'].`);
}
