import { TemplateRefusal } from '../heat-error.js';
import { volumeAttachment } from './cinder-volume-attachment.js';
import { volume } from './cinder-volume.js';
import { none, value } from './heat-value.js';
import { floatingIp, floatingIpAssociation } from './neutron-floating-ip.js';
import { isNestedType, nestedStack } from './nested-stack.js';
import { net } from './neutron-net.js';
import { healthMonitor } from './octavia-health-monitor.js';
import { listener } from './octavia-listener.js';
import { loadBalancer } from './octavia-load-balancer.js';
import { poolMember } from './octavia-pool-member.js';
import { pool } from './octavia-pool.js';
import { port } from './neutron-port.js';
import { routerInterface } from './neutron-router-interface.js';
import { router } from './neutron-router.js';
import { securityGroup, securityGroupRule } from './neutron-security-group.js';
import { subnet } from './neutron-subnet.js';
import { serverGroup } from './nova-server-group.js';
import { server } from './nova-server.js';
import type { ResourceType } from './resource-type.js';

/** Which of the services that a cloud may do without this one has. */
export interface OfferedServices {
  readonly cinder: boolean;
  readonly octavia: boolean;
}

/** For what was accepted once: it is read whatever the cloud offers now. */
export const everything: OfferedServices = { cinder: true, octavia: true };

const optionalTypes: Record<keyof OfferedServices, { endpoint: string; types: readonly ResourceType[] }> = {
  cinder: { endpoint: 'cinder volumev3', types: [volume, volumeAttachment] },
  octavia: { endpoint: 'octavia load-balancer', types: [loadBalancer, listener, pool, healthMonitor, poolMember] },
};
const optionalServices = ['cinder', 'octavia'] as const;
const otherTypes = [
  net,
  subnet,
  router,
  routerInterface,
  port,
  floatingIp,
  floatingIpAssociation,
  securityGroup,
  securityGroupRule,
  server,
  serverGroup,
  value,
  none,
];

const allTypes: readonly ResourceType[] = [...otherTypes, ...optionalServices.flatMap((service) => optionalTypes[service].types)];

/** Throws StackValidationFailed as Heat does for types that it does not know, or whose service is not in the catalogue. */
export function resourceType(name: string, offered: OfferedServices, files: Readonly<Record<string, string>> = {}): ResourceType {
  if (isNestedType(name)) return nestedStack(name, files);
  const type = allTypes.find((known) => known.name === name);
  if (!type) throw new TemplateRefusal(`The Resource Type (${name}) could not be found.`);
  const missing = optionalServices.find((service) => !offered[service] && optionalTypes[service].types.includes(type));
  if (missing !== undefined) {
    const reason = `${optionalTypes[missing].endpoint} endpoint is not in service catalog.`;
    throw new TemplateRefusal(`ResourceTypeUnavailable: HEAT-E99001 Service ${missing} is not available for resource type ${name}, reason: ${reason}`);
  }
  return type;
}
