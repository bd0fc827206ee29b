import { describe, expect, it } from '@jest/globals';
import { TemplateRefusal } from '../heat-error.js';
import { everything, resourceType } from '../types/registry.js';
import { checkProperties } from './check-properties.js';
import type { CustomCheck } from './constraint.js';

/** The cloud knows what is called `known…`. */
const customCheck: CustomCheck = (name, value) =>
  Promise.resolve(String(value).startsWith('known') ? undefined : `Error validating value '${String(value)}': no ${name}`);

const check = (type: string, given: Record<string, unknown>): Promise<Record<string, unknown>> => {
  const { name, properties } = resourceType(type, everything);
  return checkProperties(given, properties, { path: 'resources.a.properties', typeName: name }, customCheck);
};

describe('checkProperties', () => {
  it('fills in defaults and gives values their types', async () => {
    expect(await check('OS::Neutron::Subnet', { network: 'known-net', cidr: 'known-range', enable_dhcp: 'False', ip_version: '4' })).toEqual({
      network: 'known-net',
      cidr: 'known-range',
      ip_version: 4,
      dns_nameservers: [],
      enable_dhcp: false,
    });
  });

  it('takes null for not given', async () => {
    expect(await check('OS::Neutron::Net', { name: null })).toEqual({ admin_state_up: true, shared: false });
  });

  it.each([
    ['OS::Heat::Value', { value: 'x', foo: 1 }, 'Property error: : resources.a.properties: : Unknown Property foo'],
    ['OS::Neutron::Subnet', {}, 'Property error: : resources.a.properties: : Property network not assigned'],
    ['OS::Cinder::Volume', { size: 'abc' }, "Property error: : resources.a.properties.size: : Value 'abc' is not an integer"],
    ['OS::Cinder::Volume', { size: 0 }, 'Property error: : resources.a.properties.size: : 0 is out of range (min: 1, max: None)'],
    ['OS::Neutron::Net', { admin_state_up: 'maybe' }, 'Property error: : resources.a.properties.admin_state_up: : "maybe" is not a valid boolean'],
    ['OS::Neutron::Net', { tags: 'abc' }, `Property error: : resources.a.properties.tags: : "'abc'" is not a list`],
    ['OS::Neutron::Net', { tags: [{ a: 1 }] }, "Property error: : resources.a.properties.tags[0]: : Value must be a string; got {'a': 1}"],
    ['OS::Neutron::SecurityGroup', { rules: [{ port_range_min: 70_000 }] }, 'Property error: : resources.a.properties.rules[0].port_range_min: : 70000 is out of range (min: 0, max: 65535)'],
    ['OS::Neutron::SecurityGroup', { rules: [{ foo: 1 }] }, 'Property error: : resources.a.properties.rules[0]: : Unknown Property foo'],
    ['OS::Nova::ServerGroup', { policies: ['foo'] }, 'Property error: : resources.a.properties.policies: : ["foo"] is not an allowed value ["anti-affinity", "affinity", "soft-anti-affinity", "soft-affinity"]'],
    ['OS::Neutron::FloatingIP', { floating_network: 'zz' }, "Property error: : resources.a.properties.floating_network: : Error validating value 'zz': no neutron.network"],
    ['OS::Nova::Server', { flavor: 'known', metadata: ['a'] }, `Property error: : resources.a.properties.metadata: : "['a']" is not a map`],
  ])('refuses %s %j as Heat does', async (type, given, message) => {
    await expect(check(type, given)).rejects.toMatchObject({ text: message });
  });

  it('says plainly which real properties are not simulated', async () => {
    await expect(check('OS::Neutron::Net', { qos_policy: 'gold' })).rejects.toThrow('qos_policy of OS::Neutron::Net is not part of the simulated Heat');
    await expect(check('OS::Neutron::Net', { qos_policy: 'gold' })).rejects.toBeInstanceOf(TemplateRefusal);
  });
});
