import { Clusters } from '../clusters.js';
import { CloudSession } from '../../support/cloud-session.js';
import type { Job } from './job.js';

/**
 * Somebody logged in by a restricted application credential asks for a cluster and is deleted from Keystone at once:
 * what the cluster needs is done by its own user, so it is made all the same, and a colleague shows and deletes it.
 */
export const creatorLeaves: Job = {
  name: 'creator with an application credential leaves Keystone',
  run: async ({ lab, tenant, person: colleague, timed, remember }) => {
    const creator = await tenant.addPerson('creator');
    const { application_credential: credential } = await creator.session.must<{ application_credential: { id: string; secret: string } }>(
      'identity',
      'POST',
      `/users/${creator.id}/application_credentials`,
      { application_credential: { name: 'for-clusters', unrestricted: false } },
    );
    const theirs = new Clusters(await CloudSession.logInWithApplicationCredential(lab.admin.authUrl, { id: credential.id, secret: credential.secret }));
    const template = await theirs.createTemplate('orphan-template');
    const id = await theirs.create('orphan', template);
    remember(id);
    await lab.admin.must('identity', 'DELETE', `/users/${creator.id}`);

    const clusters = new Clusters(colleague.session);
    await timed('cluster created without its creator', () => clusters.created(id));
    await timed('cluster deleted by a colleague', () => clusters.delete(id));
    await clusters.deleteTemplate(template);
  },
};
