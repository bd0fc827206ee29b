import { createServer, request, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startSimulator, type Simulator } from '../../src/sim/simulator.js';
import { until } from '../support/until.js';
import { at, CloudUser, textAt, type Json } from './cloud-user.js';
import type { ReadyLine } from './simulator-process.js';

const lbaas = '/v2/lbaas';

/** A machine with a web server that says its name, and whose readiness a test decides. */
interface Machine {
  readonly name: string;
  readonly address: string;
  readonly server: Server;
  isReady: boolean;
}

let simulator: Simulator;
let demo: CloudUser;
let machines: Machine[];

beforeEach(async () => {
  const options = { dataDir: undefined, bootSeconds: 0, heatResourceMs: 0, callMs: 0, tokenSeconds: 3600, cinder: true, octavia: true, containerInfra: undefined };
  simulator = await startSimulator(options, () => undefined);
  const { context, adminUrl, range, proxyUrl } = simulator;
  const ready: ReadyLine = { ready: true, pid: 0, auth_url: `${context.baseUrl('identity')}/v3`, region: '', admin_url: adminUrl, range, proxy_url: proxyUrl, password: 'simpass', users: [], data_dir: '' };
  demo = await CloudUser.logIn(ready, 'demo');
  machines = [];
});
afterEach(async () => {
  for (const { server } of machines) server.closeAllConnections();
  for (const { server } of machines) server.close();
  await simulator.close();
});

async function createMachine(name: string): Promise<Machine> {
  const network = await demo.idOf('network', '/v2.0/networks?name=private', 'networks');
  const port = await demo.must('network', 'POST', '/v2.0/ports', { port: { network_id: network, device_id: name, device_owner: 'compute:nova' } });
  const machine: Machine = {
    name,
    address: textAt(port, 'port.fixed_ips.0.ip_address'),
    isReady: true,
    server: createServer((incoming, answer) => {
      answer.writeHead(incoming.url === '/readyz' && !machine.isReady ? 500 : 200).end(name);
    }),
  };
  machine.server.listen(0, '127.0.0.1');
  await once(machine.server, 'listening');
  simulator.context.addresses.listen(name, 6443, { host: '127.0.0.1', port: (machine.server.address() as AddressInfo).port });
  machines.push(machine);
  return machine;
}

interface Balanced {
  readonly id: string;
  readonly vip: string;
  readonly floating: string;
  readonly pool: string;
}

async function createBalancer(listener: { [key: string]: Json } = {}): Promise<Balanced> {
  const subnet = await demo.idOf('network', '/v2.0/subnets?name=private-subnet', 'subnets');
  const made = await demo.must('load-balancer', 'POST', `${lbaas}/loadbalancers`, { loadbalancer: { vip_subnet_id: subnet } });
  const id = textAt(made, 'loadbalancer.id');
  const idle = (): Promise<void> =>
    until(async () => at(await demo.must('load-balancer', 'GET', `${lbaas}/loadbalancers/${id}`), 'loadbalancer.provisioning_status') === 'ACTIVE', { what: 'an idle load balancer', everyMs: 10 });
  const add = async (kind: string, path: string, properties: { [key: string]: Json }): Promise<string> => {
    await idle();
    return textAt(await demo.must('load-balancer', 'POST', `${lbaas}${path}`, { [kind]: properties }), `${kind}.id`);
  };
  const listenerId = await add('listener', '/listeners', { loadbalancer_id: id, protocol: 'TCP', protocol_port: 6443, ...listener });
  const pool = await add('pool', '/pools', { listener_id: listenerId, protocol: 'TCP', lb_algorithm: 'ROUND_ROBIN' });
  await add('healthmonitor', '/healthmonitors', { pool_id: pool, type: 'HTTP', delay: 1, timeout: 1, max_retries: 1, url_path: '/readyz' });
  for (const { address } of machines) await add('member', `/pools/${pool}/members`, { address, protocol_port: 6443 });
  await idle();
  const outside = await demo.idOf('network', '/v2.0/networks?name=public', 'networks');
  const floating = await demo.must('network', 'POST', '/v2.0/floatingips', { floatingip: { floating_network_id: outside, port_id: textAt(made, 'loadbalancer.vip_port_id') } });
  return { id, vip: textAt(made, 'loadbalancer.vip_address'), floating: textAt(floating, 'floatingip.floating_ip_address'), pool };
}

/** Who answers a request over a connection of its own; the error's code when nobody does. */
function whoAnswers(host: string, { port = 6443, localAddress }: { port?: number; localAddress?: string } = {}): Promise<string> {
  return new Promise((resolve) => {
    const call = request({ host, port, path: '/', agent: false, ...(localAddress !== undefined && { localAddress }) }, (answer) => {
      let text = '';
      answer.on('data', (chunk: Buffer) => (text += chunk.toString()));
      answer.on('end', () => resolve(text));
    });
    call.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    call.end();
  });
}

