import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { until } from '../support/until.js';
import { at, call, CloudUser, textAt, type Json } from './cloud-user.js';
import { leftoverCounts, machineLeftovers, machineResources, net, Stack, value } from './heat-stacks.js';
import { SimulatorProcess } from './simulator-process.js';

let simulator: SimulatorProcess;
let demo: CloudUser;

beforeAll(async () => {
  simulator = await SimulatorProcess.start('--boot-seconds', '0');
  demo = await CloudUser.logIn(simulator.ready, 'demo');
});
afterAll(() => simulator.stop());
afterEach(async () => {
  await admin('DELETE', '/heat-faults');
  await admin('PATCH', '/settings', { heat_resource_ms: 0 });
});

const admin = async (method: string, path: string, body?: Json): Promise<Json> => (await call(simulator.ready, 'admin', method, path, body === undefined ? {} : { body })).body;
/** Every test ends with it: the stack goes and leaves nothing. */
const gone = async (stack: Stack): Promise<void> => {
  await stack.delete();
  await stack.becomes('DELETE_COMPLETE');
  expect(await leftoverCounts(demo)).toEqual({});
};

describe('a stack', () => {
  it('makes real things and takes them away again', async () => {
    const outputs = {
      address: { value: { get_attr: ['port', 'fixed_ips', 0, 'ip_address'] } },
      floating: { value: { get_attr: ['address', 'floating_ip_address'] } },
      first: { value: { get_attr: ['server', 'first_address'] } },
      server: { value: { get_resource: 'server' } },
    };
    const stack = await Stack.create(demo, 'whole', machineResources('whole-server'), { outputs, body: { tags: 'one,two' } });
    expect(await stack.settle()).toBe('CREATE_COMPLETE');
    expect(await leftoverCounts(demo)).toEqual(machineLeftovers);
    const server = await stack.physicalId('server');
    expect(await demo.serverStatus(server)).toBe('ACTIVE');
    expect([await stack.output('address'), await stack.output('first')]).toEqual([expect.stringMatching(/^10\.55\.0\./), await stack.output('address')]);
    expect(await stack.output('floating')).toMatch(new RegExp(`^${simulator.ready.range.replace(/0\/24$/, '')}`));
    const listed = await demo.must('orchestration', 'GET', `/v1/${demo.projectId}/stacks?tags=one,two`);
    expect(textAt(listed, 'stacks.0.id')).toBe(stack.id);

    await gone(stack);
    expect(await demo.serverStatus(server)).toBe(404);
  });

  it('is listed for admins of any project, with its own, and for nobody else outside', async () => {
    const stack = await Stack.create(demo, 'seen', { net: net() });
    expect(await stack.settle()).toBe('CREATE_COMPLETE');
    const seenBy = async (person: string): Promise<Json[]> => {
      const user = await CloudUser.logIn(simulator.ready, person);
      return at(await user.must('orchestration', 'GET', `/v1/${user.projectId}/stacks`), 'stacks') as Json[];
    };
    expect((await seenBy('admin')).map((each) => [textAt(each, 'id'), textAt(each, 'project')])).toEqual([[stack.id, demo.projectId]]);
    expect(await seenBy('other')).toEqual([]);
    await gone(stack);
  });

  it('begins what can be begun side by side, and each resource takes the configured time', async () => {
    await admin('PATCH', '/settings', { heat_resource_ms: 150 });
    const wide = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`v${index}`, value(index)]));
    const chain = { a: value(1), b: value({ get_attr: ['a', 'value'] }), c: value({ get_attr: ['b', 'value'] }) };
    const began = Date.now();
    const stack = await Stack.create(demo, 'timed', { ...wide, ...chain });
    await stack.becomes('CREATE_COMPLETE');
    const elapsed = Date.now() - began;
    expect(elapsed).toBeGreaterThanOrEqual(450);
    expect(elapsed).toBeLessThan(1500);
    await gone(stack);
  });

  it('tells what happened in order', async () => {
    const stack = await Stack.create(demo, 'told', { a: value(1), b: value({ get_attr: ['a', 'value'] }) });
    await stack.becomes('CREATE_COMPLETE');
    await gone(stack);
    expect(await stack.events()).toEqual([
      'told CREATE_IN_PROGRESS',
      ...['a CREATE_IN_PROGRESS', 'a CREATE_COMPLETE', 'b CREATE_IN_PROGRESS', 'b CREATE_COMPLETE'],
      'told CREATE_COMPLETE',
      'told DELETE_IN_PROGRESS',
      ...['b DELETE_IN_PROGRESS', 'b DELETE_COMPLETE', 'a DELETE_IN_PROGRESS', 'a DELETE_COMPLETE'],
      'told DELETE_COMPLETE',
    ]);
  });

  it('is deleted in the middle of its creation', async () => {
    await admin('PATCH', '/settings', { heat_resource_ms: 60 });
    const stack = await Stack.create(demo, 'cut', machineResources('cut-server'));
    await until(async () => (await stack.resources())['port'] === 'CREATE_COMPLETE', { what: 'the port' });
    await gone(stack);
    expect(await stack.events()).toContain('cut CREATE_FAILED');
  });
});

