import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { caller, type Answer, type Caller } from './kubernetes/api-caller.js';
import { eventually } from './kubernetes/eventually.js';
import { TestCluster, networkPlugin } from './kubernetes/test-cluster.js';

const asApply = { 'content-type': 'application/apply-patch+yaml' };
const asMerge = { 'content-type': 'application/merge-patch+json' };
const configMaps = '/api/v1/namespaces/default/configmaps';
const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

let cluster: TestCluster;
let admin: Caller;

beforeAll(async () => {
  cluster = await TestCluster.start();
  admin = await cluster.admin();
});
afterAll(() => cluster.stop());

const metadataOf = ({ body }: Answer): { resourceVersion: string; uid: string; continue?: string; remainingItemCount?: number } => (body as { metadata: ReturnType<typeof metadataOf> }).metadata;
const namesIn = ({ body }: Answer): string[] => (body as { items: { metadata: { name: string } }[] }).items.map(({ metadata }) => metadata.name);
const frames = ({ text }: Answer): { type: string; object: { kind: string; metadata: { name?: string; annotations?: Record<string, string> } } }[] =>
  text.split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as ReturnType<typeof frames>[number]);

describe('server-side apply', () => {
  const path = '/apis/apps/v1/namespaces/kube-system/daemonsets/applied';
  const manifest = (image: string, labels = {}): object => ({
    ...networkPlugin,
    metadata: { name: 'applied', namespace: 'kube-system', labels },
    spec: { ...networkPlugin.spec, template: { ...networkPlugin.spec.template, spec: { containers: [{ name: 'c', image }] } } },
  });

  it('creates, changes nothing when repeated, and merges', async () => {
    const created = await admin.call('PATCH', `${path}?fieldManager=one`, manifest('a:1'), asApply);
    expect(created.status).toBe(201);
    const settled = await eventually('the controller has reported', async () => {
      const now = await admin.call('GET', path);
      return now.text.includes('observedGeneration') && metadataOf(now).resourceVersion;
    });
    const repeated = await admin.call('PATCH', `${path}?fieldManager=one`, manifest('a:1'), asApply);
    expect([repeated.status, metadataOf(repeated).resourceVersion]).toEqual([200, settled]);
    const labelled = await admin.call('PATCH', `${path}?fieldManager=one`, manifest('a:1', { a: 'b' }), asApply);
    expect(labelled.body).toMatchObject({ metadata: { labels: { a: 'b' }, generation: 1 } });
  });

  it('takes YAML', async () => {
    const text = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: from-yaml}\ndata: {a: b}\n';
    expect(await admin.call('PATCH', `${configMaps}/from-yaml?fieldManager=one`, text, asApply)).toMatchObject({ status: 201, body: { data: { a: 'b' } } });
  });

  it('names the fields that others own, and takes them when forced', async () => {
    const refused = await admin.call('PATCH', `${path}?fieldManager=two`, manifest('a:2'), asApply);
    expect(refused).toMatchObject({
      status: 409,
      body: { reason: 'Conflict', details: { causes: [{ reason: 'FieldManagerConflict', field: '.spec.template.spec.containers[name="c"].image', message: expect.stringContaining('one') }] } },
    });
    const forced = await admin.call('PATCH', `${path}?fieldManager=two&force=true`, manifest('a:2'), asApply);
    expect(forced).toMatchObject({ status: 200, body: { metadata: { generation: 2 } } });
  });

  it.each([
    { what: 'without a manager', query: '', body: manifest('a:1'), status: 400 },
    { what: 'of another kind', query: '?fieldManager=x', body: { ...manifest('a:1'), kind: 'Deployment' }, status: 400 },
    { what: 'that lacks a selector', query: '?fieldManager=x', body: { ...networkPlugin, metadata: { name: 'new' }, spec: {} }, status: 422 },
  ])('refuses one $what', async ({ query, body, status }) => {
    expect((await admin.call('PATCH', `/apis/apps/v1/namespaces/kube-system/daemonsets/new${query}`, body, asApply)).status).toBe(status);
  });

  it('does not dispute what it leaves as it is', async () => {
    expect((await admin.call('PATCH', `${path}?fieldManager=three`, { ...networkPlugin, metadata: { name: 'applied', labels: {} }, spec: {} }, asApply)).status).toBe(200);
  });
});

