import { TemplateRefusal } from '../heat-error.js';
import { volumeAttachment } from './cinder-volume-attachment.js';
import { volume } from './cinder-volume.js';
import { none, value } from './heat-value.js';
import { floatingIp, floatingIpAssociation } from './neutron-floating-ip.js';
import { isNestedType, nestedStack } from './nested-stack.js';
import { net } from './neutron-net.js';
import { port } from './neutron-port.js';
import { routerInterface } from './neutron-router-interface.js';
import { router } from './neutron-router.js';
import { securityGroup, securityGroupRule } from './neutron-security-group.js';
import { subnet } from './neutron-subnet.js';
import { serverGroup } from './nova-server-group.js';
import { server } from './nova-server.js';
import type { ResourceType } from './resource-type.js';

const cinderTypes = [volume, volumeAttachment];
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

/** The types that there are; Cinder's only where there is Cinder. */
export const resourceTypes = (hasVolumes: boolean): ResourceType[] => (hasVolumes ? [...otherTypes, ...cinderTypes] : otherTypes);

/** Throws StackValidationFailed as Heat does for types that it does not know, or whose service is not in the catalogue. */
export function resourceType(name: string, hasVolumes: boolean, files: Readonly<Record<string, string>> = {}): ResourceType {
  if (isNestedType(name)) return nestedStack(name, files);
  const type = resourceTypes(true).find((known) => known.name === name);
  if (!type) throw new TemplateRefusal(`The Resource Type (${name}) could not be found.`);
  if (cinderTypes.includes(type) && !hasVolumes) {
    throw new TemplateRefusal(
      `ResourceTypeUnavailable: HEAT-E99001 Service cinder is not available for resource type ${name}, reason: cinder volumev3 endpoint is not in service catalog.`,
    );
  }
  return type;
}
