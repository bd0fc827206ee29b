import type { CloudSession } from '../cloud-session.js';
import { liveThrough } from './cluster-life.js';
import type { Job } from './job.js';

/**
 * Machines in a network that was there before the cluster and outlives it, reached through the operator's proxy because
 * nothing outside leads to them.
 */
export const existingNetwork: Job = {
  name: '1+2 on an existing network, without floating addresses',
  run: async (surroundings) => {
    const { person, tenant } = surroundings;
    const { network, subnet } = await makeNetwork(person.session);
    await liveThrough(surroundings, {
      name: 'inner',
      workers: 2,
      template: { fixed_network: network, fixed_subnet: subnet },
      cluster: { floating_ip_enabled: false },
      check: async (nodes) => {
        const outer = nodes.filter(({ floating_address: address }) => address !== null);
        if (outer.length > 0) throw new Error(`floating addresses that nobody asked for: ${outer.map(({ name }) => name).join(', ')}`);
        const elsewhere = nodes.filter(({ address }) => !address.startsWith('10.77.'));
        if (elsewhere.length > 0) throw new Error(`not in the network that was named: ${elsewhere.map(({ name, address }) => `${name} (${address})`).join(', ')}`);
        const { networks } = await tenant.overseer.get<{ networks: unknown[] }>('network', `/v2.0/networks?project_id=${tenant.projectId}`);
        if (networks.length !== 1) throw new Error(`the project has ${networks.length} networks`);
      },
    });
    // Throws when something of the cluster is still in it.
    await person.session.must('network', 'DELETE', `/v2.0/networks/${network}`);
  },
};

/** As a tenant would have it, without a router: the machines are reached from inside only. */
async function makeNetwork(session: CloudSession): Promise<{ network: string; subnet: string }> {
  const { network } = await session.must<{ network: { id: string } }>('network', 'POST', '/v2.0/networks', { network: { name: 'house' } });
  const wanted = { subnet: { name: 'house', network_id: network.id, ip_version: 4, cidr: '10.77.0.0/24' } };
  const { subnet } = await session.must<{ subnet: { id: string } }>('network', 'POST', '/v2.0/subnets', wanted);
  return { network: network.id, subnet: subnet.id };
}
