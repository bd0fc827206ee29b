import { request as httpRequest } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { until } from '../support/until.js';
import { at, call, CloudUser, textAt, type Json } from './cloud-user.js';
import { SimulatorProcess } from './simulator-process.js';

let simulator: SimulatorProcess;
let demo: CloudUser;
let other: CloudUser;
let admin: CloudUser;

beforeAll(async () => {
  simulator = await SimulatorProcess.start('--boot-seconds', '0');
  demo = await CloudUser.logIn(simulator.ready, 'demo');
  other = await CloudUser.logIn(simulator.ready, 'other');
  admin = await CloudUser.logIn(simulator.ready, 'admin');
});
afterAll(() => simulator.stop());

const becomes = (user: CloudUser, server: string, status: string | number): Promise<void> =>
  until(async () => (await user.serverStatus(server)) === status, { what: `server ${status}` });
const remove = async (user: CloudUser, server: string): Promise<void> => {
  await user.must('compute', 'DELETE', `/v2.1/servers/${server}`);
  await becomes(user, server, 404);
};
const leftovers = async (kind: string): Promise<Json | undefined> => at((await call(simulator.ready, 'admin', 'GET', '/leftovers')).body, kind);
const serverBody = async (user: CloudUser, more: { [key: string]: Json }): Promise<Json> => {
  const images = await user.must('image', 'GET', '/v2/images?name=ubuntu-2404-kube-v1.32.4');
  const flavors = (await user.must('compute', 'GET', '/v2.1/flavors')) as { flavors: { id: string; name: string }[] };
  const network = await user.idOf('network', '/v2.0/networks?name=private', 'networks');
  const flavorRef = flavors.flavors.find((flavor) => flavor.name === 'm1.small')?.id ?? '';
  return { server: { name: 'asked', imageRef: textAt(images, 'images.0.id'), flavorRef, networks: [{ uuid: network }], ...more } };
};

describe('quotas', () => {
  it.each([
    { name: 'instances', limit: 0, words: 'Quota exceeded for instances: Requested 1, but already used 0 of 0 instances' },
    { name: 'cores', limit: 1, words: 'Quota exceeded for cores: Requested 2, but already used 0 of 1 cores' },
    { name: 'ram', limit: 1024, words: 'Quota exceeded for ram: Requested 2048, but already used 0 of 1024 ram' },
  ])('a server above $name is refused and takes nothing', async ({ name, limit, words }) => {
    await admin.must('compute', 'PUT', `/v2.1/os-quota-sets/${other.projectId}`, { quota_set: { [name]: limit } });
    const refused = await other.call('compute', 'POST', '/v2.1/servers', await serverBody(other, {}));
    expect([refused.status, refused.body]).toEqual([403, { forbidden: { code: 403, message: words } }]);
    expect([await leftovers('servers'), await leftovers('ports')]).toEqual([[], []]);
    await admin.must('compute', 'DELETE', `/v2.1/os-quota-sets/${other.projectId}`);
  });
});

