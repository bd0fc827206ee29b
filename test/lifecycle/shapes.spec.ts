import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CloudSession } from '../support/cloud-session.js';
import { balancedShapes, clusterFields, largeShapes, plainShapes, ShapeFacts, type ShapeNode, type ShapeSurroundings } from '../support/cluster-shapes.js';
import { startLifecycleEnvironment, type LifecycleEnvironment } from '../support/lifecycle-environment.js';
import { realCloud } from '../support/real-cloud.js';

/** The lab lives through the same shapes, each in a project of its own (test/lab/jobs/shapes.ts). */
(realCloud ? describe.skip : describe)('a cluster', () => {
  let world: LifecycleEnvironment;
  let surroundings: ShapeSurroundings;
  beforeAll(async () => {
    world = await startLifecycleEnvironment({ processes: 'all' });
    surroundings = await prepareCloud(world);
  }, 120_000);
  afterAll(() => world.stop(), 60_000);

  it.each([...plainShapes, ...balancedShapes, ...largeShapes])('$name: is as it was wished, and leaves nothing', async (shape) => {
    const before = await world.leftovers();
    const template = await world.createTemplate('shape', shape.template?.(surroundings));
    const id = await world.createCluster('shape', template, clusterFields(shape, surroundings));
    expect(await world.settledStatus(id, 120_000)).toEqual({ status: 'CREATE_COMPLETE', reason: null });
    const { nodes } = await world.demo.get<{ nodes: ShapeNode[] }>(`/v1/clusters/${id}/nodes`);
    expect(await shape.seen(new ShapeFacts(surroundings, id), nodes)).toEqual(shape.expected);

    await world.demo.call('DELETE', `/v1/clusters/${id}`);
    expect((await world.settledStatus(id)).status).toBe('DELETE_COMPLETE');
    expect(await world.leftovers()).toEqual(before);
  }, 240_000);

  it('behind a load balancer is not mistaken for its neighbour, whose has the same address in another network', async () => {
    const template = await world.createTemplate('neighbours', { master_lb_enabled: true });
    const ids = await Promise.all([world.createCluster('left', template), world.createCluster('right', template)]);
    for (const id of ids) expect(await world.settledStatus(id, 120_000)).toEqual({ status: 'CREATE_COMPLETE', reason: null });
    const vips = await Promise.all(ids.map(async (id) => (await new ShapeFacts(surroundings, id).loadBalancer()).vip));
    expect(vips[0]).toBe(vips[1]);
    for (const id of ids) await world.demo.call('DELETE', `/v1/clusters/${id}`);
    for (const id of ids) expect((await world.settledStatus(id)).status).toBe('DELETE_COMPLETE');
  }, 240_000);
});

/** What the shapes build on: the project's own network and a security group of the tenant's. */
async function prepareCloud({ environment }: LifecycleEnvironment): Promise<ShapeSurroundings> {
  const { authUrl, cloud } = environment;
  const demo = await CloudSession.logIn(authUrl, { user: 'demo', password: cloud?.password ?? '', project: 'demo' });
  const admin = await CloudSession.logIn(authUrl, { user: 'admin', password: cloud?.password ?? '', project: 'admin' });
  const { roles } = await admin.get<{ roles: { id: string }[] }>('identity', '/roles?name=admin');
  await admin.must('identity', 'PUT', `/projects/${demo.projectId}/users/${admin.userId}/roles/${roles[0]?.id ?? ''}`);
  const { networks } = await demo.get<{ networks: { id: string; subnets: string[] }[] }>('network', '/v2.0/networks?name=private');
  const { security_group: group } = await demo.must<{ security_group: { id: string } }>('network', 'POST', '/v2.0/security-groups', { security_group: { name: 'extra' } });
  return {
    overseer: await CloudSession.logIn(authUrl, { user: 'admin', password: cloud?.password ?? '', project: 'demo' }),
    network: networks[0]?.id ?? '',
    subnet: networks[0]?.subnets[0] ?? '',
    securityGroup: group.id,
    volumeType: 'ssd',
  };
}