describe('custom resources', () => {
  const things = '/apis/example.org/v1/namespaces/default/things';
  const definition = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'things.example.org' },
    spec: {
      group: 'example.org',
      scope: 'Namespaced',
      names: { plural: 'things', singular: 'thing', kind: 'Thing', shortNames: ['th'] },
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } }, subresources: { status: {} } }],
    },
  };

  it('are served as long as their definition is there', async () => {
    expect((await admin.call('GET', things)).status).toBe(404);
    await admin.call('POST', definitions, definition);
    await eventually('the definition is established', async () => (await admin.call('GET', `${definitions}/things.example.org`)).text.includes('"Established"'));
    expect((await admin.call('GET', '/apis/example.org/v1')).body).toMatchObject({ resources: [{ name: 'things', kind: 'Thing' }, { name: 'things/status' }] });
    expect((await admin.call('POST', things, { apiVersion: 'example.org/v1', kind: 'Thing', metadata: { name: 'a' }, spec: { size: 1 } })).status).toBe(201);
    expect(await admin.call('PATCH', `${things}/a`, { spec: { size: 2 } }, asMerge)).toMatchObject({ status: 200, body: { kind: 'Thing', spec: { size: 2 }, metadata: { generation: 2 } } });
    expect((await admin.call('PATCH', `${things}/a`, {}, { 'content-type': 'application/strategic-merge-patch+json' })).status).toBe(415);
    expect((await admin.call('GET', things)).body).toMatchObject({ kind: 'ThingList', items: [{ kind: 'Thing', apiVersion: 'example.org/v1' }] });
    await admin.call('DELETE', `${definitions}/things.example.org`);
    expect((await admin.call('GET', things)).status).toBe(404);
    await admin.call('POST', definitions, definition);
    expect(namesIn(await admin.call('GET', things))).toEqual([]);
  });
});

describe('lists and watches', () => {
  it('page through the state of the first page, whatever changes meanwhile', async () => {
    for (const name of ['p1', 'p2', 'p3', 'p4']) await admin.call('POST', configMaps, { metadata: { name, labels: { paged: 'yes' } } });
    const query = `${configMaps}?limit=2&labelSelector=paged`;
    const first = await admin.call('GET', query);
    await admin.call('DELETE', `${configMaps}/p3`);
    await admin.call('POST', configMaps, { metadata: { name: 'p5', labels: { paged: 'yes' } } });
    const second = await admin.call('GET', `${query}&continue=${metadataOf(first).continue ?? ''}`);
    expect([namesIn(first), namesIn(second)]).toEqual([['p1', 'p2'], ['p3', 'p4']]);
    expect(metadataOf(second).continue).toBeUndefined();
  });

  it('shows objects that begin and cease to match as added and deleted', async () => {
    const since = metadataOf(await admin.call('GET', configMaps)).resourceVersion;
    const watched = admin.call('GET', `${configMaps}?watch=1&labelSelector=on%3Dyes&timeoutSeconds=1&resourceVersion=${since}`);
    await admin.call('POST', configMaps, { metadata: { name: 'w' } });
    for (const on of ['yes', 'no']) await admin.call('PATCH', `${configMaps}/w`, { metadata: { labels: { on } } }, asMerge);
    expect(frames(await watched).map(({ type }) => type)).toEqual(['ADDED', 'DELETED']);
  });

  it('ends the initial events with a bookmark when asked to send them', async () => {
    const query = '?watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true&timeoutSeconds=1';
    const list = frames(await admin.call('GET', `/api/v1/namespaces${query}`));
    expect(list.map(({ type }) => type)).toEqual(['ADDED', 'ADDED', 'ADDED', 'ADDED', 'BOOKMARK']);
    expect(list.at(-1)?.object.metadata.annotations).toEqual({ 'k8s.io/initial-events-end': 'true' });
  });
});

describe('who may do what', () => {
  it('follows roles and bindings', async () => {
    const reader = await cluster.as('reader');
    expect((await reader.call('GET', configMaps)).status).toBe(403);
    const rbac = '/apis/rbac.authorization.k8s.io/v1/namespaces/default';
    await admin.call('POST', `${rbac}/roles`, { metadata: { name: 'reader' }, rules: [{ apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'list'] }] });
    await admin.call('POST', `${rbac}/rolebindings`, { metadata: { name: 'reader' }, roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'reader' }, subjects: [{ kind: 'User', name: 'reader' }] });
    expect((await reader.call('GET', configMaps)).status).toBe(200);
    expect((await reader.call('POST', configMaps, { metadata: { name: 'x' } })).status).toBe(403);
    expect((await reader.call('GET', '/api/v1/namespaces/kube-system/configmaps')).status).toBe(403);
  });

  it('knows service accounts by their tokens, until they are gone', async () => {
    const accounts = '/api/v1/namespaces/default/serviceaccounts';
    await admin.call('POST', accounts, { metadata: { name: 'robot' } });
    const { body } = await admin.call('POST', `${accounts}/robot/token`, { spec: { expirationSeconds: 600 } });
    const { token } = (body as { status: { token: string } }).status;
    const bare = caller(cluster.address, cluster.authority.certPem);
    const asRobot = (): Promise<Answer> => bare.call('GET', configMaps, undefined, { authorization: `Bearer ${token}` });
    expect(await asRobot()).toMatchObject({ status: 403, body: { message: expect.stringContaining('system:serviceaccount:default:robot') } });
    await admin.call('DELETE', `${accounts}/robot`);
    expect((await asRobot()).status).toBe(401);
  });

  it('lets those impersonate others who may', async () => {
    const asNobody = { 'impersonate-user': 'nobody' };
    expect(await admin.call('GET', configMaps, undefined, asNobody)).toMatchObject({ status: 403, body: { message: expect.stringContaining('User "nobody" cannot list') } });
    expect(await (await cluster.as('nobody')).call('GET', configMaps, undefined, { 'impersonate-user': 'kubernetes-admin' })).toMatchObject({ status: 403, body: { message: expect.stringContaining('cannot impersonate') } });
  });

  it('lets a kubelet write its own node only', async () => {
    await cluster.joinNode('own');
    const kubelet = await cluster.as('system:node:other', ['system:nodes']);
    expect((await kubelet.call('GET', '/api/v1/nodes/own')).status).toBe(200);
    expect((await kubelet.call('PATCH', '/api/v1/nodes/own', { spec: { unschedulable: true } }, asMerge)).status).toBe(403);
  });
});

