import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { until } from '../support/until.js';
import { at, call, CloudUser, textAt, type Json } from './cloud-user.js';
import { leftoverCounts, Stack } from './heat-stacks.js';
import { SimulatorProcess } from './simulator-process.js';

const lbaas = '/v2/lbaas';

let folder: string;
let simulator: SimulatorProcess;
let demo: CloudUser;

const start = async (...flags: string[]): Promise<void> => {
  simulator = await SimulatorProcess.start('--data-dir', folder, '--boot-seconds', '0', ...flags);
  demo = await CloudUser.logIn(simulator.ready, 'demo');
};
const leftovers = async (): Promise<Json> => (await call(simulator.ready, 'admin', 'GET', '/leftovers')).body;
const statusOf = async (id: string): Promise<Json | undefined> => {
  const answer = await demo.call('load-balancer', 'GET', `${lbaas}/loadbalancers/${id}`);
  return answer.status === 404 ? 'gone' : at(answer.body, 'loadbalancer.provisioning_status');
};
const becomes = (id: string, status: string): Promise<void> => until(async () => (await statusOf(id)) === status, { what: `${id} ${status}`, everyMs: 10 });

async function createBalancer(name: string): Promise<string> {
  const subnet = await demo.idOf('network', '/v2.0/subnets?name=private-subnet', 'subnets');
  return textAt(await demo.must('load-balancer', 'POST', `${lbaas}/loadbalancers`, { loadbalancer: { name, vip_subnet_id: subnet } }), 'loadbalancer.id');
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sim-octavia-'));
});
afterEach(async () => {
  await simulator.kill();
  rmSync(folder, { recursive: true, force: true });
});

describe('a load balancer', () => {
  it('is made although the simulator is killed meanwhile, and is counted until it is deleted, its port with it', async () => {
    await start();
    const id = await createBalancer('lasting');
    expect(await statusOf(id)).toBe('PENDING_CREATE');
    await simulator.kill();
    await start();
    await becomes(id, 'ACTIVE');
    expect(at(await leftovers(), 'load_balancers.0.name')).toBe('lasting');
    expect(at(await leftovers(), 'ports.0.name')).toBe(`octavia-lb-${id}`);

    await demo.must('load-balancer', 'DELETE', `${lbaas}/loadbalancers/${id}`);
    await simulator.kill();
    await start();
    await becomes(id, 'gone');
    expect([at(await leftovers(), 'load_balancers'), at(await leftovers(), 'ports')]).toEqual([[], []]);
  });

  it('takes its listeners, pools, members and monitors along when it is deleted with all below it', async () => {
    await start();
    const id = await createBalancer('whole');
    await becomes(id, 'ACTIVE');
    const listener = textAt(await demo.must('load-balancer', 'POST', `${lbaas}/listeners`, { listener: { loadbalancer_id: id, protocol: 'TCP', protocol_port: 6443 } }), 'listener.id');
    await becomes(id, 'ACTIVE');
    const pool = textAt(await demo.must('load-balancer', 'POST', `${lbaas}/pools`, { pool: { listener_id: listener, protocol: 'TCP', lb_algorithm: 'ROUND_ROBIN' } }), 'pool.id');
    await becomes(id, 'ACTIVE');
    await demo.must('load-balancer', 'POST', `${lbaas}/pools/${pool}/members`, { member: { address: '10.10.0.99', protocol_port: 6443 } });
    await becomes(id, 'ACTIVE');
    await demo.must('load-balancer', 'DELETE', `${lbaas}/loadbalancers/${id}?cascade=true`);
    await becomes(id, 'gone');
    const left = await Promise.all(['listeners', 'pools', 'healthmonitors'].map(async (kind) => at(await demo.must('load-balancer', 'GET', `${lbaas}/${kind}`), kind)));
    expect(left).toEqual([[], [], []]);
  });
});

describe('Heat killed between Octavia doing what it asked and hearing of it', () => {
  const of = (type: string, properties: { [key: string]: Json }): Json => ({ type: `OS::Octavia::${type}`, properties });
  const resources = {
    network: { type: 'OS::Neutron::Net' },
    subnet: { type: 'OS::Neutron::Subnet', properties: { network: { get_resource: 'network' }, cidr: '10.70.0.0/24' } },
    balancer: of('LoadBalancer', { vip_subnet: { get_resource: 'subnet' } }),
    listener: of('Listener', { loadbalancer: { get_resource: 'balancer' }, protocol: 'TCP', protocol_port: 6443 }),
    pool: of('Pool', { listener: { get_resource: 'listener' }, protocol: 'TCP', lb_algorithm: 'ROUND_ROBIN' }),
    monitor: of('HealthMonitor', { pool: { get_resource: 'pool' }, type: 'TCP', delay: 5, timeout: 4, max_retries: 3 }),
    member: of('PoolMember', { pool: { get_resource: 'pool' }, address: '10.70.0.9', protocol_port: 6443, subnet: { get_resource: 'subnet' } }),
  };

  it.each(['loadbalancers', 'listeners', 'pools', 'healthmonitors', 'members'])('one of %s is found again, not made twice', async (path) => {
    await start();
    await call(simulator.ready, 'admin', 'POST', '/faults', { body: { service: 'load-balancer', method: 'POST', path: `/${path}$`, internal: true, action: { hold: 'after' } } });
    const stack = await Stack.create(demo, 'unheard', resources);
    await until(async () => at((await call(simulator.ready, 'admin', 'GET', '/faults')).body, '0.holding') === 1, { what: 'the held answer' });
    await simulator.kill();
    await start();
    await stack.becomes('CREATE_COMPLETE');
    expect(await leftoverCounts(demo)).toMatchObject({ load_balancers: 1, ports: 1, stacks: 1 });
    await stack.delete();
    await stack.becomes('DELETE_COMPLETE');
    expect(await leftoverCounts(demo)).toEqual({});
  });
});

describe('a cloud without load balancers', () => {
  it('has none in its catalogue, and its Heat does not have their types', async () => {
    await start('--no-octavia');
    const catalogue = (await demo.call('identity', 'GET', '/v3/auth/tokens', undefined, { 'x-subject-token': demo.token })).body;
    const types = (at(catalogue, 'token.catalog') as { type: string }[]).map(({ type }) => type);
    expect(types).toContain('orchestration');
    expect(types).not.toContain('load-balancer');
    const template = { heat_template_version: '2018-08-31', resources: { balancer: { type: 'OS::Octavia::LoadBalancer', properties: { vip_subnet: 'any' } } } };
    const answer = await demo.call('orchestration', 'POST', `/v1/${demo.projectId}/stacks`, { stack_name: 'balanced', template });
    expect([answer.status, at(answer.body, 'error.type')]).toEqual([400, 'StackValidationFailed']);
    expect(textAt(answer.body, 'error.message')).toContain('Service octavia is not available for resource type OS::Octavia::LoadBalancer');
  });
});
