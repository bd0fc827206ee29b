import { CloudSession, putServerIntoError } from './cloud-session.js';
import { emptyProject } from '../lab/clean-up.js';
import { leftInProject, stacksOf } from '../lab/leftovers.js';
import { createTenant, keypairName } from '../lab/tenant.js';
import { clientWithToken } from './api-client.js';
import type { LifecycleWorld } from './lifecycle-environment.js';
import type { RealCloud } from './real-cloud.js';

/** A project of its own on the lab's cloud, with one person in it. */
export async function joinLab({ authUrl, password }: RealCloud, apiUrl: string): Promise<LifecycleWorld> {
  const admin = await CloudSession.logIn(authUrl, { user: 'admin', password, project: 'admin' });
  const tenant = await createTenant(admin, password);
  const person = await tenant.addPerson('person');
  const { overseer, projectId } = tenant;
  const allowRouters = async (router: number): Promise<void> => {
    await admin.must('network', 'PUT', `/v2.0/quotas/${projectId}`, { quota: { router } });
  };
  return {
    demo: clientWithToken(apiUrl, person.session.token),
    keypair: keypairName,
    admin: () => Promise.reject(new Error('real services have no faults to be asked for')),
    leftovers: async () => (await leftInProject(overseer)).map(({ kind, name }) => `${kind}: ${name}`),
    existing: async () => {
      const { servers } = await overseer.get<{ servers: { name: string }[] }>('compute', '/servers');
      return { servers: servers.map(({ name }) => name), stacks: (await stacksOf(overseer)).map((stack) => stack.stack_name) };
    },
    createWithoutRouter: async (create) => {
      const id = await create();
      await allowRouters(0);
      return { id, because: /Quota exceeded for resources: \['router'\]/, lift: () => allowRouters(-1) };
    },
    breakServer: (serverId) => putServerIntoError(admin, serverId),
    stop: async () => {
      await emptyProject(admin, overseer);
      await tenant.remove();
    },
  };
}