describe('deleting', () => {
  it('takes with it what an object owned, unless that is to be orphaned', async () => {
    const deployments = '/apis/apps/v1/namespaces/default/deployments';
    const sets = '/apis/apps/v1/namespaces/default/replicasets?labelSelector=app%3Downer';
    const template = { metadata: { labels: { app: 'owner' } }, spec: { containers: [{ name: 'c', image: 'c:1' }] } };
    for (const propagationPolicy of ['Orphan', 'Background']) {
      await admin.call('POST', deployments, { metadata: { name: 'owner' }, spec: { selector: { matchLabels: { app: 'owner' } }, template } });
      await eventually('the set is there', async () => namesIn(await admin.call('GET', sets)).length > 0);
      await admin.call('DELETE', `${deployments}/owner`, { propagationPolicy });
      if (propagationPolicy === 'Background') continue;
      await eventually('the set has no owner', async () => !(await admin.call('GET', sets)).text.includes('ownerReferences'));
      await admin.call('DELETE', sets);
    }
    await eventually('the set is gone', async () => namesIn(await admin.call('GET', sets)).length === 0);
  });

  it('empties a namespace before it goes', async () => {
    await admin.call('POST', '/api/v1/namespaces', { metadata: { name: 'short' } });
    await admin.call('POST', '/api/v1/namespaces/short/configmaps', { metadata: { name: 'x' } });
    expect((await admin.call('DELETE', '/api/v1/namespaces/short')).body).toMatchObject({ status: { phase: 'Terminating' } });
    await eventually('the namespace is gone', async () => (await admin.call('GET', '/api/v1/namespaces/short')).status === 404);
    expect((await admin.call('GET', '/api/v1/namespaces/short/configmaps/x')).status).toBe(404);
  });
});

describe('writes', () => {
  it.each([
    { what: 'a body of another kind', method: 'POST', path: configMaps, body: { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'x' } }, status: 400 },
    { what: 'a name that is none', method: 'POST', path: configMaps, body: { metadata: { name: 'Not_A_Name' } }, status: 422 },
    { what: 'no name at all', method: 'POST', path: configMaps, body: {}, status: 422 },
    { what: 'another namespace in the body', method: 'POST', path: configMaps, body: { metadata: { name: 'x', namespace: 'other' } }, status: 400 },
    { what: 'an unknown namespace', method: 'POST', path: '/api/v1/namespaces/nope/configmaps', body: { metadata: { name: 'x' } }, status: 404 },
    { what: 'a selector that does not select its template', method: 'POST', path: '/apis/apps/v1/namespaces/default/deployments', body: { metadata: { name: 'x' }, spec: { selector: { matchLabels: { a: 'b' } }, template: { spec: { containers: [{ name: 'c', image: 'c' }] } } } }, status: 422 },
    { what: 'malformed JSON', method: 'POST', path: configMaps, body: '{', status: 400 },
    { what: 'an unknown resource', method: 'GET', path: '/api/v1/nothings', body: undefined, status: 404 },
  ])('are refused: $what', async ({ method, path, body, status }) => {
    expect((await admin.call(method, path, body)).status).toBe(status);
  });

  it('make up names on demand', async () => {
    const { body } = await admin.call('POST', configMaps, { metadata: { generateName: 'made-up-' } });
    expect(body).toMatchObject({ metadata: { name: expect.stringMatching(/^made-up-[a-z0-9]{5}$/) } });
  });

  it('change nothing in a dry run', async () => {
    expect((await admin.call('POST', `${configMaps}?dryRun=All`, { metadata: { name: 'dry' } })).status).toBe(201);
    expect((await admin.call('GET', `${configMaps}/dry`)).status).toBe(404);
  });

  it('reach a workload through its scale', async () => {
    const path = '/apis/apps/v1/namespaces/kube-system/deployments/coredns';
    expect((await admin.call('PATCH', `${path}/scale`, { spec: { replicas: 3 } }, asMerge)).body).toMatchObject({ kind: 'Scale', spec: { replicas: 3 } });
    expect((await admin.call('GET', path)).body).toMatchObject({ spec: { replicas: 3 } });
  });
});
