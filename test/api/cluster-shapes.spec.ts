import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { logIn } from '../support/api-client.js';
import { startMs } from '../support/start-ms.js';
import { startApi, type Answer, type ApiUnderTest } from './api-under-test.js';
import { gold, makeTemplate } from './objects.js';

let api: ApiUnderTest;
const ids: Record<string, string> = {};
beforeAll(async () => {
  api = await startApi({ settings: { JEROBOAM_MAX_CLUSTERS_PER_PROJECT: '100' } });
  await makeTemplate(api);
  const post = await poster();
  for (const name of ['left', 'right']) {
    ids[name] = await post(':9696/v2.0/networks', 'network', { name });
    ids[`${name}-nodes`] = await post(':9696/v2.0/subnets', 'subnet', { name: 'nodes', network_id: ids[name], ip_version: 4, cidr: name === 'left' ? '192.168.1.0/24' : '192.168.2.0/24' });
  }
  ids['bare'] = await post(':9696/v2.0/networks', 'network', { name: 'bare' });
  for (const twin of ['one', 'other']) ids[`twin-${twin}`] = await post(':9696/v2.0/networks', 'network', { name: 'twin' });
  ids['web'] = await post(':9696/v2.0/security-groups', 'security_group', { name: 'web' });
}, startMs);
afterAll(() => api.stop());

/** Makes something of demo's in the cloud and answers its id. */
async function poster(): Promise<(path: string, key: string, body: Record<string, unknown>) => Promise<string>> {
  const { authUrl, password } = api.cloud;
  const token = await logIn(authUrl, 'demo', password, 'demo');
  return async (path, key, body) => {
    const answer = await fetch(`http://${new URL(authUrl).hostname}${path}`, {
      method: 'POST',
      headers: { 'X-Auth-Token': token, 'Content-Type': 'application/json' },
      body: JSON.stringify({ [key]: body }),
    });
    const made = (await answer.json()) as Record<string, { id: string }>;
    const id = made[key]?.id;
    if (id === undefined) throw new Error(`${path} answered ${answer.status}: ${JSON.stringify(made)}`);
    return id;
  };
}

const create = (body: Record<string, unknown>, target = api): Promise<Answer> => target.call('POST', '/v1/clusters', { body: { cluster_template_id: 'gold', ...body } });
const specOf = async (answer: Answer): Promise<Record<string, unknown>> => {
  const rows: { spec: Record<string, unknown> }[] = await api.database.dataSource.query(`SELECT spec FROM clusters WHERE id = $1`, [answer.at('uuid')]);
  return rows[0]?.spec ?? {};
};

describe('what a new cluster names', () => {
  it.each<{ what: string; body: Record<string, unknown>; status: number; says: RegExp }>([
    { what: 'a network without subnets', body: { fixed_network: 'bare', fixed_subnet: 'nodes' }, status: 400, says: /fixed_network.*bare has no subnet/ },
    { what: 'a network that does not exist', body: { fixed_network: 'nowhere', fixed_subnet: 'nodes' }, status: 400, says: /fixed_network.*nowhere/ },
    { what: 'a network of a name that two have', body: { fixed_network: 'twin', fixed_subnet: 'nodes' }, status: 409, says: /several.*network.*twin.*id/ },
    { what: 'a subnet of a name that two have, without the network', body: { fixed_subnet: 'nodes' }, status: 409, says: /several.*subnet.*nodes/ },
    { what: 'a subnet of another network', body: { fixed_network: 'left', fixed_subnet: 'private-subnet' }, status: 400, says: /fixed_subnet/ },
    { what: 'a volume type of etcd that does not exist', body: { labels: { etcd_volume_type: 'gold' } }, status: 400, says: /etcd_volume_type.*gold/ },
    { what: 'a volume type of boot volumes that does not exist', body: { labels: { boot_volume_size: '30', boot_volume_type: 'gold' } }, status: 400, says: /boot_volume_type.*gold/ },
    { what: 'a volume type of docker volumes that does not exist', body: { docker_volume_size: 3, labels: { docker_volume_type: 'gold' } }, status: 400, says: /docker_volume_type.*gold/ },
    { what: 'a zone that does not exist', body: { labels: { availability_zone: 'mars' } }, status: 400, says: /availability_zone.*mars.*nova/ },
    { what: 'such a zone among those of the control plane', body: { labels: { control_plane_availability_zones: 'nova, mars' } }, status: 400, says: /control_plane_availability_zones.*mars/ },
    { what: 'a security group that does not exist', body: { labels: { extra_security_groups: 'web, door' } }, status: 400, says: /extra_security_groups.*door/ },
  ])('is refused for $what, and nothing changes', async ({ body, status, says }) => {
    const before = await api.dump();
    const answer = await create(body);
    expect(answer.status).toBe(status);
    expect(answer.at('errors.0.detail')).toMatch(says);
    expect(await api.dump()).toEqual(before);
  });

  it('is frozen by id, or by the name that quotas go by', async () => {
    const accepted = await create({ fixed_network: 'right', fixed_subnet: 'nodes', labels: { extra_security_groups: 'web,default', etcd_volume_type: 'ssd', availability_zone: 'nova' } });
    expect(accepted).toMatchObject({ status: 202 });
    expect(await specOf(accepted)).toMatchObject({
      fixedNetworkId: ids['right'],
      fixedSubnetId: ids['right-nodes'],
      subnetCidr: '192.168.2.0/24',
      etcdVolumeType: 'ssd',
      labels: { extra_security_groups: expect.stringMatching(new RegExp(`^${ids['web'] ?? ''},[0-9a-f-]{36}$`)) },
    });
    // What the person typed is shown.
    expect(await api.call('GET', `/v1/clusters/${String(accepted.at('uuid'))}`)).toMatchObject({ body: { labels: { extra_security_groups: 'web,default' } } });
  });

  it('is an external network that is external', async () => {
    const answer = await api.call('POST', '/v1/clustertemplates', { body: { ...gold, name: 'inward', external_network_id: 'private' } });
    expect(answer).toMatchObject({ status: 400 });
    expect(answer.at('errors.0.detail')).toMatch(/external_network_id.*not an external one/);
  });

  it('is served by what the cloud has: no load balancer without Octavia', async () => {
    const bare = await startApi({ simFlags: ['--no-octavia'] });
    await makeTemplate(bare);
    const before = await bare.dump();
    const answer = await create({ master_count: 3, master_lb_enabled: true }, bare);
    expect(answer).toMatchObject({ status: 400 });
    expect(answer.at('errors.0.detail')).toMatch(/master_lb_enabled.*Octavia/);
    expect(await bare.dump()).toEqual(before);
    await bare.stop();
  }, startMs);
});