describe('a failing resource', () => {
  it('fails the stack at once; what waits for it is never begun', async () => {
    await admin('POST', '/heat-faults', { stack: '^failing$', resource: '^b$', action: 'CREATE', reason: 'Went to status ERROR due to "bad luck"' });
    const stack = await Stack.create(demo, 'failing', { a: value(1), b: value({ get_attr: ['a', 'value'] }), c: value({ get_attr: ['b', 'value'] }) });
    expect(await stack.settle()).toBe('CREATE_FAILED');
    expect(at(await stack.show(), 'stack_status_reason')).toBe('Resource CREATE failed: ResourceInError: resources.b: Went to status ERROR due to "bad luck"');
    expect(await stack.resources()).toEqual({ a: 'CREATE_COMPLETE', b: 'CREATE_FAILED', c: 'INIT_COMPLETE' });
    await gone(stack);
  });

  it('leaves what was made before it, and the delete finds that', async () => {
    await admin('POST', '/heat-faults', { stack: '^half$', resource: '^server$', action: 'CREATE', when: 'after' });
    const stack = await Stack.create(demo, 'half', machineResources('half-server'));
    expect(await stack.settle()).toBe('CREATE_FAILED');
    expect((await leftoverCounts(demo))['servers']).toBe(1);
    await gone(stack);
  });

  it('stands still when its engine dies; what is asked next goes on', async () => {
    await admin('POST', '/heat-faults', { stack: '^still$', resource: '^b$', action: 'CREATE', stall: true });
    await admin('POST', '/heat-faults', { stack: '^still$', resource: '^a$', action: 'DELETE', stall: true });
    const stack = await Stack.create(demo, 'still', { a: value(1), b: value({ get_attr: ['a', 'value'] }) });
    await until(async () => (await stack.resources())['b'] === 'CREATE_IN_PROGRESS', { what: 'the work on b' });
    expect(at(await stack.show(), 'stack_status')).toBe('CREATE_IN_PROGRESS');
    await stack.delete();
    await until(async () => (await stack.resources())['a'] === 'DELETE_IN_PROGRESS', { what: 'the removal of a' });
    expect(at(await stack.show(), 'stack_status')).toBe('DELETE_IN_PROGRESS');
    await gone(stack);
  });

  it('is rolled back when the stack asks for it', async () => {
    await admin('POST', '/heat-faults', { stack: '^back$', resource: '^port$', action: 'CREATE' });
    const stack = await Stack.create(demo, 'back', machineResources('back-server'), { body: { disable_rollback: false } });
    await stack.becomes('ROLLBACK_COMPLETE');
    expect(await leftoverCounts(demo)).toEqual({ stacks: 1 });
    await gone(stack);
  });

  it('while it is deleted makes DELETE_FAILED, and a second delete goes on', async () => {
    const stack = await Stack.create(demo, 'sticky', { net: net(), other: value(1) });
    await stack.becomes('CREATE_COMPLETE');
    const network = await stack.physicalId('net');
    const foreign = textAt(await demo.must('network', 'POST', '/v2.0/ports', { port: { network_id: network } }), 'port.id');
    await stack.delete();
    await stack.becomes('DELETE_FAILED');
    expect(textAt(await stack.show(), 'stack_status_reason')).toMatch(/^Resource DELETE failed: NetworkInUseClient: resources\.net: /);
    await demo.must('network', 'DELETE', `/v2.0/ports/${foreign}`);
    await gone(stack);
  });
});

