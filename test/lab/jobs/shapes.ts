import { isDeepStrictEqual } from 'node:util';
import { balancedShapes, clusterFields, plainShapes, ShapeFacts, type Shape, type ShapeSurroundings } from '../../support/cluster-shapes.js';
import { liveThrough } from './cluster-life.js';
import type { Job, JobSurroundings } from './job.js';

/** The shapes that the simulator's tests live through, on real services. */
export const shapeJobs: readonly Job[] = [...plainShapes, ...balancedShapes].map((shape) => ({
  name: `shape: ${shape.name}`,
  run: (surroundings) => liveThroughShape(surroundings, shape),
}));

async function liveThroughShape(surroundings: JobSurroundings, shape: Shape): Promise<void> {
  const { things, removeThings } = await makeThings(surroundings);
  await liveThrough(surroundings, {
    name: 'shape',
    masters: shape.masters ?? 1,
    workers: shape.workers,
    template: shape.template?.(things) ?? {},
    cluster: clusterFields(shape, things),
    check: async (nodes, clusterId) => {
      const seen = await shape.seen(new ShapeFacts(things, clusterId), nodes);
      if (!isDeepStrictEqual(seen, shape.expected)) throw new Error(`expected ${JSON.stringify(shape.expected)}, seen ${JSON.stringify(seen)}`);
    },
  });
  await removeThings();
}

/** A network and a security group of the tenant's own, which outlive the cluster. */
async function makeThings({ person: { session }, tenant }: JobSurroundings): Promise<{ things: ShapeSurroundings; removeThings: () => Promise<void> }> {
  const { network } = await session.must<{ network: { id: string } }>('network', 'POST', '/v2.0/networks', { network: { name: 'house' } });
  const wanted = { subnet: { name: 'house', network_id: network.id, ip_version: 4, cidr: '10.78.0.0/24' } };
  const { subnet } = await session.must<{ subnet: { id: string } }>('network', 'POST', '/v2.0/subnets', wanted);
  const { security_group: group } = await session.must<{ security_group: { id: string } }>('network', 'POST', '/v2.0/security-groups', { security_group: { name: 'extra' } });
  return {
    things: { overseer: tenant.overseer, network: network.id, subnet: subnet.id, securityGroup: group.id, volumeType: 'fake' },
    // Each throws when something of the cluster still uses it.
    removeThings: async () => {
      await session.must('network', 'DELETE', `/v2.0/networks/${network.id}`);
      await session.must('network', 'DELETE', `/v2.0/security-groups/${group.id}`);
    },
  };
}
