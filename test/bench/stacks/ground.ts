import type { CloudSession } from '../../support/cloud-session.js';
import { imageName } from '../../lab/prepare-cloud.js';
import type { Ground } from './layout.js';

/** A network with a subnet in the person's project, and the ids that both layouts' servers need. */
export async function prepareGround(session: CloudSession): Promise<Ground> {
  const { network } = await session.must<{ network: { id: string } }>('network', 'POST', '/v2.0/networks', { network: { name: 'bench' } });
  const wanted = { subnet: { name: 'bench', network_id: network.id, ip_version: 4, cidr: '10.78.0.0/24' } };
  const { subnet } = await session.must<{ subnet: { id: string } }>('network', 'POST', '/v2.0/subnets', wanted);
  const { security_group: group } = await session.must<{ security_group: { id: string } }>('network', 'POST', '/v2.0/security-groups', { security_group: { name: 'bench' } });
  const { images } = await session.get<{ images: { id: string }[] }>('image', `/v2/images?name=${imageName}`);
  const { flavors } = await session.get<{ flavors: { id: string; name: string }[] }>('compute', '/flavors');
  const [image, flavor] = [images[0], flavors.find(({ name }) => name === 'm1.small')];
  if (!image || !flavor) throw new Error(`The lab has no image ${imageName} or no flavor m1.small.`);
  return { session, network: network.id, subnet: subnet.id, securityGroup: group.id, image: image.id, flavor: flavor.id };
}

export async function clearGround({ session, network, securityGroup }: Ground): Promise<void> {
  await session.must('network', 'DELETE', `/v2.0/networks/${network}`);
  await session.must('network', 'DELETE', `/v2.0/security-groups/${securityGroup}`);
}