describe('an update', () => {
  it('adds, changes in place, replaces and removes', async () => {
    const subnet = (cidr: string): Json => ({ type: 'OS::Neutron::Subnet', properties: { network: { get_resource: 'net' }, cidr } });
    const stack = await Stack.create(demo, 'changed', { net: net({ name: 'before' }), subnet: subnet('10.60.0.0/24'), old: value(1), same: value(2) });
    await stack.becomes('CREATE_COMPLETE');
    const before = { net: await stack.physicalId('net'), subnet: await stack.physicalId('subnet') };

    await stack.update({ net: net({ name: 'after' }), subnet: subnet('10.61.0.0/24'), same: value(2), fresh: value(3) });
    expect(await stack.settle()).toBe('UPDATE_COMPLETE');

    expect(await stack.resources()).toEqual({ net: 'UPDATE_COMPLETE', subnet: 'CREATE_COMPLETE', same: 'CREATE_COMPLETE', fresh: 'CREATE_COMPLETE' });
    expect(await stack.physicalId('net')).toBe(before.net);
    expect(textAt(await demo.must('network', 'GET', `/v2.0/networks/${before.net}`), 'network.name')).toBe('after');
    expect((await demo.call('network', 'GET', `/v2.0/subnets/${before.subnet}`)).status).toBe(404);
    await gone(stack);
  });

  it('that fails is rolled back to what there was', async () => {
    const stack = await Stack.create(demo, 'undone', { a: value(1) }, { body: { disable_rollback: false } });
    await stack.becomes('CREATE_COMPLETE');
    await admin('POST', '/heat-faults', { stack: '^undone$', resource: '^b$', action: 'CREATE' });
    await stack.update({ a: value(2), b: value(3) });
    await stack.becomes('ROLLBACK_COMPLETE');
    expect(await stack.resources()).toEqual({ a: 'UPDATE_COMPLETE' });
    await gone(stack);
  });

  it('keeps parameters that a PATCH does not name', async () => {
    const parameters = { one: { type: 'string' }, two: { type: 'string', default: 'd' } };
    const resources = { a: value([{ get_param: 'one' }, { get_param: 'two' }]) };
    const outputs = { both: { value: { get_attr: ['a', 'value'] } } };
    const stack = await Stack.create(demo, 'patched', resources, { parameters, outputs, body: { parameters: { one: '1' } } });
    await stack.becomes('CREATE_COMPLETE');
    await demo.must('orchestration', 'PATCH', stack.path, { parameters: { two: '2' } });
    await stack.becomes('UPDATE_COMPLETE');
    expect(await stack.output('both')).toEqual(['1', '2']);
    await gone(stack);
  });
});