describe('a server', () => {
  it('goes through BUILD to ACTIVE, stops, starts, and takes its own port along when it is deleted', async () => {
    const server = await demo.createServer('lives');
    expect(await demo.serverStatus(server)).toBe('BUILD');
    await becomes(demo, server, 'ACTIVE');
    await demo.must('compute', 'POST', `/v2.1/servers/${server}/action`, { 'os-stop': null });
    await becomes(demo, server, 'SHUTOFF');
    await demo.must('compute', 'POST', `/v2.1/servers/${server}/action`, { 'os-start': null });
    await becomes(demo, server, 'ACTIVE');
    await remove(demo, server);
    expect(await leftovers('ports')).toEqual([]);
  });

  it('boots from a volume that is made for it and deleted with it', async () => {
    const images = await demo.must('image', 'GET', '/v2/images?name=ubuntu-2404-kube-v1.33.1');
    const device = { boot_index: 0, uuid: textAt(images, 'images.0.id'), source_type: 'image', destination_type: 'volume', volume_size: 5, delete_on_termination: true };
    const made = await demo.must('compute', 'POST', '/v2.1/servers', await serverBody(demo, { imageRef: '', block_device_mapping_v2: [device] }));
    const server = textAt(made, 'server.id');
    await becomes(demo, server, 'ACTIVE');
    const shown = await demo.must('compute', 'GET', `/v2.1/servers/${server}`);
    expect(at(shown, 'server.image')).toBe('');
    const volume = textAt(shown, 'server.os-extended-volumes:volumes_attached.0.id');
    const detail = await demo.must('volumev3', 'GET', `/v3/${demo.projectId}/volumes/${volume}`);
    expect([at(detail, 'volume.size'), at(detail, 'volume.bootable'), at(detail, 'volume.status')]).toEqual([5, 'true', 'in-use']);
    await remove(demo, server);
    await until(async () => JSON.stringify(await leftovers('volumes')) === '[]', { what: 'the boot volume to be deleted' });
  });

  it('is refused a volume and a port that another server holds', async () => {
    const volume = textAt(await demo.must('volumev3', 'POST', `/v3/${demo.projectId}/volumes`, { volume: { size: 1 } }), 'volume.id');
    await until(async () => at(await demo.must('volumev3', 'GET', `/v3/${demo.projectId}/volumes/${volume}`), 'volume.status') === 'available', { what: 'volume' });
    const server = await demo.createServer('holder');
    await becomes(demo, server, 'ACTIVE');
    await demo.must('compute', 'POST', `/v2.1/servers/${server}/os-volume_attachments`, { volumeAttachment: { volumeId: volume } });
    const port = await demo.idOf('network', `/v2.0/ports?device_id=${server}`, 'ports');

    const taken = await demo.call('compute', 'POST', '/v2.1/servers', await serverBody(demo, { networks: [{ port }] }));
    expect(taken.status).toBe(409);
    const device = { boot_index: 1, uuid: volume, source_type: 'volume', destination_type: 'volume' };
    const mapped = await demo.call('compute', 'POST', '/v2.1/servers', await serverBody(demo, { block_device_mapping_v2: [device] }));
    expect(mapped.status).toBe(400);

    await remove(demo, server);
    expect(at(await demo.must('volumev3', 'GET', `/v3/${demo.projectId}/volumes/${volume}`), 'volume.status')).toBe('available');
    await demo.must('volumev3', 'DELETE', `/v3/${demo.projectId}/volumes/${volume}`);
  });

  it('gives the port that it was handed back when no host takes it', async () => {
    const network = await demo.idOf('network', '/v2.0/networks?name=private', 'networks');
    const port = textAt(await demo.must('network', 'POST', '/v2.0/ports', { port: { network_id: network } }), 'port.id');
    await call(simulator.ready, 'admin', 'POST', '/boot-faults', { body: { server_name: '^homeless$', fault: 'no-valid-host' } });
    const made = await demo.must('compute', 'POST', '/v2.1/servers', await serverBody(demo, { name: 'homeless', networks: [{ port }] }));
    await becomes(demo, textAt(made, 'server.id'), 'ERROR');
    expect(at(await demo.must('network', 'GET', `/v2.0/ports/${port}`), 'port.device_id')).toBe('');
    await remove(demo, textAt(made, 'server.id'));
    await demo.must('network', 'DELETE', `/v2.0/ports/${port}`);
  });
});

describe('server groups', () => {
  it('keep members on hosts of their own, and refuse what finds none', async () => {
    const hosts = at(await admin.must('compute', 'GET', '/v2.1/os-services'), 'services') as { host: string; id: number }[];
    const [first, second, ...others] = hosts.map(({ host }) => host);
    for (const host of others) await admin.must('compute', 'PUT', '/v2.1/os-services/force-down', { host, forced_down: true }, { 'openstack-api-version': 'compute 2.11' });
    const group = textAt(await demo.must('compute', 'POST', '/v2.1/os-server-groups', { server_group: { name: 'apart', policies: ['anti-affinity'] } }), 'server_group.id');
    const ids: string[] = [];
    for (const name of ['one', 'two', 'three']) {
      const body = (await serverBody(demo, { name })) as { server: Json };
      ids.push(textAt(await demo.must('compute', 'POST', '/v2.1/servers', { ...body, 'os:scheduler_hints': { group } }), 'server.id'));
    }
    const [one = '', two = '', three = ''] = ids;
    await Promise.all([becomes(demo, one, 'ACTIVE'), becomes(demo, two, 'ACTIVE'), becomes(demo, three, 'ERROR')]);
    const hostOf = async (id: string): Promise<Json | undefined> => at(await admin.must('compute', 'GET', `/v2.1/servers/${id}`), 'server.OS-EXT-SRV-ATTR:host');
    expect([await hostOf(one), await hostOf(two)].sort()).toEqual([first, second].sort());
    for (const id of ids) await remove(demo, id);
    await demo.must('compute', 'DELETE', `/v2.1/os-server-groups/${group}`);
  });
});

describe('the proxy', () => {
  it('answers 502 for an address that leads to no machine, and dials nothing', async () => {
    const proxy = new URL(simulator.ready.proxy_url);
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const request = httpRequest({ host: proxy.hostname, port: proxy.port, method: 'CONNECT', path: '10.99.99.99:6443' });
      request.on('connect', (response) => resolve(response.statusCode));
      request.on('error', reject);
      request.end();
    });
    expect(status).toBe(502);
  });
});
