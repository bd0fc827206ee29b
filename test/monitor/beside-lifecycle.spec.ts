import { describe, expect, it } from '@jest/globals';
import { Agent, request } from 'undici';
import { CloudSession } from '../support/cloud-session.js';
import { startLifecycleEnvironment, type LifecycleEnvironment } from '../support/lifecycle-environment.js';
import { startMs } from '../support/start-ms.js';
import { until } from '../support/until.js';

/** The whole way, with a real cluster: what the product's own credential does is laid at the product's door. */
describe('the invariant monitor beside a lifecycle environment', () => {
  it('fails the environment whose product takes the server of a ready node away with pods on it', async () => {
    const world = await startLifecycleEnvironment({ processes: 'all' });
    let stopping: Promise<void> | undefined;
    try {
      const id = await world.createCluster('robbed', await world.createTemplate('robbed'));
      expect(await world.settledStatus(id, 120_000)).toEqual({ status: 'CREATE_COMPLETE', reason: null });
      const { nodes } = await world.demo.get<{ nodes: { role: string; name: string; server_id: string }[] }>(`/v1/clusters/${id}/nodes`);
      const worker = nodes.find(({ role }) => role === 'worker');
      const { cloud } = world.environment;
      if (!worker || !cloud) throw new Error('there is no worker');

      await createPod(world, 'web', worker.name);
      const product = await CloudSession.logIn(cloud.auth_url, { user: 'jeroboam', password: cloud.password, project: 'service' });
      await product.must('compute', 'DELETE', `/servers/${worker.server_id}`);
      await until(async () => !(await world.existing()).servers.includes(worker.name), { deadlineMs: 60_000, what: 'the server to be gone' });

      stopping = world.stop();
      await expect(stopping).rejects.toThrow(new RegExp(`invariant 3 \\(lost-node\\).*${worker.name}[^]*invariant 7 \\(undrained-node\\).*${worker.name}`));
    } finally {
      if (!stopping) await world.stop();
    }
  }, startMs * 3);
});

/** As the cluster's administrator. */
async function createPod(world: LifecycleEnvironment, name: string, nodeName: string): Promise<void> {
  const [cluster] = (await world.admin('GET', '/clusters')) as { id: string; addresses: string[] }[];
  if (!cluster) throw new Error('no cluster runs');
  const access = (await world.admin('GET', `/clusters/${encodeURIComponent(cluster.id)}/admin-access`)) as { ca: string; certificate: string; key: string };
  const dispatcher = new Agent({ connect: { ca: access.ca, cert: access.certificate, key: access.key, servername: 'kubernetes' } });
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec: { nodeName, containers: [{ name, image: name }] } };
  const { statusCode, body } = await request(`https://${cluster.addresses[0] ?? ''}/api/v1/namespaces/default/pods`, {
    ...{ dispatcher, method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(pod) },
  });
  const answer = await body.text();
  await dispatcher.close();
  if (statusCode !== 201) throw new Error(`the pod was refused with ${statusCode}: ${answer}`);
}