describe('an external resource', () => {
  it('is shown, never made and never removed', async () => {
    const network = textAt(await demo.must('network', 'POST', '/v2.0/networks', { network: { name: 'of-somebody-else' } }), 'network.id');
    const resources = { theirs: { type: 'OS::Neutron::Net', external_id: network }, reader: value({ get_attr: ['theirs', 'name'] }) };
    const stack = await Stack.create(demo, 'facade', resources, { outputs: { name: { value: { get_attr: ['reader', 'value'] } } } });
    expect(await stack.settle()).toBe('CREATE_COMPLETE');
    expect(await stack.resources()).toEqual({ theirs: 'CHECK_COMPLETE', reader: 'CREATE_COMPLETE' });
    expect([await stack.physicalId('theirs'), await stack.output('name')]).toEqual([network, 'of-somebody-else']);
    await stack.delete();
    await stack.becomes('DELETE_COMPLETE');
    expect(await leftoverCounts(demo)).toEqual({ networks: 1 });
    await demo.must('network', 'DELETE', `/v2.0/networks/${network}`);
  });

  it('that does not exist is refused', async () => {
    const template = { heat_template_version: '2018-08-31', resources: { theirs: { type: 'OS::Neutron::Net', external_id: 'nowhere' } } };
    const refused = await demo.call('orchestration', 'POST', `/v1/${demo.projectId}/stacks`, { stack_name: 'nothing', template });
    expect(at(refused.body, 'error.message')).toBe('Invalid external resource: Resource nowhere (OS::Neutron::Net) can not be found.');
  });
});

describe('a nested stack', () => {
  const inner = (count: number): string =>
    JSON.stringify({
      heat_template_version: '2018-08-31',
      parameters: { word: { type: 'string' } },
      resources: Object.fromEntries(Array.from({ length: count }, (_, index) => [`v${index}`, value([{ get_param: 'word' }, index])])),
      outputs: { refs_map: { value: Object.fromEntries(Array.from({ length: count }, (_, index) => [String(index), { get_attr: [`v${index}`, 'value'] }])) } },
    });
  const resources = { group: { type: 'inner.yaml', properties: { word: 'x' } }, after: value({ get_attr: ['group', 'refs_map'] }) };
  const outputs = { refs: { value: { get_attr: ['group', 'refs_map'] } }, first: { value: { get_attr: ['group', 'resource.v0', 'value', 1] } } };

  it('is made, grown, shrunk and deleted with the outer one', async () => {
    const stack = await Stack.create(demo, 'outer', resources, { outputs, body: { files: { 'inner.yaml': inner(2) } } });
    expect(await stack.settle()).toBe('CREATE_COMPLETE');
    expect([await stack.output('refs'), await stack.output('first')]).toEqual([{ 0: ['x', 0], 1: ['x', 1] }, 0]);
    const nested = await demo.must('orchestration', 'GET', `${stack.path}/resources?nested_depth=1`);
    expect((at(nested, 'resources') as Json[]).map((each) => [textAt(each, 'resource_name'), at(each, 'parent_resource') ?? null])).toEqual([
      ['group', null],
      ['after', null],
      ['v0', 'group'],
      ['v1', 'group'],
    ]);
    expect(at(await demo.must('orchestration', 'GET', `/v1/${demo.projectId}/stacks`), 'stacks')).toHaveLength(1);

    for (const count of [3, 1]) {
      await demo.must('orchestration', 'PATCH', stack.path, { files: { 'inner.yaml': inner(count) } });
      await until(async () => Object.keys((await stack.output('refs')) as object).length === count && (await stack.status()) === 'UPDATE_COMPLETE', { what: `${count} members` });
      expect(await stack.resources()).toEqual({ group: 'UPDATE_COMPLETE', after: 'UPDATE_COMPLETE' });
    }
    await gone(stack);
  });

  it('hands its failure on to the outer one', async () => {
    await admin('POST', '/heat-faults', { stack: '^broken-group-', resource: '^v0$', action: 'CREATE', reason: 'bad luck' });
    const stack = await Stack.create(demo, 'broken', resources, { body: { files: { 'inner.yaml': inner(1) } } });
    expect(await stack.settle()).toBe('CREATE_FAILED');
    expect(at(await stack.show(), 'stack_status_reason')).toBe('Resource CREATE failed: ResourceInError: resources.group.resources.v0: bad luck');
    await gone(stack);
  });

  it.each([
    ['an unknown property', { 'inner.yaml': inner(1) }, { wrong: 1 }, 'Property error: : resources.group.properties: : Unknown Property wrong'],
    ['a property missing', { 'inner.yaml': inner(1) }, {}, 'Property error: : resources.group.properties: : Property word not assigned'],
    ['no such file', {}, { word: 'x' }, 'Could not fetch remote template "inner.yaml": Invalid URL scheme '],
    [
      'an unknown property inside',
      { 'inner.yaml': 'heat_template_version: 2018-08-31\nresources: {a: {type: OS::Neutron::Net, properties: {zz: 1}}}' },
      {},
      'Property error: : resources.group<inner.yaml>.resources.a.properties: : Unknown Property zz',
    ],
  ])('is refused with %s', async (_what, files, properties, message) => {
    const template = { heat_template_version: '2018-08-31', resources: { group: { type: 'inner.yaml', properties } } };
    const refused = await demo.call('orchestration', 'POST', `/v1/${demo.projectId}/stacks`, { stack_name: 'refused', template, files: files as Record<string, string> });
    expect([refused.status, at(refused.body, 'error.message')]).toEqual([400, message]);
  });
});

