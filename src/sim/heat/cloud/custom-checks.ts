import { isIP } from 'node:net';
import type { CustomCheck } from '../schema/constraint.js';
import { CloudRefusal } from './cloud-refusal.js';
import type { Cloud } from './cloud.js';
import { findFlavor, findImage, findKeypair, findLbaasThing, findNetworkThing, findProject, findServer, findVolume, findVolumeType, NotFindable, type LbaasKind, type NetworkKind } from './find.js';

type Lookup = (cloud: Cloud, value: string) => Promise<unknown>;
const networkThing =
  (kind: NetworkKind): Lookup =>
  (cloud, value) =>
    findNetworkThing(cloud, kind, value);

const lbaasThing =
  (kind: LbaasKind): Lookup =>
  (cloud, value) =>
    findLbaasThing(cloud, kind, value);

const lookups: Record<string, Lookup> = {
  'nova.flavor': findFlavor,
  'nova.keypair': findKeypair,
  'nova.server': findServer,
  'glance.image': findImage,
  'neutron.network': networkThing('network'),
  'neutron.subnet': networkThing('subnet'),
  'neutron.port': networkThing('port'),
  'neutron.router': networkThing('router'),
  'neutron.security_group': networkThing('security_group'),
  'cinder.volume': findVolume,
  'cinder.vtype': findVolumeType,
  'keystone.project': findProject,
  'octavia.loadbalancer': lbaasThing('loadbalancers'),
  'octavia.listener': lbaasThing('listeners'),
  'octavia.pool': lbaasThing('pools'),
  'octavia.flavor': lbaasThing('flavors'),
  'octavia.availabilityzone': lbaasThing('availabilityzones'),
};

/** Why the text is not of the form, or undefined. */
const forms: Record<string, (text: string) => string | undefined> = {
  ip_addr: (text) => (isIP(text) === 0 ? 'Invalid IP address' : undefined),
  mac_addr: (text) => (/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/i.test(text) ? undefined : 'Invalid MAC address.'),
  net_cidr: (text) => (isCidr(text) ? undefined : `Invalid net cidr invalid IPNetwork ${text} `),
  ip_or_cidr: (text) => (isIP(text) !== 0 || isCidr(text) ? undefined : `Invalid net cidr invalid IPNetwork ${text} `),
  dns_name: (text) => (isDnsName(text) ? undefined : `'${text}' is not a valid DNS name.`),
  rel_dns_name: (text) => (isDnsName(text) && !text.endsWith('.') ? undefined : `'${text}' is a FQDN. It should be a relative domain name.`),
  dns_domain: (text) => (text === '' || (isDnsName(text) && text.endsWith('.')) ? undefined : `'${text}' must end with '.'.`),
};

/** Heat's custom constraints: look-ups in the cloud as the stack's user, and forms of text. */
export function customChecks(cloud: Cloud): CustomCheck {
  return async (name, value) => {
    const form = forms[name];
    const lookup = lookups[name];
    if (!form && !lookup) return `"${String(value)}" does not validate ${name} (constraint not found)`;
    const reason = form ? form(String(value)) : lookup && (await lookUp(lookup, cloud, String(value)));
    return reason === undefined ? undefined : `Error validating value '${String(value)}': ${reason}`;
  };
}

async function lookUp(lookup: Lookup, cloud: Cloud, value: string): Promise<string | undefined> {
  try {
    await lookup(cloud, value);
    return undefined;
  } catch (error) {
    if (error instanceof NotFindable) return error.message;
    if (error instanceof CloudRefusal) return error.wording;
    throw error;
  }
}

function isCidr(text: string): boolean {
  const [address = '', bits, ...more] = text.split('/');
  const family = isIP(address);
  if (family === 0 || more.length > 0) return false;
  // A bare address is a network of one.
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
}

const isDnsName = (text: string): boolean => text.length <= 255 && text.replace(/\.$/, '').split('.').every((label) => /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/i.test(label));
