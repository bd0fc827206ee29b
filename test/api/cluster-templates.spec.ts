import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { startApi, type ApiUnderTest } from './api-under-test.js';
import { gold, insertCluster, makeTemplate } from './objects.js';
import { startMs } from '../support/start-ms.js';

let api: ApiUnderTest;
beforeAll(async () => {
  api = await startApi();
}, startMs);
afterAll(() => api.stop());

const templates = '/v1/clustertemplates';

describe('a cluster template', () => {
  it('is created with every field and its defaults, and shown the same', async () => {
    const created = await api.call('POST', templates, { body: gold });
    expect(created.status).toBe(201);
    const uuid = String(created.at('uuid'));
    expect(created.headers.get('location')).toBe(`${api.url}/v1/clustertemplates/${uuid}`);
    expect(created.body).toEqual({
      uuid: expect.stringMatching(/^[0-9a-f-]{36}$/),
      name: 'gold',
      coe: 'kubernetes',
      image_id: 'ubuntu-2404-kube-v1.32.4',
      flavor_id: 'm1.small',
      master_flavor_id: 'm1.small',
      keypair_id: 'demo',
      external_network_id: 'public',
      fixed_network: null,
      fixed_subnet: null,
      dns_nameserver: null,
      network_driver: 'flannel',
      volume_driver: null,
      server_type: 'vm',
      docker_volume_size: null,
      docker_storage_driver: null,
      apiserver_port: null,
      http_proxy: null,
      https_proxy: null,
      no_proxy: null,
      insecure_registry: null,
      labels: { kube_tag: 'v1.32.4' },
      tags: null,
      tls_disabled: false,
      registry_enabled: false,
      public: false,
      hidden: false,
      master_lb_enabled: false,
      floating_ip_enabled: true,
      cluster_distro: 'ubuntu',
      driver: 'k8s-ubuntu',
      project_id: expect.stringMatching(/^[0-9a-f]{32}$/),
      user_id: expect.stringMatching(/^[0-9a-f]{32}$/),
      links: [
        { href: `${api.url}/v1/clustertemplates/${uuid}`, rel: 'self' },
        { href: `${api.url}/clustertemplates/${uuid}`, rel: 'bookmark' },
      ],
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00$/),
      updated_at: null,
    });
    for (const reference of [uuid, uuid.replaceAll('-', ''), 'gold', 'gold/']) {
      expect((await api.call('GET', `${templates}/${reference}`)).body).toEqual(created.body);
    }
    expect((await api.call('GET', `/clustertemplates/${uuid}`)).body).toEqual(created.body);
    expect(await api.call('DELETE', `${templates}/${uuid}`, { headers: { 'content-type': 'application/octet-stream' } })).toMatchObject({ status: 204, body: undefined });
    expect(await api.call('GET', `${templates}/${uuid}`)).toMatchObject({ status: 404 });
  });

  it.each([
    { what: 'numbers and booleans as text', body: { docker_volume_size: '7', tls_disabled: 'True', apiserver_port: '6443' }, shows: { docker_volume_size: 7, tls_disabled: true, apiserver_port: 6443 } },
    { what: 'a fraction', body: { docker_volume_size: 3.7 }, shows: { docker_volume_size: 3 } },
    { what: 'scalar labels', body: { labels: { a: 1, b: true, c: 1.5, d: '' } }, shows: { labels: { a: '1', b: 'True', c: '1.5', d: '' } } },
    { what: 'nulls', body: { labels: null, tags: null, network_driver: null, master_flavor_id: null, floating_ip_enabled: null }, shows: { labels: {}, network_driver: 'flannel', floating_ip_enabled: true } },
    { what: 'an unknown keypair', body: { keypair_id: 'nobody' }, shows: { keypair_id: 'nobody' } },
    { what: 'no external network and no flavors', body: { external_network_id: null, flavor_id: null, master_flavor_id: null }, shows: { external_network_id: null } },
    { what: 'several name servers', body: { dns_nameserver: '8.8.8.8, 1.1.1.1' }, shows: { dns_nameserver: '8.8.8.8, 1.1.1.1' } },
    { what: 'a name that a cluster could not have', body: { name: 'ä 1' }, shows: { name: 'ä 1' } },
    { what: 'its driver', body: { driver: 'k8s-ubuntu' }, shows: { driver: 'k8s-ubuntu' } },
  ])('takes $what', async ({ body, shows }) => {
    const created = await api.call('POST', templates, { body: { ...gold, ...body } });
    expect(created).toMatchObject({ status: 201, body: shows });
    await api.call('DELETE', `${templates}/${String(created.at('uuid'))}`);
  });

  it('gets a name when it has none, and keeps the uuid it is given', async () => {
    const uuid = randomUUID();
    const created = await api.call('POST', templates, { body: { ...gold, name: undefined, uuid } });
    expect(created).toMatchObject({ status: 201, body: { uuid, name: expect.stringMatching(/^[a-z]+-\d+-template$/) } });
    expect(await api.call('POST', templates, { body: { ...gold, uuid } })).toMatchObject({ status: 409 });
    await api.call('DELETE', `${templates}/${uuid}`);
  });

  it('is 409 by a name that two have', async () => {
    const twins = [await makeTemplate(api, { name: 'twin' }), await makeTemplate(api, { name: 'twin' })];
    for (const method of ['GET', 'DELETE']) expect(await api.call(method, `${templates}/twin`)).toMatchObject({ status: 409 });
    expect(await api.call('PATCH', `${templates}/twin`, { body: [] })).toMatchObject({ status: 409 });
    for (const uuid of twins) await api.call('DELETE', `${templates}/${uuid}`);
  });
});

