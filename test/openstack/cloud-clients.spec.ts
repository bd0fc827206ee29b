import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { AmbiguousNameError } from '../../src/domain/domain-error.js';
import {
  CloudBadRequestError,
  CloudConflictError,
  CloudNotFoundError,
  CloudUnauthorizedError,
  CloudUnavailableError,
} from '../../src/openstack/cloud-error.js';
import type { Cloud, CloudClients } from '../../src/openstack/cloud.js';
import { startSimulatedCloud, type SimulatedCloud } from '../support/simulated-cloud.js';
import { until } from '../support/until.js';
import { clientsOf, cloudOf } from './cloud-fixture.js';

let simulated: SimulatedCloud;
let cloud: Cloud;
let service: CloudClients;
let demo: CloudClients;

beforeAll(async () => {
  simulated = await startSimulatedCloud(['--boot-seconds', '0']);
  cloud = cloudOf(simulated);
  service = cloud.asService();
  demo = await clientsOf(cloud, simulated, 'demo');
});
afterAll(async () => {
  await cloud.close();
  await simulated.stop();
});
afterEach(() => simulated.clearFaults());

const unknownId = 'f0e1d2c3-0000-4000-8000-000000000000';

describe('KeystoneClient', () => {
  it('says who a token speaks for', async () => {
    const token = await service.keystone.validateToken(await simulated.token('demo'));
    expect(token).toMatchObject({ userName: 'demo', projectName: 'demo', userDomainId: 'default', isApplicationCredential: false });
    expect(token?.expiresAt.getTime()).toBeGreaterThan(Date.now());
    expect(token?.catalog.map(({ type }) => type)).toContain('orchestration');
  });

  it.each(['gAAAAABnonsense', 'with space', 'ünïcode', ''])('knows no token %j', async (token) => {
    expect(await service.keystone.validateToken(token)).toBeNull();
  });

  it('makes a user with roles on a project, and unmakes it', async () => {
    const { keystone } = service;
    const domain = await keystone.findDomain('jeroboam');
    const token = await demo.session.token();
    const [projectId, domainId] = [token.projectId ?? '', domain?.id ?? ''];
    const user = await keystone.createUser({ name: 'jeroboam-c1', domainId, password: 'first', description: 'Cluster c1' });
    await expect(keystone.createUser({ name: 'jeroboam-c1', domainId, password: 'first' })).rejects.toThrow(CloudConflictError);
    expect(await keystone.findUser('jeroboam-c1', domainId)).toEqual(user);
    expect(await keystone.findUser('jeroboam-c1', 'default')).toBeUndefined();

    const roles = token.roles.filter(({ name }) => name !== 'admin');
    for (const { id: roleId } of [...roles, ...roles]) await keystone.grantRole({ userId: user.id, projectId, roleId });
    const grants = await keystone.listGrants({ userId: user.id, projectId });
    expect(grants.map(({ roleId }) => roleId).sort()).toEqual(roles.map(({ id }) => id).sort());

    await keystone.setUserPassword(user.id, 'second');
    await expect(cloud.asUser({ userId: user.id, password: 'first', projectId }).session.token()).rejects.toThrow(CloudUnauthorizedError);
    const asUser = cloud.asUser({ userId: user.id, password: 'second', projectId });
    expect(await asUser.session.token()).toMatchObject({ userName: 'jeroboam-c1', projectId });
    expect(cloud.asUser({ userId: user.id, password: 'second', projectId })).toBe(asUser);

    for (const grant of [...grants, ...grants]) await keystone.revokeRole(grant);
    expect(await keystone.listGrants({ userId: user.id })).toEqual([]);
    await keystone.deleteUser(user.id);
    await keystone.deleteUser(user.id);
    cloud.forgetUser(user.id);
    await expect(keystone.getUser(user.id)).rejects.toThrow(CloudNotFoundError);
  });

  it('finds domains, projects and roles by name', async () => {
    const { keystone } = service;
    const { projectId } = await demo.session.token();
    expect(await keystone.findDomain('nowhere')).toBeUndefined();
    expect(await keystone.findProject('demo', 'default')).toMatchObject({ id: projectId, name: 'demo' });
    expect(await keystone.findProject(projectId ?? '', 'default')).toMatchObject({ name: 'demo' });
    expect(await keystone.findRole('member')).toMatchObject({ name: 'member' });
    expect(await keystone.findRole('emperor')).toBeUndefined();
    await expect(keystone.getProject(unknownId)).rejects.toThrow(CloudNotFoundError);
  });
});

