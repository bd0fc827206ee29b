import { describe, expect, it } from '@jest/globals';
import type { ComputeService, Flavor, Server, ServerGroup } from './compute-store.js';
import { chooseHost, hostVcpus } from './scheduler.js';

const small: Flavor = { id: 'f', name: 'small', vcpus: 1, ram: 512, disk: 1 };
const service = (host: string, more: Partial<ComputeService> = {}): ComputeService => ({ id: host, number: 1, host, status: 'enabled', disabled_reason: null, forced_down: false, ...more });
const server = (host: string, groupId: string | null = null): Server => ({
  ...{ id: `on-${host}`, name: 's', project_id: 'p', user_id: 'u', status: 'ACTIVE', task_state: null, description: null, imageId: null, flavor: small },
  ...{ key_name: null, metadata: {}, tags: [], user_data: '', config_drive: false, created: '', updated: '', launched_at: null },
  ...{ host, groupId, ownPorts: [], volumes: [], toMake: [], fault: null },
});
const group = (policy: ServerGroup['policy']): ServerGroup => ({ id: 'g', name: 'g', project_id: 'p', user_id: 'u', policy });
const hosts = [service('a'), service('b')];

describe('chooseHost', () => {
  it.each([
    { when: 'nothing runs', servers: [], policy: undefined, then: 'a' },
    { when: 'one host is busier', servers: [server('a')], policy: undefined, then: 'b' },
    { when: 'members must be apart', servers: [server('a', 'g')], policy: 'anti-affinity', then: 'b' },
    { when: 'members must be apart and every host has one', servers: [server('a', 'g'), server('b', 'g')], policy: 'anti-affinity', then: undefined },
    { when: 'members should be apart and every host has one', servers: [server('a', 'g'), server('b', 'g')], policy: 'soft-anti-affinity', then: 'a' },
    { when: 'members must be together', servers: [server('b', 'g'), server('b')], policy: 'affinity', then: 'b' },
    { when: 'the first of those that must be together comes', servers: [server('a')], policy: 'affinity', then: 'b' },
    { when: 'members should be together', servers: [server('b', 'g'), server('b')], policy: 'soft-affinity', then: 'b' },
  ] as const)('chooses $then when $when', ({ servers, policy, then }) => {
    expect(chooseHost(hosts, servers, small, policy && group(policy))).toBe(then);
  });

  it('passes over hosts that are disabled or called down', () => {
    expect(chooseHost([service('a', { status: 'disabled' }), service('b', { forced_down: true }), service('c')], [], small, undefined)).toBe('c');
  });

  it('finds no host for a flavor that none holds', () => {
    expect(chooseHost(hosts, [], { ...small, vcpus: hostVcpus + 1 }, undefined)).toBeUndefined();
  });
});