describe('projects', () => {
  it('see their own and public templates; admins see all', async () => {
    const own = await makeTemplate(api, { name: 'own' });
    const shared = await makeTemplate(api, { name: 'shared', public: true }, 'admin');
    const secret = await makeTemplate(api, { name: 'secret', public: true, hidden: true }, 'admin');
    const seenBy = async (user: string) => ((await api.call('GET', templates, { as: user })).at('clustertemplates') as { name: string }[]).map(({ name }) => name);
    expect(await seenBy('demo')).toEqual(['own', 'shared']);
    expect(await seenBy('other')).toEqual(['shared']);
    expect(await seenBy('admin')).toEqual(['own', 'shared', 'secret']);
    expect(await api.call('GET', `${templates}/${own}`, { as: 'other' })).toMatchObject({ status: 404 });
    expect(await api.call('GET', `${templates}/${own}`, { as: 'admin' })).toMatchObject({ status: 200 });
    expect(await api.call('GET', `${templates}/${secret}`, { as: 'demo' })).toMatchObject({ status: 404 });
    expect(await api.call('GET', `${templates}/shared`, { as: 'demo_reader/demo' })).toMatchObject({ status: 200 });
    expect(await api.call('DELETE', `${templates}/${own}`, { as: 'other' })).toMatchObject({ status: 404 });
    expect(await api.call('DELETE', `${templates}/${shared}`, { as: 'demo' })).toMatchObject({ status: 403 });
    expect(await api.call('PATCH', `${templates}/${shared}`, { as: 'demo', body: [] })).toMatchObject({ status: 403 });
    expect(await api.call('POST', templates, { as: 'demo_reader/demo', body: gold })).toMatchObject({ status: 403 });
    expect(await api.call('DELETE', `${templates}/${own}`, { as: 'demo_reader/demo' })).toMatchObject({ status: 403 });
    expect(await api.call('POST', templates, { body: { ...gold, public: 'true' } })).toMatchObject({ status: 403 });
    for (const uuid of [own, shared, secret]) expect(await api.call('DELETE', `${templates}/${uuid}`, { as: 'admin' })).toMatchObject({ status: 204 });
  });
});

describe('lists', () => {
  let uuids: string[];
  beforeAll(async () => {
    uuids = [];
    for (const name of ['b', 'c', 'a']) uuids.push(await makeTemplate(api, { name, tags: name === 'c' ? null : 'x' }));
  });
  afterAll(async () => {
    for (const uuid of uuids) await api.call('DELETE', `${templates}/${uuid}`);
  });

  const names = (answer: { at: (path: string) => unknown }) => (answer.at('clustertemplates') as { name: string }[]).map(({ name }) => name);

  it.each([
    ['', 'b c a'],
    ['?sort_key=name', 'a b c'],
    ['?sort_key=name&sort_dir=desc', 'c b a'],
    ['?sort_key=tags&sort_dir=desc', 'c a b'],
    ['?sort_key=labels', 'b c a'],
    ['?sort_dir=desc', 'a c b'],
  ])('are sorted %s', async (query, expected) => {
    expect(names(await api.call('GET', `${templates}${query}`))).toEqual(expected.split(' '));
  });

  it.each(['sort_key=id', 'sort_key=name', 'sort_key=tags', 'sort_key=tags&sort_dir=desc', 'sort_key=uuid&sort_dir=desc'])('are paged by %s through next, without gaps or repetitions', async (sort) => {
    const whole = names(await api.call('GET', `${templates}?${sort}`));
    const paged: string[] = [];
    let next: unknown = `${api.url}${templates}?limit=1&${sort}`;
    for (let page = 0; page < 5 && typeof next === 'string'; page++) {
      const answer = await api.call('GET', next.slice(api.url.length));
      paged.push(...names(answer));
      next = answer.at('next');
    }
    expect(paged).toEqual(whole);
    expect(next).toBeUndefined();
  });

  it('have a next exactly when the page is full', async () => {
    const full = await api.call('GET', `${templates}/detail?limit=3`);
    expect(full.at('next')).toBe(`${api.url}/v1/clustertemplates/detail?sort_key=id&sort_dir=asc&limit=3&marker=${uuids[2] ?? ''}`);
    expect((await api.call('GET', `${templates}?limit=4`)).at('next')).toBeUndefined();
  });

  it.each([
    ['limit=0', 400],
    ['limit=-1', 400],
    ['limit=abc', 400],
    ['marker=abc', 400],
    [`marker=${randomUUID()}`, 404],
    ['sort_key=nothere', 400],
    ['sort_key=constructor', 400],
    ['sort_dir=sideways', 400],
    ['name=a', 400],
    ['all_tenants=true', 400],
  ])('refuse %s with %i', async (query, status) => {
    expect(await api.call('GET', `${templates}?${query}`)).toMatchObject({ status, body: { errors: [{ code: 'client', status }] } });
  });

  it('takes no query parameter elsewhere', async () => {
    expect(await api.call('GET', `${templates}/${uuids[0] ?? ''}?detail=true`)).toMatchObject({ status: 400 });
  });
});