describe('GlanceClient', () => {
  it('finds an image by name and by id, with its properties', async () => {
    const image = await demo.glance.findImage('ubuntu-2404-kube-v1.32.4');
    expect(image).toMatchObject({ osDistro: 'ubuntu', status: 'active', properties: { os_distro: 'ubuntu', kube_version: 'v1.32.4' } });
    expect(await demo.glance.findImage(image?.id ?? '')).toEqual(image);
    expect(await demo.glance.findImage('no-distro')).toMatchObject({ osDistro: null });
    expect(await demo.glance.findImage('none')).toBeUndefined();
    expect(await demo.glance.findImage(unknownId)).toBeUndefined();
  });
});

describe('NovaClient', () => {
  it('finds flavors and keypairs', async () => {
    const flavor = await demo.nova.findFlavor('m1.small');
    expect(flavor).toMatchObject({ name: 'm1.small', ramMib: 2048, diskGib: 20 });
    expect(await demo.nova.findFlavor(flavor?.id ?? '')).toEqual(flavor);
    expect(await demo.nova.findFlavor('m1.gigantic')).toBeUndefined();
    expect(await demo.nova.findFlavor('../limits')).toBeUndefined();
    expect((await demo.nova.findKeypair('demo'))?.publicKey).toMatch(/^ssh-ed25519 /);
    expect(await demo.nova.findKeypair('other')).toBeUndefined();
  });

  it('reads limits and servers', async () => {
    expect(await demo.nova.getLimits()).toMatchObject({ instances: { used: 0 }, cores: { used: 0 } });
    expect(await demo.nova.listServers({ name: 'a.b*c' })).toEqual([]);
    expect(await demo.nova.findServer(unknownId)).toBeUndefined();
    await expect(demo.nova.getServer(unknownId)).rejects.toThrow(CloudNotFoundError);
  });
});

describe('NeutronClient', () => {
  it('finds networks and subnets', async () => {
    const network = await demo.neutron.findNetwork('public', { external: true });
    expect(network).toMatchObject({ external: true });
    expect(await demo.neutron.findNetwork(network?.id ?? '')).toEqual(network);
    expect(await demo.neutron.findNetwork('private', { external: true })).toBeUndefined();
    const inside = await demo.neutron.findNetwork('private');
    const subnet = await demo.neutron.findSubnet(inside?.subnetIds[0] ?? '', { networkId: inside?.id ?? '' });
    expect(subnet).toMatchObject({ cidr: '10.10.0.0/24', ipVersion: 4, networkId: inside?.id });
    expect(await demo.neutron.findSubnet(subnet?.id ?? '', { networkId: network?.id ?? '' })).toBeUndefined();
  });

  it('refuses to guess which of several is meant', async () => {
    // An admin sees the network `private` of every project.
    const admin = await clientsOf(cloud, simulated, 'admin');
    await expect(admin.neutron.findNetwork('private')).rejects.toThrow(AmbiguousNameError);
  });

  it('reads quotas', async () => {
    const quotas = await demo.neutron.getQuotas(await demo.session.projectId());
    expect(quotas.networks.used).toBeGreaterThanOrEqual(1);
    expect(quotas.floatingIps).toMatchObject({ used: 0 });
  });
});

describe('CinderClient', () => {
  it('reads limits, types and volumes', async () => {
    expect(await demo.cinder.isAvailable()).toBe(true);
    expect(await demo.cinder.getLimits()).toMatchObject({ volumes: { used: 0 }, gibibytes: { used: 0 } });
    expect(await demo.cinder.findVolume(unknownId)).toBeUndefined();
    expect(await demo.cinder.findVolumeType('none')).toBeUndefined();
  });
});

const template = `heat_template_version: 2018-08-31
parameters:
  name: {type: string}
  token: {type: string, hidden: true}
resources:
  network: {type: OS::Neutron::Net, properties: {name: {get_param: name}}}
outputs:
  network_id: {value: {get_resource: network}}
  pieces: {value: [1, {get_param: name}]}
`;
const stack = (name: string): Parameters<CloudClients['heat']['createStack']>[0] => ({
  name,
  template,
  parameters: { name: `${name}-net`, token: 'hush' },
  tags: ['jeroboam', `jeroboam-cluster-${name}`],
  timeoutMinutes: 10,
});