describe('limits and refusals', () => {
  it('a project has 512 stacks and no more', async () => {
    const stacks: Stack[] = [];
    for (let index = 0; index < 512; index++) stacks.push(await Stack.create(demo, `many-${index}`, {}));
    const refused = await demo.call('orchestration', 'POST', `/v1/${demo.projectId}/stacks`, { stack_name: 'one-more', template: { heat_template_version: '2018-08-31' } });
    expect(refused.status).toBe(400);
    expect(at(refused.body, 'error.type')).toBe('RequestLimitExceeded');
    expect(at(refused.body, 'error.message')).toMatch(/You have reached the maximum stacks per tenant, 512/);

    const page = await demo.must('orchestration', 'GET', `/v1/${demo.projectId}/stacks?limit=2`);
    expect((at(page, 'stacks') as Json[]).map((stack) => textAt(stack, 'stack_name'))).toEqual(['many-511', 'many-510']);
    const next = new URL(textAt(page, 'links.0.href'));
    expect(textAt(await demo.must('orchestration', 'GET', `${next.pathname}${next.search}`), 'stacks.0.stack_name')).toBe('many-509');
    await Promise.all(stacks.map((stack) => stack.delete()));
    await until(async () => (await leftoverCounts(demo))['stacks'] === undefined, { what: 'the end of all stacks' });
  });

  it.each([
    ['tags=one', 200],
    ['tags=one&limit=1', 200],
    ['name=x', 200],
    ['tags=one&name=x', 500],
    ['tags=one&status=COMPLETE', 500],
  ])('a list by %s is answered %i, as Heat 24 does', async (query, status) => {
    expect((await demo.call('orchestration', 'GET', `/v1/${demo.projectId}/stacks?${query}`)).status).toBe(status);
  });

  it('an application credential cannot make stacks', async () => {
    const body = { application_credential: { name: 'for-heat', unrestricted: true } };
    const made = await demo.must('identity', 'POST', `/v3/users/${demo.userId}/application_credentials`, body);
    const [id, secret] = [textAt(made, 'application_credential.id'), textAt(made, 'application_credential.secret')];
    const robot = await CloudUser.with(simulator.ready, { identity: { methods: ['application_credential'], application_credential: { id, secret } } });
    const refused = await robot.call('orchestration', 'POST', `/v1/${demo.projectId}/stacks`, { stack_name: 'robot', template: { heat_template_version: '2018-08-31' } });
    expect([refused.status, at(refused.body, 'error.type')]).toEqual([500, 'RemoteError']);
    await demo.must('identity', 'DELETE', `/v3/users/${demo.userId}/application_credentials/${id}`);
  });

  it.each([['check'], ['suspend'], ['resume']])('the action %s is refused, not ignored', async (action) => {
    const stack = await Stack.create(demo, `no-${action}`, { a: value(1) });
    await stack.becomes('CREATE_COMPLETE');
    const answer = await demo.call('orchestration', 'POST', `${stack.path}/actions`, { [action]: null });
    expect([answer.status, at(answer.body, 'error.type')]).toEqual([400, 'NotSupported']);
    await gone(stack);
  });
});