/** The listener opens in the background; then the first of the machines answers. */
const listens = (host: string): Promise<void> => until(async () => (await whoAnswers(host)) !== 'ECONNREFUSED', { what: `somebody on ${host}`, everyMs: 20 });
const statusOf = async ({ id }: Balanced): Promise<Json | undefined> => at(await demo.must('load-balancer', 'GET', `${lbaas}/loadbalancers/${id}`), 'loadbalancer.operating_status');

describe('the floating address of a load balancer', () => {
  it('leads to its members in turn', async () => {
    for (const name of ['one', 'two', 'three']) await createMachine(name);
    const balanced = await createBalancer();
    await listens(balanced.floating);
    const answers: string[] = [];
    for (let connection = 0; connection < 9; connection++) answers.push(await whoAnswers(balanced.floating));
    expect([...answers].sort()).toEqual(['one', 'one', 'one', 'three', 'three', 'three', 'two', 'two', 'two']);
    expect(new Set(answers.slice(0, 3)).size).toBe(3);
    await until(async () => (await statusOf(balanced)) === 'ONLINE', { what: 'all members online' });
  });

  it('leaves out a member whose monitor fails, says so, and resets connections when none is left', async () => {
    const one = await createMachine('one');
    const two = await createMachine('two');
    const balanced = await createBalancer();
    await listens(balanced.floating);
    one.isReady = false;
    await until(async () => (await statusOf(balanced)) === 'DEGRADED', { what: 'a degraded load balancer' });
    expect(await Promise.all([1, 2, 3, 4].map(() => whoAnswers(balanced.floating)))).toEqual(['two', 'two', 'two', 'two']);
    two.isReady = false;
    await until(async () => (await statusOf(balanced)) === 'ERROR', { what: 'a load balancer in error' });
    expect(await whoAnswers(balanced.floating)).toBe('ECONNRESET');
    one.isReady = true;
    await until(async () => (await whoAnswers(balanced.floating)) === 'one', { what: 'an answer of the first machine' });
  });

  it('takes connections from the allowed ranges only', async () => {
    await createMachine('one');
    const { floating } = await createBalancer({ allowed_cidrs: ['127.0.0.2/32'] });
    await listens(floating);
    expect(await whoAnswers(floating, { localAddress: '127.0.0.2' })).toBe('one');
    expect(await whoAnswers(floating, { localAddress: '127.0.0.3' })).toBe('ECONNRESET');
  });

  it('is let go with the association', async () => {
    await createMachine('one');
    const { floating } = await createBalancer();
    await listens(floating);
    const id = await demo.idOf('network', `/v2.0/floatingips?floating_ip_address=${floating}`, 'floatingips');
    await demo.must('network', 'PUT', `/v2.0/floatingips/${id}`, { floatingip: { port_id: null } });
    await until(async () => (await whoAnswers(floating)) === 'ECONNREFUSED', { what: 'nobody on the address' });
  });
});

describe('the virtual address', () => {
  const throughProxy = (vip: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const { hostname, port } = new URL(simulator.proxyUrl);
      const call = request({ host: hostname, port, method: 'CONNECT', path: `${vip}:6443` });
      call.on('connect', (answer, socket) => {
        if (answer.statusCode !== 200) { resolve(String(answer.statusCode)); return; }
        let text = '';
        socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
        socket.on('end', () => resolve(text.split('\r\n').at(-1) ?? ''));
        socket.write('GET / HTTP/1.0\r\n\r\n');
      });
      call.on('error', reject);
      call.end();
    });

  it('is reached through the proxy and from machines of the network, as far as the ranges allow', async () => {
    const { address } = await createMachine('one');
    const open = await createBalancer();
    await listens(open.floating);
    expect(await throughProxy(open.vip)).toBe('one');
    const real = simulator.context.addresses.resolve(open.vip, 6443, 'one');
    expect(real && (await whoAnswers(real.host, { port: real.port }))).toBe('one');
    expect(simulator.context.addresses.resolve(open.vip, 22, 'one')).toBeUndefined();

    const closed = await createBalancer({ allowed_cidrs: ['10.99.0.0/16'] });
    await listens(closed.floating);
    expect(await throughProxy(closed.vip)).toBe('502');
    expect(simulator.context.addresses.resolve(closed.vip, 6443, 'one')).toBeUndefined();
    const own = await createBalancer({ allowed_cidrs: [`${address}/32`] });
    await listens(own.floating);
    expect(simulator.context.addresses.resolve(own.vip, 6443, 'one')).toBeDefined();
  });

  it('pipes what both sides say until one of them ends', async () => {
    await createMachine('one');
    const { floating } = await createBalancer();
    await listens(floating);
    const socket = connect(6443, floating);
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    await once(socket, 'data');
    machines[0]?.server.closeAllConnections();
    await once(socket, 'close');
  });
});