describe('HeatClient', () => {
  it('makes a stack, tells of it, and takes it away', async () => {
    const { heat } = demo;
    const { id } = await heat.createStack(stack('jb-one'));
    await expect(heat.createStack(stack('jb-one'))).rejects.toThrow(CloudConflictError);
    await until(async () => (await heat.findStack('jb-one', id))?.state !== 'IN_PROGRESS', { what: 'the stack' });
    const made = await heat.findStack('jb-one', id);
    expect(made).toMatchObject({ id, name: 'jb-one', status: 'CREATE_COMPLETE', action: 'CREATE', state: 'COMPLETE', tags: ['jeroboam', 'jeroboam-cluster-jb-one'] });
    expect(made?.parameters).toMatchObject({ name: 'jb-one-net', token: '******' });
    expect(await heat.findStack('jb-one')).toEqual(made);

    const network = await demo.neutron.findNetwork('jb-one-net');
    expect(await heat.getOutputs('jb-one', id)).toEqual({ network_id: network?.id, pieces: [1, 'jb-one-net'] });
    expect(await heat.getOutputs('jb-one')).toMatchObject({ network_id: network?.id });
    expect(await heat.listResources('jb-one', id)).toMatchObject([{ name: 'network', type: 'OS::Neutron::Net', status: 'CREATE_COMPLETE', physicalId: network?.id }]);
    expect(await heat.listFailedResources('jb-one', id)).toEqual([]);

    expect(await heat.deleteStack('jb-one')).toBe('accepted');
    await until(async () => (await heat.findStack('jb-one', id)) === undefined, { what: 'the stack to go' });
    expect(await heat.deleteStack('jb-one', id)).toBe('gone');
    expect(await heat.deleteStack('jb-one')).toBe('gone');
  });

  it('lists stacks that have all of the tags', async () => {
    const { heat } = demo;
    const ids = await Promise.all(['jb-two', 'jb-three'].map(async (name) => [name, (await heat.createStack(stack(name))).id] as const));
    expect((await heat.listStacks({ tags: ['jeroboam'] })).map(({ name }) => name).sort()).toEqual(['jb-three', 'jb-two']);
    expect((await heat.listStacks({ tags: ['jeroboam', 'jeroboam-cluster-jb-two'] })).map(({ name }) => name)).toEqual(['jb-two']);
    expect(await heat.listStacks({ tags: ['jeroboam-cluster-jb-two', 'jeroboam-cluster-jb-three'] })).toEqual([]);
    for (const [name, id] of ids) await heat.deleteStack(name, id);
    await until(async () => (await heat.listStacks({ tags: ['jeroboam'] })).length === 0, { what: 'the stacks to go' });
  });

  it('says why a stack failed', async () => {
    const { heat } = demo;
    await simulated.fault({ service: 'network', method: 'POST', path: '/networks', times: 0, internal: true, action: { status: 409, body: { NeutronError: { type: 'OverQuota', message: 'Quota exceeded for resources: [network].', detail: '' } } } });
    const { id } = await heat.createStack(stack('jb-four'));
    await until(async () => (await heat.findStack('jb-four', id))?.state === 'FAILED', { what: 'the stack to fail' });
    const [failed, ...others] = await heat.listFailedResources('jb-four', id);
    expect(others).toEqual([]);
    expect(failed).toMatchObject({ name: 'network', status: 'CREATE_FAILED' });
    expect(failed?.statusReason).toContain('Quota exceeded');
    await simulated.clearFaults();
    await heat.deleteStack('jb-four', id);
    await until(async () => (await heat.findStack('jb-four', id)) === undefined, { what: 'the stack to go' });
  });

  it('checks templates', async () => {
    expect(await demo.heat.validateTemplate({ template })).toMatchObject({ parameterNames: ['name', 'token'] });
    await expect(demo.heat.validateTemplate({ template: template.replace('OS::Neutron::Net', 'OS::No::Such') })).rejects.toThrow(CloudBadRequestError);
    await expect(demo.heat.createStack({ ...stack('jb-five'), parameters: {} })).rejects.toThrow(CloudBadRequestError);
  });

  it('asks for a stack once when the answer is lost, since it may have been made', async () => {
    const id = await simulated.fault({ service: 'orchestration', method: 'POST', path: '/stacks$', times: 0, action: { reset: true } });
    await expect(demo.heat.createStack(stack('jb-six'))).rejects.toThrow(CloudUnavailableError);
    const faults = (await (await fetch(`${simulated.adminUrl}/faults`)).json()) as { id: string; matched: number }[];
    expect(faults.find((fault) => fault.id === id)).toMatchObject({ matched: 1 });
  });

  it('reads on when Heat is slow to answer', async () => {
    await simulated.fault({ service: 'orchestration', method: 'GET', path: '/stacks', times: 2, action: { status: 503, headers: { 'Retry-After': '0' } } });
    expect(await demo.heat.listStacks({ tags: ['jeroboam'] })).toEqual([]);
  });
});
