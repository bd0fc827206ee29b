import type { CloudSession } from '../cloud-session.js';

/** Throws unless the project has one load balancer, with as many members, whose floating address is that of the cluster's API. */
export async function expectLoadBalancer(overseer: CloudSession, apiAddress: string | null, memberCount: number): Promise<void> {
  const { projectId } = overseer;
  const { loadbalancers } = await overseer.get<{ loadbalancers: { vip_port_id: string }[] }>('load-balancer', `/v2/lbaas/loadbalancers?project_id=${projectId}`);
  const [balancer] = loadbalancers;
  if (!balancer || loadbalancers.length > 1) throw new Error(`the project has ${loadbalancers.length} load balancers`);
  const { pools } = await overseer.get<{ pools: { members: unknown[] }[] }>('load-balancer', `/v2/lbaas/pools?project_id=${projectId}`);
  const members = pools.flatMap((pool) => pool.members);
  if (members.length !== memberCount) throw new Error(`the load balancer has ${members.length} members instead of ${memberCount}`);
  const { floatingips } = await overseer.get<{ floatingips: { floating_ip_address: string }[] }>('network', `/v2.0/floatingips?port_id=${balancer.vip_port_id}`);
  const address = floatingips[0]?.floating_ip_address ?? '';
  if (apiAddress === null || new URL(apiAddress).hostname !== address) throw new Error(`the API is at ${apiAddress ?? 'no address'}, the load balancer at ${address}`);
}