describe('PATCH', () => {
  let uuid: string;
  beforeAll(async () => {
    uuid = await makeTemplate(api, { name: 'patched' });
  });
  const patch = (...operations: unknown[]) => api.call('PATCH', `${templates}/${uuid}`, { body: operations });

  it('changes, adds and removes', async () => {
    expect(await patch({ op: 'replace', path: '/name', value: 'renamed' })).toMatchObject({ status: 200, body: { name: 'renamed', updated_at: expect.any(String) } });
    expect(await patch({ op: 'add', path: '/labels/c', value: 'd' })).toMatchObject({ body: { labels: { kube_tag: 'v1.32.4', c: 'd' } } });
    expect(await patch({ op: 'replace', path: '/labels', value: "{'a': 1, 'b': True}" })).toMatchObject({ body: { labels: { a: '1', b: 'True' } } });
    expect(await patch({ op: 'remove', path: '/labels' })).toMatchObject({ body: { labels: {} } });
    expect(await patch({ op: 'replace', path: '/floating_ip_enabled', value: false }, { op: 'remove', path: '/floating_ip_enabled' })).toMatchObject({ body: { floating_ip_enabled: true } });
    expect(await patch({ op: 'replace', path: '/docker_volume_size', value: '7' })).toMatchObject({ body: { docker_volume_size: 7 } });
    expect(await patch({ op: 'remove', path: '/name' })).toMatchObject({ body: { name: null } });
    const unchanged = await patch();
    expect(unchanged).toMatchObject({ status: 200, body: { name: null } });
  });

  it.each([
    { what: 'an unknown image', operation: { op: 'replace', path: '/image_id', value: 'nothere' }, status: 400 },
    { what: 'an unknown flavor', operation: { op: 'replace', path: '/flavor_id', value: 'nothere' }, status: 400 },
    { what: 'another network driver', operation: { op: 'replace', path: '/network_driver', value: 'weave' }, status: 400 },
    { what: 'another coe', operation: { op: 'replace', path: '/coe', value: 'swarm' }, status: 400 },
    { what: 'the uuid', operation: { op: 'replace', path: '/uuid', value: 'x' }, status: 400 },
    { what: 'a text where a number belongs', operation: { op: 'replace', path: '/docker_volume_size', value: 'big' }, status: 400 },
    { what: 'public by a member', operation: { op: 'replace', path: '/public', value: true }, status: 403 },
  ])('refuses $what and changes nothing', async ({ operation, status }) => {
    const before = await api.dump();
    expect(await patch({ op: 'add', path: '/tags', value: 'first' }, operation)).toMatchObject({ status });
    expect(await api.dump()).toEqual(before);
  });

  it('reads its body before it looks the template up', async () => {
    expect(await api.call('PATCH', `${templates}/${randomUUID()}`, { body: { name: 'x' } })).toMatchObject({ status: 400 });
    expect(await api.call('PATCH', `${templates}/${randomUUID()}`, { body: [] })).toMatchObject({ status: 404 });
  });
});

describe('a template in use', () => {
  it('is neither deleted nor changed, but renamed, tagged and hidden', async () => {
    const uuid = await makeTemplate(api, { name: 'used' });
    const clusterId = await insertCluster(api, uuid);
    const before = await api.dump();
    expect(await api.call('DELETE', `${templates}/used`)).toMatchObject({ status: 400, body: { errors: [{ code: 'client' }] } });
    expect(await api.call('PATCH', `${templates}/used`, { body: [{ op: 'replace', path: '/image_id', value: 'ubuntu-2404-kube-v1.33.1' }] })).toMatchObject({ status: 400 });
    expect(await api.call('PATCH', `${templates}/used`, { body: [] })).toMatchObject({ status: 400 });
    expect(await api.dump()).toEqual(before);
    expect(await api.call('PATCH', `${templates}/used`, { body: [{ op: 'replace', path: '/name', value: 'in use' }] })).toMatchObject({ status: 200 });
    expect(await api.call('PATCH', `${templates}/${uuid}`, { as: 'admin', body: [{ op: 'replace', path: '/hidden', value: true }] })).toMatchObject({ status: 200 });
    await api.database.dataSource.query(`UPDATE clusters SET deleted_at = now() WHERE id = $1`, [clusterId]);
    expect(await api.call('DELETE', `${templates}/${uuid}`)).toMatchObject({ status: 204 });
  });
});
